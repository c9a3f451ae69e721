/**
 * The fuzzer, for as long as one likes.
 *
 *   npx tsx test/fuzz/run.ts --seconds 60 --seed 1
 *   npx tsx test/fuzz/run.ts --differential --seconds 60 --seed 1
 *
 * Candidates for vectors go to stdout, one JSON object a line; the rest goes to stderr. Exits 1 when there are any, and
 * 2 for wrong arguments. Interrupted, it ends with what it has found.
 *
 * @module
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { candidateOf, findingOf, fuzz } from './fuzzer.ts';
import { codesCovered, progress, say, startTimeBox, Tally } from './terminal.ts';

interface Arguments {
  readonly differential: boolean;
  readonly seconds: number;
  readonly seed: number;
}

/** @throws {TypeError} for an argument that is unknown or no number. */
function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      differential: { type: 'boolean', default: false }, seconds: { type: 'string', default: '60' },
      seed: { type: 'string' },
    },
  });
  const seconds = Number(values.seconds);
  const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed);
  if (!(seconds > 0) || !Number.isFinite(seconds)) throw new TypeError('--seconds expected a positive number');
  if (seed >>> 0 !== seed) throw new TypeError('--seed expected an integer from 0, below 2^32');
  return { differential: values.differential, seconds, seed };
}

async function run(seconds: number, seed: number): Promise<number> {
  say(`seed ${seed}, ${seconds} s\n`);
  const answers = new Tally();
  const found = new Set<string>();
  const outcomes = fuzz(seed);
  const box = startTimeBox(seconds);
  let asked = 0;
  while (!box.isOver()) {
    // In turns: a signal is only noticed between two.
    for (const turnEnds = performance.now() + 50; performance.now() < turnEnds;) {
      const outcome = outcomes.next().value;
      asked++;
      answers.add(outcome.verdict.answer);
      const finding = findingOf(outcome);
      if (finding === undefined || found.has(`${outcome.question.kind} ${finding}`)) continue;
      found.add(`${outcome.question.kind} ${finding}`);
      progress('');
      process.stdout.write(`${JSON.stringify(candidateOf(outcome, finding))}\n`);
    }
    progress(`${Math.round(box.elapsed())} s, ${asked} questions, ${answers.size} answers, ${found.size} findings`);
    await nextTurn();
  }

  progress('');
  say(answers.lines());
  const ending = box.wasInterrupted() ? ', interrupted' : '';
  say(`${asked} questions in ${box.elapsed().toFixed(1)} s${ending}; seed ${seed}\n`);
  say(codesCovered(answers));
  say(`${found.size} findings\n`);
  return found.size === 0 ? 0 : 1;
}

let given: Arguments | undefined;
try {
  given = readArguments();
} catch (error) {
  const usage = 'usage: run.ts [--differential] [--seconds N] [--seed N]';
  say(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
}
if (given === undefined) process.exitCode = 2;
else if (!given.differential) process.exitCode = await run(given.seconds, given.seed);
else {
  // Only now: nothing else here needs the peers.
  const { runDifferential } = await import('./run-differential.ts');
  process.exitCode = await runDifferential(given.seconds, given.seed);
}
