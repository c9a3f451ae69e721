/**
 * Welch's t-test (B. L. Welch, 1947): whether two samples, of variances of their own, have the same mean.
 *
 * @module
 */

/** Mean and variance of values that come one by one (Welford, 1962), without the loss of a sum of squares. */
export class Moments {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(value: number): void {
    this.#count++;
    const distance = value - this.#mean;
    this.#mean += distance / this.#count;
    this.#squares += distance * (value - this.#mean);
  }

  get count(): number {
    return this.#count;
  }

  get mean(): number {
    return this.#mean;
  }

  /** Of the population that was sampled: divided by one less than their number. */
  get variance(): number {
    return this.#squares / (this.#count - 1);
  }
}

/** t = (m1 - m2) / sqrt(s1² / n1 + s2² / n2); 0 where all values are the same, and where there are too few. */
export function welch(one: Moments, other: Moments): number {
  const error = Math.sqrt(one.variance / one.count + other.variance / other.count);
  return error > 0 && Number.isFinite(error) ? (one.mean - other.mean) / error : 0;
}

/** One measurement: to which of the two classes it belongs, and what was measured. */
export interface Sample {
  readonly first: boolean;
  readonly value: number;
}

/** What was found with the values above a percentile left out. */
export interface Cropped {
  readonly percentile: number;
  readonly t: number;
}

/**
 * The t of all values, and of those below several percentiles of both classes together.
 *
 * Upper ones are cropped because what is measured has a long tail that is not its own: interrupts, other processes. One
 * bound for both classes, so that cropping makes no difference between them.
 */
export function croppedTests(samples: readonly Sample[], percentiles: readonly number[]): readonly Cropped[] {
  const sorted = samples.map(({ value }) => value).sort((a, b) => a - b);
  return percentiles.map((percentile) => {
    const bound = sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percentile) / 100))] ?? Infinity;
    const [one, other] = [new Moments(), new Moments()];
    for (const { first, value } of samples) if (value <= bound) (first ? one : other).add(value);
    return { percentile, t: welch(one, other) };
  });
}

/** The one that is farthest from 0. */
export function strongest(tests: readonly Cropped[]): Cropped {
  return tests.reduce((most, test) => (Math.abs(test.t) > Math.abs(most.t) ? test : most), { percentile: 100, t: 0 });
}
