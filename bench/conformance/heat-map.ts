/**
 * The matrix as a picture: a row for each class, a column for each library, in each cell what was accepted of what was
 * tested.
 *
 * @module
 */

import { drawing, svg, text, type Child, type Markup } from '../svg.ts';
import type { FlagNote } from '../vectors.ts';
import { count, ofClass, type Count, type Result, type Share } from './tally.ts';

const FLAG = 92;
const LABEL = 400;
const CELL = 46;
const COLUMN = 2 * CELL + 8;
const ROW = 20;
const TOP = 110;

/** A drawing as wide as the libraries need, with every number in words too: colour is never alone. */
export function heatMap(
  results: readonly Result[],
  notes: ReadonlyMap<string, FlagNote>,
  flags: readonly string[],
): string {
  const rows: Child[] = flags.map((flag, index) =>
    classRow(results, flag, notes.get(flag)?.description ?? '', TOP + index * ROW),
  );
  const width = LABEL + results.length * COLUMN + 20;
  const totals = TOP + flags.length * ROW + 14;
  const description =
    'For each class of invalid vectors and each library: how many were accepted, of how many that were tested.';
  return drawing(
    width,
    totals + 90,
    'What JWT libraries accept that they should refuse',
    description,
    text(
      20,
      52,
      'accepted / tested: left, what an RFC says MUST be refused; right, what a strict verifier SHOULD refuse',
      { class: 'faint' },
    ),
    legend(20, 68),
    results.map((result, index) => columnHead(result, LABEL + index * COLUMN)),
    rows,
    svg('line', { class: 'rule', x1: 20, x2: width - 20, y1: totals - 6, y2: totals - 6 }),
    totalRow(results, totals),
    validRow(results, totals + ROW + 4),
    text(
      20,
      totals + 70,
      'A vector can be in several classes; the last rows count it once. A dash: nothing of the kind, or not '
        + 'applicable.',
      { class: 'faint' },
    ),
  );
}

function columnHead({ adapter, version }: Result, x: number): Markup {
  return svg(
    'g',
    {},
    text(x + CELL, TOP - 22, adapter.name, {
      'text-anchor': 'middle',
      class: adapter.role === 'self' ? 'small ours' : 'small',
    }),
    text(x + CELL, TOP - 8, adapter.role === 'control' ? 'control' : version, {
      class: 'small faint',
      'text-anchor': 'middle',
    }),
  );
}

function classRow(results: readonly Result[], flag: string, description: string, y: number): Markup {
  return svg(
    'g',
    {},
    text(20, y + 14, flag, { class: 'number' }),
    text(20 + FLAG, y + 14, shorten(description, 52), { class: 'small faint' }),
    results.map((result, index) => {
      const counted = count(ofClass(result.findings, flag));
      return cells(counted, LABEL + index * COLUMN, y, `${result.adapter.name}, ${flag}: ${description}`);
    }),
  );
}

function totalRow(results: readonly Result[], y: number): Markup {
  return svg(
    'g',
    {},
    text(20, y + 14, 'all invalid vectors'),
    results.map(({ findings, adapter }, index) =>
      cells(count(findings), LABEL + index * COLUMN, y, `${adapter.name}: all`),
    ),
  );
}

function validRow(results: readonly Result[], y: number): Markup {
  return svg(
    'g',
    {},
    text(20, y + 14, 'valid vectors, wrongly refused'),
    results.map(({ findings, adapter }, index) => {
      const { valid } = count(findings);
      return cell(valid, LABEL + index * COLUMN, y, 2 * CELL, 'v', `${adapter.name}: valid vectors refused`);
    }),
  );
}

function cells({ must, should }: Count, x: number, y: number, what: string): Markup {
  return svg(
    'g',
    {},
    cell(must, x, y, CELL - 1, 'h', `${what} (MUST)`),
    cell(should, x + CELL, y, CELL - 1, 'h', `${what} (SHOULD)`),
  );
}

function cell({ wrong, tested }: Share, x: number, y: number, width: number, scale: string, what: string): Markup {
  const shade = tested === 0 ? 'none' : shadeOf(wrong / tested, scale);
  const ink = shade === `${scale}3` ? 'on' : wrong === 0 ? 'faint' : '';
  return svg(
    'g',
    {},
    svg('title', {}, `${what}: ${wrong} of ${tested}`),
    svg('rect', { class: shade, x, y: y + 1, width, height: ROW - 2 }),
    text(x + width / 2, y + 14, tested === 0 ? '–' : `${wrong}/${tested}`, {
      class: `number cell ${ink}`.trim(),
      'text-anchor': 'middle',
    }),
  );
}

/** Four flat shades: none, some, many, all. */
function shadeOf(share: number, scale: string): string {
  if (share === 0) return 'h0';
  return `${scale}${share === 1 ? 3 : share >= 0.5 ? 2 : 1}`;
}

function legend(x: number, y: number): Markup {
  const shades: ReadonlyArray<readonly [string, string]> = [
    ['h0', 'none'],
    ['h1', 'some'],
    ['h2', 'half or more'],
    ['h3', 'all'],
  ];
  return svg(
    'g',
    {},
    shades.map(([shade, word], index) => [
      svg('rect', { class: shade, x: x + index * 110, y: y - 6, width: 12, height: 12 }),
      text(x + index * 110 + 18, y + 5, word, { class: 'small faint' }),
    ]),
  );
}

function shorten(sentence: string, length: number): string {
  return sentence.length <= length ? sentence : `${sentence.slice(0, length).replace(/\s+\S*$/, '')} …`;
}
