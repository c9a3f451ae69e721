/**
 * Five minutes at full load, with a key server that comes and goes and keys that rotate. Exits 1 for a wrong decision, for a
 * connection that broke, or for memory that grows.
 *
 *   npm run soak
 *   npm run soak -- --seconds 60 --connections 64 --seed 7
 *
 * @module
 */

import { parseArgs } from 'node:util';
import { runSoak, type Sample, type SoakReport } from './load/soak-run.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    connections: { type: 'string', default: '64' },
    seed: { type: 'string', default: '1' },
  },
});

/** Octets by which the last fifth may lie above the second, by their medians. */
const GROWTH = 24 * 1_048_576;

const mebibytes = (octets: number): string => (octets / 1_048_576).toFixed(0);

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

function growthOf(samples: readonly Sample[]): { readonly before: number; readonly after: number } {
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const of = (part: readonly Sample[]): number => median(part.map(({ memory }) => memory));
  return { before: of(samples.slice(fifth, 2 * fifth)), after: of(samples.slice(-fifth)) };
}

function report({ answers, wrong, broken, examples, counts, latency, samples, ...rest }: SoakReport, seconds: number): number {
  const { keys, late, fetches } = rest;
  for (const [what, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(`  ${String(count).padStart(9)}  ${what}`);
  const { before, after } = growthOf(samples);
  const last = samples.at(-1);
  console.log(`${answers} answers in ${seconds} s, ${(answers / seconds).toFixed(0)} a second; ${wrong} wrong, ${broken} connections broken`);
  console.log(`latency: median ${latency.median.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms, most ${latency.most.toFixed(0)} ms`);
  console.log(`memory: ${mebibytes(before)} MiB in the second fifth, ${mebibytes(after)} MiB in the last, at most ` +
    `${mebibytes(Math.max(...samples.map(({ memory }) => memory)))} MiB; processor: ${((last?.cpu ?? NaN) / (last?.at ?? NaN)).toFixed(2)} of a core`);
  console.log(`keys: ${fetches.fetched} fetches, ${fetches.failed} failed`);
  for (const [index, { known, gone }] of keys.entries()) {
    console.log(`  key ${index + 1}: first accepted after ${known?.toFixed(1) ?? '-'} s, refused ${gone?.toFixed(1) ?? '-'} s after its removal`);
  }
  for (const example of examples) console.log(`WRONG: ${example}`);
  if (after - before > GROWTH) console.log('WRONG: memory grows');
  if (late > 0) console.log(`WRONG: ${late} keys were not known, or not gone, in time`);
  return wrong > 0 || broken > 0 || late > 0 || after - before > GROWTH ? 1 : 0;
}

const [seconds, connections, seed] = [values.seconds, values.connections, values.seed].map(Number) as [number, number, number];
const result = await runSoak({
  seconds, connections, seed,
  onSample: ({ at, answers, wrong, memory }) => console.log(`${at.toFixed(0).padStart(5)} s  ${answers} answers, ${wrong} wrong, ${mebibytes(memory)} MiB`),
});
process.exitCode = report(result, seconds);
