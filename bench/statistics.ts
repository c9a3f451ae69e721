/**
 * Medians and spreads of paired measurements.
 *
 * @module
 */

/** The middle of a set of measurements, and what eight in ten of them lie between. */
export interface Summary {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
}

/** Differences smaller than this are noise on the machines we have, and are never claimed. */
export const NOISE = 0.03;

/** @param q from 0 to 1; between two measurements the value is interpolated. @throws {RangeError} for no values. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError('no measurements');
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export function summarize(values: readonly number[]): Summary {
  return { median: quantile(values, 0.5), p10: quantile(values, 0.1), p90: quantile(values, 0.9) };
}

/** Ratios of measurements made in the same round, so that a noisy moment weighs on both. */
export function pairedRatios(subject: readonly number[], floor: readonly number[]): Summary {
  return summarize(paired(subject, floor, (a, b) => a / b));
}

/** Differences likewise, in the unit of the measurements. */
export function pairedDifferences(subject: readonly number[], floor: readonly number[]): Summary {
  return summarize(paired(subject, floor, (a, b) => a - b));
}

/** What may be said of two figures: nothing, below the noise. */
export function compare(ours: number, theirs: number): string {
  const ratio = theirs / ours;
  if (Math.abs(ratio - 1) < NOISE) return 'the same';
  const percent = `${Math.round(Math.abs(ratio - 1) * 100)} %`;
  return ratio > 1 ? `${percent} more` : `${percent} less`;
}

function paired(a: readonly number[], b: readonly number[], combine: (a: number, b: number) => number): number[] {
  if (a.length !== b.length) throw new RangeError('measurements of different rounds cannot be paired');
  return a.map((value, index) => combine(value, b[index] ?? NaN));
}
