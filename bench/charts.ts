/**
 * Bars and lines, drawn from a chart's data.
 *
 * @module
 */

import { figure, type Bar, type Chart, type Line } from './section.ts';
import { drawing, svg, text, type Markup } from './svg.ts';

const WIDTH = 720;
const LABEL = 200;
const RIGHT = 160;
const TOP = 56;
const ROW = 28;

export function drawChart(chart: Chart): string {
  return chart.kind === 'bars' ? drawBars(chart) : drawLines(chart);
}

function drawBars({ title, unit, bars, mark }: Extract<Chart, { kind: 'bars' }>): string {
  const plot = WIDTH - LABEL - RIGHT;
  const most = Math.max(mark ?? 0, ...bars.map(({ value }) => value));
  // One noisy subject must not make the bars of all the others too short to compare: its thin line ends at the edge.
  const edge = Math.min(1.4 * most, Math.max(most, ...bars.map(({ high }) => high ?? 0))) || 1;
  const x = (value: number): number => LABEL + (plot * Math.min(Math.max(0, value), edge)) / edge;
  const bottom = TOP + bars.length * ROW;
  const description = bars.map(({ label, value }) => `${label}: ${figure(value)} ${unit}`).join('; ');
  return drawing(
    WIDTH,
    bottom + 34,
    title,
    description,
    mark === undefined ? [] : svg('line', { class: 'rule', x1: x(mark), x2: x(mark), y1: TOP - 6, y2: bottom }),
    bars.map((bar, index) => drawBar(bar, TOP + index * ROW, x, unit)),
    text(LABEL, bottom + 20, 'bar: median; thin line: from the 10th to the 90th percentile', { class: 'small faint' }),
  );
}

function drawBar(
  { label, value, low, high, ours = false }: Bar,
  y: number,
  x: (value: number) => number,
  unit: string,
): Markup {
  const end = Math.max(x(value), x(high ?? value));
  return svg(
    'g',
    {},
    svg('title', {}, `${label}: ${figure(value)} ${unit}`),
    text(LABEL - 10, y + 15, label, { 'text-anchor': 'end', ...(ours ? { 'font-weight': 'bold' } : {}) }),
    svg('rect', {
      class: ours ? 'ours' : 'theirs',
      x: x(0),
      y: y + 3,
      width: Math.max(1, x(value) - x(0)),
      height: 16,
    }),
    low === undefined || high === undefined
      ? []
      : svg('line', { class: 'spread', x1: x(low), x2: x(high), y1: y + 11, y2: y + 11 }),
    text(end + 8, y + 15, `${figure(value)} ${unit}`, { class: 'number' }),
  );
}

function drawLines({ title, x: xName, y: yName, lines }: Extract<Chart, { kind: 'lines' }>): string {
  const [left, right, top, bottom] = [60, WIDTH - 160, TOP, 300];
  const points = lines.flatMap((line) => line.points);
  const [mostX, mostY] = [
    roundUp(Math.max(...points.map(([px]) => px))),
    roundUp(Math.max(...points.map(([, py]) => py))),
  ];
  const x = (value: number): number => left + ((right - left) * value) / mostX;
  const y = (value: number): number => bottom - ((bottom - top) * Math.max(0, value)) / mostY;
  const description = lines
    .map(
      ({ label, points: own }) =>
        `${label}: ${own.map(([px, py]) => `${figure(px)} ${xName}, ${figure(py)} ${yName}`).join('; ')}`,
    )
    .join('. ');
  return drawing(
    WIDTH,
    350,
    title,
    description,
    [0, 0.25, 0.5, 0.75, 1].map((share) => [
      svg('line', { class: 'rule', x1: left, x2: right, y1: y(share * mostY), y2: y(share * mostY) }),
      text(left - 8, y(share * mostY) + 4, onAxis(share * mostY), { class: 'number', 'text-anchor': 'end' }),
      text(x(share * mostX), bottom + 18, onAxis(share * mostX), {
        class: 'number',
        'text-anchor': 'middle',
      }),
    ]),
    text((left + right) / 2, bottom + 38, xName, { class: 'faint', 'text-anchor': 'middle' }),
    text(left - 8, top - 10, yName, { class: 'faint', 'text-anchor': 'end' }),
    lines.map((line, index) => drawLine(line, index, x, y)),
  );
}

function drawLine(
  { label, points }: Line,
  index: number,
  x: (value: number) => number,
  y: (value: number) => number,
): Markup {
  const [lastX, lastY] = points.at(-1) ?? [0, 0];
  return svg(
    'g',
    {},
    svg('polyline', {
      class: `line s${index % 4}`,
      points: points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' '),
    }),
    points.map(([px, py]) => svg('circle', { class: `f${index % 4}`, cx: x(px), cy: y(py), r: 3 })),
    text(x(lastX) + 8, y(lastY) + 4, label, { class: 'small' }),
  );
}

/** The ends and quarters of a scale are round numbers: they need no decimals to look exact. */
function onAxis(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

/** The next of 1, 2, 2.5, 4, 5 and 10 times a power of ten: a scale whose quarters are easy to read. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 4, 5, 10].find((step) => value <= step * power) ?? 10);
}
