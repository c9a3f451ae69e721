import { describe, expect, it, vi } from 'vitest';
import { inTime } from '../../src/server/deadline.ts';

const never = new Promise<string>(() => undefined);
const after = (milliseconds: number, value: string): Promise<string> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds, value));

describe('a deadline', () => {
  it('is nothing to what is there, or comes, in time', async () => {
    expect(await inTime(Promise.resolve('at once'), 30, () => 'late')).toBe('at once');
    expect(await inTime(after(20, 'soon'), 30, () => 'late')).toBe('soon');
    await expect(inTime(Promise.reject(new Error('fault')), 30, () => 'late')).rejects.toThrow('fault');
  });

  it('ends each wait when its own time is over, and no sooner', async () => {
    const started = performance.now();
    const waits = [
      inTime(never, 0.2, () => 'first'),
      inTime(after(50, 'kept'), 0.2, () => 'late'),
      after(100, '').then(() => inTime(never, 0.2, () => 'second')),
    ];
    expect(await waits[0]).toBe('first');
    expect(performance.now() - started).toBeGreaterThan(195);
    expect(await Promise.all(waits)).toEqual(['first', 'kept', 'second']);
    expect(performance.now() - started).toBeGreaterThan(295);
  });

  it('that comes late changes nothing about what was said, and a fault that comes late ends nothing', async () => {
    let fail = (_: Error): void => {};
    const slow = new Promise<string>((_, reject) => (fail = reject));
    const answer = inTime(slow, 0.05, () => 'late');
    expect(await answer).toBe('late');
    fail(new Error('fault'));
    expect(await answer).toBe('late');
  });

  it('leaves no timer behind', async () => {
    vi.useFakeTimers();
    try {
      expect(await inTime(Promise.resolve('at once'), 30, () => 'late')).toBe('at once');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
