/**
 * Feeds the README: rewrites what stands between <!-- bench:NAME --> and <!-- /bench --> with figures of results.json.
 *
 *   npx tsx bench/readme.ts            writes README.md
 *   npx tsx bench/readme.ts --check    exits 1 when it would change
 *
 * @module
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { environmentLine } from './environment.ts';
import { markdownTable } from './markdown.ts';
import { rewriteMarkers } from './markers.ts';
import { isSkipped, numberOf, readResults, type Results } from './results.ts';
import { figure } from './section.ts';

const README = new URL('../README.md', import.meta.url);
const RESULTS = new URL('results.json', import.meta.url);

/**
 * What a marker may name:
 *   environment              where and when it was measured
 *   table:BENCH              the first table of a bench
 *   chart:BENCH              its picture
 *   number:BENCH:NAME        one figure, such as number:whole:ratio jwt-assay
 */
function textFor(name: string, results: Results): string {
  const [kind = '', bench = '', figureName = ''] = name.split(':');
  const run = results.runs[results.shown];
  if (kind === 'environment' && run !== undefined) return environmentLine(run.environment);
  if (kind === 'number') {
    const value = numberOf(results, bench, figureName);
    if (value === undefined) throw new Error(`results.json has no figure "${figureName}" of "${bench}"`);
    return figure(value);
  }
  const section = run?.sections.find((candidate) => candidate.name === bench);
  if (section === undefined || isSkipped(section)) throw new Error(`results.json has nothing for the marker "${name}"`);
  const [table] = section.tables;
  if (kind === 'table' && table !== undefined) return `\n${markdownTable(table.head, table.rows)}\n`;
  const [file, chart] = Object.entries(section.charts)[0] ?? [];
  if (kind === 'chart' && file !== undefined && chart !== undefined)
    return `\n![${chart.title}](bench/charts/${file}.svg)\n`;
  throw new Error(`no such marker: "${name}"`);
}

const results = readResults(RESULTS);
if (results === undefined || !existsSync(README))
  throw new Error('README.md and bench/results.json must be there: run npm run bench first');
const before = readFileSync(README, 'utf8');
const after = rewriteMarkers(before, (name) => textFor(name, results));
if (process.argv.includes('--check')) {
  if (after !== before) {
    process.stderr.write('README.md does not hold the figures of bench/results.json: run npx tsx bench/readme.ts\n');
    process.exitCode = 1;
  }
} else {
  writeFileSync(README, after);
}
