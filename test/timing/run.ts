/**
 * Whether the comparisons of secrets take the same time wherever an input is wrong, as far as statistics can tell.
 *
 *   npm run timing [-- --seed 1] [-- --samples 100000]
 *
 * The method is that of dudect (O. Reparaz, J. Balasch, I. Verbauwhede, "Dude, is my code constant time?", 2016). Of each
 * comparison there are two classes of inputs, all of equal length: those that differ from the secret in the first octet,
 * and those that differ in the last one, or nowhere. Which class is measured next is drawn from a seed, so that whatever
 * else the machine does falls on both alike. Welch's t-test then asks whether their mean times differ: of all samples, and
 * of those below several percentiles, because a long tail of interruptions hides small differences.
 *
 * |t| above 4.5 is a suspicion: one in 100,000 by chance, but several percentiles of several comparisons are asked. So a suspect
 * is measured twice more, with other draws, and leaks if each time the same class is the slower one. Controls, which compare
 * the same octets and stop at the first that differs, must be found to leak with |t| above 10; otherwise the run says nothing.
 *
 * It proves nothing about other machines, or about differences too small for this many samples. Exits 1 for a leak or a
 * control that was not seen, 2 for wrong arguments, 130 when interrupted. Not in `npm test`: it measures time.
 *
 * @module
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRandom, type Random } from '../fuzz/random.ts';
import { progress } from '../fuzz/terminal.ts';
import { SUBJECTS, type Subject } from './subjects.ts';
import { croppedTests, strongest, type Cropped, type Sample } from './welch.ts';

const SUSPICIOUS = 4.5;
const SEEN = 10;
const PERCENTILES = [50, 75, 90, 95, 99, 100];

/** Of one input, in one sample: the timer's own grain is then little beside what is measured. */
const CALLS = 8;

/** Of each class. */
const INPUTS = 64;

/** Not counted: until then the code may be compiled anew. */
const WARM_UP = 0.2;

/** Keeps results, so that no call is without effect. */
let used = 0;

async function measure(subject: Subject, samples: number, random: Random, interrupted: () => boolean): Promise<Cropped> {
  // Made in turns, so that no class lies elsewhere in memory than the other.
  const pairs = Array.from({ length: INPUTS }, () => subject.places.map((place) => subject.input(place, random)));
  const taken: Sample[] = [];
  const ignored = Math.floor(samples * WARM_UP);
  for (let at = -ignored; at < samples; at++) {
    const first = random.oneIn(2);
    const input = random.pick(pairs)[first ? 0 : 1];
    const start = process.hrtime.bigint();
    for (let call = 0; call < CALLS; call++) used += subject.compare(input) === true ? 1 : 0;
    const value = Number(process.hrtime.bigint() - start);
    if (at >= 0) taken.push({ first, value });
    if (at % 2000 !== 0) continue;
    progress(`${subject.name}, ${subject.places.join(' or ')}: ${Math.max(0, Math.round((at * 100) / samples))} %`);
    await nextTurn();
    if (interrupted()) break;
  }
  progress('');
  return strongest(croppedTests(taken, PERCENTILES));
}

/** Says whether a subject is as it should be. */
async function examine(subject: Subject, samples: number, seed: number, interrupted: () => boolean): Promise<boolean> {
  const runs: Cropped[] = [];
  const wanted = subject.leaks ? 1 : 3;
  do runs.push(await measure(subject, samples, createRandom(seed + runs.length), interrupted));
  while (runs.length < wanted && Math.abs(runs.at(-1)?.t ?? 0) > SUSPICIOUS && Math.sign(runs.at(-1)?.t ?? 0) === Math.sign(runs[0]?.t ?? 0) && !interrupted());
  const { t } = runs.at(-1) ?? { t: NaN };
  const steady = runs.length === wanted && Math.sign(t) === Math.sign(runs[0]?.t ?? NaN);
  const found = subject.leaks ? Math.abs(t) > SEEN : steady && Math.abs(t) > SUSPICIOUS;
  const told = runs.map(({ t: one, percentile }) => `${one.toFixed(2)} (below ${percentile} %)`).join(', then ');
  const verdict = found === subject.leaks ? (subject.leaks ? 'seen, as it must be' : 'no difference') : subject.leaks ? 'NOT SEEN' : 'LEAKS';
  if (!interrupted()) process.stdout.write(`${verdict.padEnd(20)} ${subject.name}, ${subject.places.join(' or ')}: t ${told}\n`);
  return found === subject.leaks;
}

async function run(samples: number, seed: number): Promise<number> {
  let interrupted = false;
  process.once('SIGINT', () => (interrupted = true));
  process.stdout.write(`seed ${seed}, ${samples} samples of ${CALLS} calls each, ${process.version}\n`);
  let bad = 0;
  for (const [at, subject] of SUBJECTS.entries()) {
    if (!await examine(subject, samples, seed + at * 10, () => interrupted)) bad++;
    if (!interrupted) continue;
    process.stdout.write('interrupted\n');
    return 130;
  }
  process.stdout.write(bad === 0 ? `nothing leaks, and every control was seen\n` : `${bad} not as they should be\n`);
  return bad === 0 && used >= 0 ? 0 : 1;
}

function readArguments(): { readonly samples: number; readonly seed: number } | undefined {
  try {
    const { values } = parseArgs({ options: { samples: { type: 'string', default: '100000' }, seed: { type: 'string' } } });
    const [samples, seed] = [Number(values.samples), values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed)];
    if (!Number.isInteger(samples) || samples < 1000) throw new TypeError('--samples expected 1000 or more');
    if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 31) throw new TypeError('--seed expected an integer from 0, below 2^31');
    return { samples, seed };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nusage: run.ts [--samples N] [--seed N]\n`);
    return undefined;
  }
}

const given = readArguments();
process.exitCode = given === undefined ? 2 : await run(given.samples, given.seed);
