import { describe, expect, it } from 'vitest';
import { compare, pairedDifferences, pairedRatios, quantile, summarize } from '../../bench/statistics.ts';
import { complaints } from '../../bench/verdict.ts';

describe('quantile', () => {
  it('interpolates, whatever the order', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([4, 1, 3, 2], 0)).toBe(1);
    expect(quantile([4, 1, 3, 2], 1)).toBe(4);
    expect(quantile([7], 0.9)).toBe(7);
  });

  it('sorts numbers as numbers', () => {
    expect(quantile([10, 9, 100], 0.5)).toBe(10);
  });

  it('leaves what it is given alone', () => {
    const values = [3, 1, 2];
    summarize(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('refuses to make something of nothing', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('pairing', () => {
  it('is round by round: a busy moment that weighs on both cancels out', () => {
    const floor = [10, 100, 10];
    const subject = [12, 120, 12];
    expect(pairedRatios(subject, floor)).toEqual({ median: 1.2, p10: 1.2, p90: 1.2 });
    expect(pairedDifferences(subject, floor).median).toBe(2);
  });

  it('refuses measurements of different rounds', () => {
    expect(() => pairedRatios([1, 2], [1])).toThrow(RangeError);
  });
});

describe('compare', () => {
  it.each([
    [100, 102.9, 'the same'],
    [100, 97.1, 'the same'],
    [100, 103.1, '3 % more'],
    [100, 150, '50 % more'],
    [100, 50, '50 % less'],
  ])('of %d and %d: %s', (ours, theirs, words) => {
    expect(compare(ours, theirs)).toBe(words);
  });
});

describe('the verdict of --check', () => {
  const isPeer = (name: string): boolean => name.startsWith('peer');
  const judge = (ratios: Record<string, number>): string[] =>
    complaints(new Map(Object.entries(ratios)), 'ours', isPeer);

  it('is silent where we are fast and alone', () => {
    expect(judge({ floor: 1, ours: 1.2, 'ours async': 1.21, 'peer a': 1.3 })).toEqual([]);
  });

  it('complains above 1.20', () => {
    expect(judge({ ours: 1.21, 'peer a': 1.5 })).toHaveLength(1);
  });

  it('complains of a peer within 3 %, or ahead', () => {
    expect(judge({ ours: 1.1, 'peer a': 1.13, 'peer b': 1.05, 'peer c': 1.14 })).toHaveLength(2);
  });

  it('complains when we were not measured', () => {
    expect(judge({ floor: 1 })).toEqual(['ours was not measured']);
  });
});
