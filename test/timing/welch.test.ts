import { expect, it } from 'vitest';
import { createRandom } from '../fuzz/random.ts';
import { croppedTests, Moments, strongest, welch, type Sample } from './welch.ts';

const momentsOf = (values: readonly number[]): Moments => {
  const moments = new Moments();
  for (const value of values) moments.add(value);
  return moments;
};

it('mean and variance are those of the textbook, also far from zero', () => {
  for (const offset of [0, 1e9]) {
    const moments = momentsOf([2, 4, 4, 4, 5, 5, 7, 9].map((value) => value + offset));
    expect([moments.count, moments.mean]).toEqual([8, 5 + offset]);
    expect(moments.variance).toBeCloseTo(32 / 7, 6);
  }
});

it('t is that of the textbook', () => {
  // Two samples of unequal variance and number, by hand: means 3 and 5, variances 2.5 and 20/3.
  const [one, other] = [momentsOf([1, 2, 3, 4, 5]), momentsOf([2, 4, 6, 8])];
  expect(welch(one, other)).toBeCloseTo((3 - 5) / Math.sqrt(2.5 / 5 + 20 / 3 / 4), 12);
  expect(welch(other, one)).toBeCloseTo(-welch(one, other), 12);
  expect([welch(momentsOf([1, 1]), momentsOf([1, 1])), welch(momentsOf([]), momentsOf([1]))]).toEqual([0, 0]);
});

it('a small difference under a long tail is seen once the tail is cropped, and none where there is none', () => {
  const random = createRandom(1);
  const samples = (difference: number): Sample[] => Array.from({ length: 20_000 }, () => {
    const first = random.oneIn(2);
    const tail = random.oneIn(20) ? random.below(100_000) : 0;
    return { first, value: 1000 + random.below(100) + tail + (first ? difference : 0) };
  });
  const percentiles = [50, 80, 90, 100];
  const [leaky, tight] = [croppedTests(samples(3), percentiles), croppedTests(samples(0), percentiles)];
  expect(Math.abs(leaky.at(-1)?.t ?? NaN)).toBeLessThan(4.5);
  expect(Math.abs(strongest(leaky).t)).toBeGreaterThan(4.5);
  expect(strongest(leaky).percentile).toBeLessThan(100);
  expect(Math.abs(strongest(tight).t)).toBeLessThan(4.5);
});
