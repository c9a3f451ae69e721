/**
 * The fuzzer, for as long as one likes.
 *
 *   npx tsx test/fuzz/run.ts --seconds 60 --seed 1
 *
 * Candidates for vectors go to stdout, one JSON object a line; the rest goes to stderr. Exits 1 when there are any, and
 * 2 for wrong arguments. Interrupted, it ends with what it has found.
 *
 * @module
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { REFUSALS } from '../../src/jose/index.ts';
import { candidateOf, findingOf, fuzz } from './fuzzer.ts';

interface Arguments {
  readonly seconds: number;
  readonly seed: number;
}

/** @throws {TypeError} for an argument that is unknown or no number. */
function readArguments(): Arguments {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } } });
  const seconds = Number(values.seconds);
  const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed);
  if (!(seconds > 0) || !Number.isFinite(seconds)) throw new TypeError('--seconds expected a positive number');
  if (seed >>> 0 !== seed) throw new TypeError('--seed expected an integer from 0, below 2^32');
  return { seconds, seed };
}

const say = (text: string): void => void process.stderr.write(text);

/** A line that overwrites itself, on a terminal; elsewhere nothing. */
const progress = (text: string): void => {
  if (process.stderr.isTTY) say(`\r\u001B[K${text}`);
};

async function run({ seconds, seed }: Arguments): Promise<number> {
  let interrupted = false;
  process.once('SIGINT', () => {
    interrupted = true;
  });
  say(`seed ${seed}, ${seconds} s\n`);

  const answers = new Map<string, number>();
  const found = new Set<string>();
  const outcomes = fuzz(seed);
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  let asked = 0;
  while (!interrupted && elapsed() < seconds) {
    // In turns: a signal is only noticed between two.
    for (const turnEnds = performance.now() + 50; performance.now() < turnEnds;) {
      const outcome = outcomes.next().value;
      asked++;
      answers.set(outcome.verdict.answer, (answers.get(outcome.verdict.answer) ?? 0) + 1);
      const finding = findingOf(outcome);
      if (finding === undefined || found.has(`${outcome.question.kind} ${finding}`)) continue;
      found.add(`${outcome.question.kind} ${finding}`);
      progress('');
      process.stdout.write(`${JSON.stringify(candidateOf(outcome, finding))}\n`);
    }
    progress(`${Math.round(elapsed())} s, ${asked} questions, ${answers.size} answers, ${found.size} findings`);
    await nextTurn();
  }

  progress('');
  const codes = Object.keys(REFUSALS);
  const missing = codes.filter((code) => !answers.has(code));
  for (const [answer, times] of [...answers].sort(([, a], [, b]) =>
    b - a)) say(`${String(times).padStart(10)}  ${answer}\n`);
  say(`${asked} questions in ${elapsed().toFixed(1)} s${interrupted ? ', interrupted' : ''}; seed ${seed}\n`);
  say(`${codes.length - missing.length} of ${codes.length} refusal codes, without ${missing.join(' ') || 'none'}\n`);
  say(`${found.size} findings\n`);
  return found.size === 0 ? 0 : 1;
}

let given: Arguments | undefined;
try {
  given = readArguments();
} catch (error) {
  say(`${error instanceof Error ? error.message : String(error)}\nusage: run.ts [--seconds N] [--seed N]\n`);
}
process.exitCode = given === undefined ? 2 : await run(given);
