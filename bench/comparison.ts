/**
 * The table and the chart that most benches end in: each subject against the floor.
 *
 * @module
 */

import type { Measurements } from './harness.ts';
import { figure, spread, type Chart, type Table } from './section.ts';
import { pairedDifferences, pairedRatios, summarize, type Summary } from './statistics.ts';

export interface Compared {
  readonly name: string;
  readonly time: Summary;
  readonly ratio: Summary;
  readonly overhead: Summary;
}

/** Fastest first, by the paired ratio to the floor. */
export function compareWith(floor: string, measured: Measurements): Compared[] {
  const base = measured.get(floor) ?? [];
  return [...measured]
    .map(([name, times]) => ({
      name,
      time: summarize(times),
      ratio: pairedRatios(times, base),
      overhead: pairedDifferences(times, base),
    }))
    .sort((a, b) => a.ratio.median - b.ratio.median);
}

export function comparisonTable(compared: readonly Compared[], caption?: string): Table {
  return {
    ...(caption === undefined ? {} : { caption }),
    head: ['', 'µs', 'x the floor', 'µs over the floor'],
    rows: compared.map(({ name, time, ratio, overhead }) => [
      name,
      figure(time.median),
      spread(ratio),
      figure(overhead.median),
    ]),
  };
}

export function ratioChart(title: string, compared: readonly Compared[], isOurs: (name: string) => boolean): Chart {
  return {
    kind: 'bars',
    title,
    unit: 'x',
    mark: 1,
    bars: compared.map(({ name, ratio }) => ({
      label: name,
      value: ratio.median,
      low: ratio.p10,
      high: ratio.p90,
      ...(isOurs(name) ? { ours: true } : {}),
    })),
  };
}
