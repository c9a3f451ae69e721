/**
 * Puts every vector to every library, and writes bench/CONFORMANCE.md and its picture.
 *
 *   npm run conformance
 *   npm run conformance -- --out FOLDER         writes there instead
 *   npm run conformance -- --only jose,hono     to the terminal alone, unless there is --out
 *   npm run conformance -- --vectors FOLDER     other vectors of the same form; likewise
 *   npm run conformance -- --date 2026-01-31    the date to print; today by default
 *
 * Exits 1 unless this project refuses every invalid vector with the code that it names, accepts every valid one, and
 * the control is alight.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { heatMap } from './conformance/heat-map.ts';
import { report, summaryTable } from './conformance/report.ts';
import { SubjectProcess } from './conformance/subject-process.ts';
import { controlIsAlight, judge, shortcomings, type Finding, type Result } from './conformance/tally.ts';
import { plainTable } from './markdown.ts';
import { adapterNames, installPeers, loadAdapter } from './peers/load.ts';
import { readSuite, type Vector } from './vectors.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const { values } = parseArgs({
  options: { only: { type: 'string' }, vectors: { type: 'string' }, out: { type: 'string' }, date: { type: 'string' } },
});
const only = values.only?.split(',');
const partial = only !== undefined || values.vectors !== undefined;

installPeers(say);
const suite = readSuite(values.vectors === undefined ? undefined : folderUrl(values.vectors));
const absent: string[] = [];
const results: Result[] = [];
for (const name of adapterNames().filter((candidate) => only?.includes(candidate) ?? true)) {
  const result = await examine(name, suite.vectors);
  if (result !== undefined) results.push(result);
}

const { head, rows } = summaryTable(results);
process.stdout.write(`${plainTable(head, rows)}\n\n`);
const failures = judgeRun();
for (const failure of failures.slice(0, 50)) say(failure);
if (failures.length > 50) say(`and ${failures.length - 50} more`);
if (!partial || values.out !== undefined)
  writeReport(values.out === undefined ? new URL('./', import.meta.url) : folderUrl(values.out));
process.exitCode = failures.length === 0 ? 0 : 1;

/** Asks one library everything. */
async function examine(name: string, vectors: readonly Vector[]): Promise<Result | undefined> {
  const adapter = await loadAdapter(name);
  const version = await adapter.version();
  if (version === undefined) {
    say(`${adapter.name}: not installed, left out`);
    absent.push(adapter.name);
    return undefined;
  }
  const process = new SubjectProcess(name);
  const findings: Finding[] = [];
  try {
    for (const vector of vectors)
      findings.push({ vector, outcome: judge(adapter, vector, await process.ask(vector.question)) });
  } finally {
    process.close();
  }
  say(`${adapter.name} ${version}: ${findings.length} vectors`);
  return { adapter, version, findings };
}

function alight(): Vector[] {
  const control = results.find(({ adapter }) => adapter.role === 'control');
  const current = results.find(({ adapter }) => control?.adapter.name.startsWith(`${adapter.name}-`));
  return control === undefined || current === undefined ? [] : controlIsAlight(control, current);
}

function judgeRun(): string[] {
  const self = results.find(({ adapter }) => adapter.role === 'self');
  const ours = self === undefined ? [] : shortcomings(self).map((line) => `jwt-assay ${line}`);
  const dark =
    only === undefined && alight().length === 0 ? ['the control accepts nothing that the current version refuses'] : [];
  return [...ours, ...dark];
}

function folderUrl(path: string): URL {
  return pathToFileURL(`${resolve(path)}/`);
}

function writeReport(folder: URL): void {
  const used = new Set(suite.vectors.filter(({ result }) => result === 'invalid').flatMap(({ flags }) => flags));
  const flags = [...used].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const facts = {
    suite,
    flags,
    results,
    absent,
    alight: alight().length,
    date: values.date ?? new Date().toISOString().slice(0, 10),
    node: process.versions.node,
  };
  mkdirSync(new URL('charts/', folder), { recursive: true });
  writeFileSync(new URL('CONFORMANCE.md', folder), report(facts));
  writeFileSync(new URL('charts/conformance.svg', folder), heatMap(results, suite.notes, flags));
  say('wrote CONFORMANCE.md and charts/conformance.svg');
}
