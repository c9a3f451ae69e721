/**
 * Feeds the README: rewrites what stands between <!-- bench:NAME --> and <!-- /bench --> with figures of results.json.
 *
 *   npm run bench:readme               writes README.md; npm run bench has done so already
 *   npm run bench:readme -- --check    exits 1 when it would change
 *
 * @module
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { environmentLine } from './environment.ts';
import { markdownTable } from './markdown.ts';
import { rewriteMarkers } from './markers.ts';
import { numberOf, readResults, versionsTable, type Results } from './results.ts';
import { figure, isSkipped } from './section.ts';

const README = new URL('../README.md', import.meta.url);
export const RESULTS: URL = new URL('results.json', import.meta.url);

/**
 * What a marker may name:
 *   environment              where and when it was measured
 *   versions                 a whole verification, in multiples of the floor, by version of Node
 *   table:BENCH              the first table of a bench
 *   chart:BENCH              its picture
 *   number:BENCH:NAME        one figure, such as number:whole:ratio jwt-assay
 */
function textFor(name: string, results: Results): string {
  const [kind = '', bench = '', figureName = ''] = name.split(':');
  const run = results.runs[results.shown];
  if (kind === 'environment' && run !== undefined) return environmentLine(run.environment);
  if (kind === 'versions') return `\n${versionsTable(results)}\n`;
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

/** Puts figures between the markers of a document. @throws {Error} for a marker that names no figure. */
export function withFigures(document: string, results: Results): string {
  return rewriteMarkers(document, (name) => textFor(name, results));
}

export function feedReadme(results: Results): void {
  writeFileSync(README, withFigures(readFileSync(README, 'utf8'), results));
}

/** Whether the README holds the figures. */
export function isFed(results: Results): boolean {
  const readme = readFileSync(README, 'utf8');
  return withFigures(readme, results) === readme;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const results = readResults(RESULTS);
  if (results === undefined) throw new Error('there is no bench/results.json: run npm run bench first');
  if (!process.argv.includes('--check')) {
    feedReadme(results);
  } else if (!isFed(results)) {
    process.stderr.write('README.md does not hold the figures of bench/results.json: run npm run bench:readme\n');
    process.exitCode = 1;
  }
}
