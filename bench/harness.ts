/**
 * The harness: every answer is asserted before anything is timed, and subjects take turns round by round, and slice by
 * slice in each.
 *
 * @module
 */

/** Something to be timed. */
export interface Subject {
  readonly name: string;
  /** One call; `index` says which of the inputs. May return a promise, which is then awaited before the next call. */
  readonly run: (index: number) => unknown;
  /** Whether what `run` came to is the right answer to that input. */
  readonly isRight: (result: unknown, index: number) => boolean;
  /** Awaited call by call. A synchronous subject is not, so that it does not pay for promises it does not make. */
  readonly isAsync?: boolean;
  /** Called before each round, outside the time: for inputs that must be fresh. */
  readonly beforeRound?: () => void;
}

export interface Schedule {
  readonly rounds: number;
  /** Calls of each subject in a round, one input after the other. */
  readonly calls: number;
  /** Distinct inputs; `calls` may be more. */
  readonly inputs: number;
  readonly warmupRounds: number;
}

/** Microseconds per call, a figure for each round. */
export type Measurements = ReadonlyMap<string, readonly number[]>;

/** @throws {Error} for a subject that answers wrongly: a wrong answer has no speed. */
export async function assertAnswers(subjects: readonly Subject[], inputs: number): Promise<void> {
  for (const { name, run, isRight, beforeRound } of subjects) {
    beforeRound?.();
    for (let index = 0; index < inputs; index++) {
      if (!isRight(await run(index), index))
        throw new Error(`${name} answers wrongly to input ${index}: it is not timed`);
    }
  }
}

export async function measure(subjects: readonly Subject[], schedule: Schedule): Promise<Measurements> {
  const { rounds, warmupRounds, inputs } = schedule;
  await assertAnswers(subjects, inputs);
  const measured = new Map(subjects.map(({ name }) => [name, [] as number[]]));
  for (let round = -warmupRounds; round < rounds; round++) {
    const times = await timeRound(subjects, schedule, round + warmupRounds);
    if (round < 0) continue;
    for (const [name, time] of times) measured.get(name)?.push((time * 1000) / schedule.calls);
  }
  return measured;
}

/** So short that a busy moment of the machine is shared by all subjects, so long that taking turns costs nothing. */
const SLICES = 8;

/** Milliseconds of each subject. Within a round the subjects take turns again, slice by slice. */
async function timeRound(
  subjects: readonly Subject[],
  { calls, inputs }: Schedule,
  round: number,
): Promise<Map<string, number>> {
  const times = new Map(subjects.map(({ name }) => [name, 0]));
  for (const subject of subjects) subject.beforeRound?.();
  for (let slice = 0; slice < SLICES; slice++) {
    const range = {
      from: Math.floor((slice * calls) / SLICES),
      to: Math.floor(((slice + 1) * calls) / SLICES),
      inputs,
    };
    for (const subject of inTurn(subjects, round + slice)) {
      const time = subject.isAsync === true ? await timeAsync(subject, range) : timeSync(subject, range);
      times.set(subject.name, (times.get(subject.name) ?? 0) + time);
    }
  }
  return times;
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly inputs: number;
}

/** Each round begins with another subject, and every second one runs backwards: nobody always follows the same one. */
export function inTurn<T>(items: readonly T[], round: number): T[] {
  const start = items.length === 0 ? 0 : round % items.length;
  const turned = [...items.slice(start), ...items.slice(0, start)];
  return round % 2 === 0 ? turned : turned.reverse();
}

/** Keeps results alive, so that no call can be optimised away. */
let sink: unknown;

export function lastResult(): unknown {
  return sink;
}

function timeSync({ run }: Subject, { from, to, inputs }: Range): number {
  const start = performance.now();
  for (let call = from; call < to; call++) sink = run(call % inputs);
  return performance.now() - start;
}

async function timeAsync({ run }: Subject, { from, to, inputs }: Range): Promise<number> {
  const start = performance.now();
  for (let call = from; call < to; call++) sink = await run(call % inputs);
  return performance.now() - start;
}
