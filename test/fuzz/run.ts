/**
 * The fuzzer, for as long as one likes.
 *
 *   npx tsx test/fuzz/run.ts --seconds 60 --seed 1
 *   npx tsx test/fuzz/run.ts --differential --seconds 60 --seed 1    against jose and node:crypto
 *   npx tsx test/fuzz/run.ts --documents --seconds 60 --seed 1       OpenAPI documents
 *   npx tsx test/fuzz/run.ts --http --seconds 60 --seed 1            octets to the gateway and to forward-auth
 *
 * Candidates for vectors, or what else was found, go to stdout, one JSON object a line; the rest goes to stderr. Exits 1 when there are any, and
 * 2 for wrong arguments. Interrupted, it ends with what it has found.
 *
 * @module
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { candidateOf, findingOf, fuzz } from './fuzzer.ts';
import { codesCovered, progress, say, startTimeBox, Tally } from './terminal.ts';

const MODES = ['differential', 'documents', 'http'] as const;

interface Arguments {
  /** Undefined: tokens, keys and options. */
  readonly mode: (typeof MODES)[number] | undefined;
  readonly seconds: number;
  readonly seed: number;
}

/** @throws {TypeError} for an argument that is unknown or no number. */
function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      differential: { type: 'boolean' }, documents: { type: 'boolean' }, http: { type: 'boolean' },
      seconds: { type: 'string', default: '60' }, seed: { type: 'string' },
    },
  });
  const seconds = Number(values.seconds);
  const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed);
  if (!(seconds > 0) || !Number.isFinite(seconds)) throw new TypeError('--seconds expected a positive number');
  if (seed >>> 0 !== seed) throw new TypeError('--seed expected an integer from 0, below 2^32');
  const [mode, other] = MODES.filter((name) => values[name] === true);
  if (other !== undefined) throw new TypeError(`--${mode} and --${other} exclude each other`);
  return { mode, seconds, seed };
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
  const usage = 'usage: run.ts [--differential | --documents | --http] [--seconds N] [--seed N]';
  say(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
}
if (given === undefined) process.exitCode = 2;
else process.exitCode = await runMode(given);

/** Only what is asked for is loaded: the peers of the one mode are not needed by the others. */
async function runMode({ mode, seconds, seed }: Arguments): Promise<number> {
  switch (mode) {
    case undefined:
      return run(seconds, seed);
    case 'differential':
      return (await import('./run-differential.ts')).runDifferential(seconds, seed);
    case 'documents':
      return (await import('./run-documents.ts')).runDocuments(seconds, seed);
    case 'http':
      return (await import('./run-http.ts')).runHttp(seconds, seed);
  }
}
