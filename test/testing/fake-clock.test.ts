import { expect, test } from 'vitest';
import { createFakeClock } from '../../src/testing/index.ts';

test('a fake clock stands still until it is moved', () => {
  const clock = createFakeClock(1_700_000_000);
  expect(clock()).toBe(1_700_000_000);
  expect(clock.advance(60.5)).toBe(1_700_000_060.5);
  expect(clock.advance(-0.5)).toBe(1_700_000_060);
  expect(clock.set(5)).toBe(5);
  expect(clock()).toBe(5);
});

test('a fake clock starts at the time of the system', () => {
  const before = Math.floor(Date.now() / 1000);
  const start = createFakeClock()();
  expect(Number.isInteger(start)).toBe(true);
  expect(start).toBeGreaterThanOrEqual(before);
  expect(start).toBeLessThanOrEqual(Date.now() / 1000);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1_700_000_000_000])('%d is not a time in seconds', (time) => {
  const clock = createFakeClock(1);
  expect(() => createFakeClock(time)).toThrow(TypeError);
  expect(() => clock.set(time)).toThrow(TypeError);
  expect(() => clock.advance(time)).toThrow(TypeError);
  expect(clock()).toBe(1);
});
