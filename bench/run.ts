/**
 * Runs the benches.
 *
 *   npm run bench                       all of them; writes results.json, RESULTS.md and charts/, and the README's figures
 *   npm run bench -- --quick            under a minute, to the terminal alone: to see that they work
 *   npm run bench -- --check            the whole verification alone; exits 1 above 1.20 times the floor, or with
 *                                       a peer within 3 %
 *   npm run bench -- --only whole,steps to the terminal alone
 *   npm run bench -- --append           keeps the runs of other major versions of Node, for one table
 *   npm run bench -- --node 20,22,24,26 under each of these, one after the other, into one table; the first is shown in full
 *   npm run bench -- --out FOLDER --date 2026-01-31
 *
 * @module
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { algorithms } from './benches/algorithms.ts';
import { batch } from './benches/batch.ts';
import { cacheHit } from './benches/cache-hit.ts';
import { coldStart } from './benches/cold-start.ts';
import { length } from './benches/length.ts';
import { memory } from './benches/memory.ts';
import { packageSize } from './benches/package-size.ts';
import { refusals } from './benches/refusals.ts';
import { remoteKeys } from './benches/remote-keys.ts';
import { steps } from './benches/steps.ts';
import { whole } from './benches/whole.ts';
import { buildPackage } from './built.ts';
import { drawChart } from './charts.ts';
import { environmentLine, readEnvironment } from './environment.ts';
import { FLOOR } from './floor.ts';
import { plainTable } from './markdown.ts';
import { readMajors, runUnder } from './other-node.ts';
import { installPeers } from './peers/load.ts';
import { feedReadme } from './readme.ts';
import { addRun, readResults, renderResults } from './results.ts';
import { isSkipped, type Bench, type Run, type Section, type Skipped } from './section.ts';
import { OURS, OURS_ASYNC } from './subjects.ts';
import { complaints } from './verdict.ts';

const BENCHES: readonly Bench[] = [
  whole,
  algorithms,
  steps,
  length,
  refusals,
  memory,
  cacheHit,
  coldStart,
  remoteKeys,
  batch,
  packageSize,
];

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    append: { type: 'boolean', default: false },
    only: { type: 'string' },
    node: { type: 'string' },
    out: { type: 'string' },
    date: { type: 'string' },
  },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const names = values.check ? ['whole'] : values.only?.split(',');
const unknown = names?.filter((name) => !BENCHES.some((bench) => bench.name === name)) ?? [];
if (unknown.length > 0)
  throw new TypeError(`no such bench: ${unknown.join(', ')}; there are ${BENCHES.map(({ name }) => name).join(', ')}`);

installPeers(say);
if (values.node !== undefined) {
  const options = process.argv.slice(2).filter((word, index, words) => !/^--node(?:=|$)/.test(word) && words[index - 1] !== '--node');
  process.exit(runUnder(readMajors(values.node), options, say));
}
const environment = readEnvironment(values.date ?? new Date().toISOString().slice(0, 10));
process.stdout.write(`${environmentLine(environment)}\n\n`);
if (environment.load > environment.cores / 2)
  say(`the machine is busy (load ${environment.load}): no figure below is to be trusted`);
const built = await buildPackage();
const sections: Array<Section | Skipped> = [];
try {
  for (const bench of BENCHES.filter(({ name }) => names?.includes(name) ?? true)) {
    const section = await bench.run({ quick: values.quick, built, say });
    sections.push(section);
    print(section);
  }
} finally {
  built.remove();
}

if (values.check) check();
else if (values.out !== undefined || (!values.quick && names === undefined)) {
  write(
    { environment, sections },
    values.out === undefined ? new URL('./', import.meta.url) : pathToFileURL(`${resolve(values.out)}/`),
  );
}

function print(section: Section | Skipped): void {
  if (isSkipped(section)) {
    say(`${section.title}: skipped, ${section.skipped}`);
    return;
  }
  process.stdout.write(`${section.title}\n`);
  for (const { head, rows } of section.tables) process.stdout.write(`${plainTable(head, rows)}\n`);
  process.stdout.write('\n');
}

function check(): void {
  const [section] = sections;
  if (section === undefined || isSkipped(section)) throw new Error('nothing was measured');
  const ratios = new Map(
    Object.entries(section.numbers)
      .filter(([name]) => name.startsWith('ratio '))
      .map(([name, ratio]) => [name.slice('ratio '.length), ratio]),
  );
  const found = complaints(ratios, OURS, (name) => ![FLOOR, OURS, OURS_ASYNC].includes(name));
  for (const line of found) say(line);
  process.exitCode = found.length === 0 ? 0 : 1;
}

function write(run: Run, folder: URL): void {
  const file = new URL('results.json', folder);
  const results = addRun(readResults(file), run, values.append);
  mkdirSync(new URL('charts/', folder), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(new URL('RESULTS.md', folder), renderResults(results));
  // Of the run that the page shows, which need not be this one.
  for (const section of results.runs[results.shown]?.sections ?? []) {
    if (isSkipped(section)) continue;
    for (const [name, chart] of Object.entries(section.charts))
      writeFileSync(new URL(`charts/${name}.svg`, folder), drawChart(chart));
  }
  say('wrote results.json, RESULTS.md and charts/');
  if (values.out === undefined) feedReadme(results);
}
