import { describe, expect, it } from 'vitest';
import { createDeadline } from '../../src/server/deadline.ts';

const never = new Promise<string>(() => undefined);
const after = (milliseconds: number, value: string): Promise<string> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds, value));

describe('a deadline', () => {
  it('is nothing to what is there, or comes, in time', async () => {
    const inTime = createDeadline(30);
    expect(await inTime(Promise.resolve('at once'), () => 'late')).toBe('at once');
    expect(await inTime(after(20, 'soon'), () => 'late')).toBe('soon');
    await expect(inTime(Promise.reject(new Error('fault')), () => 'late')).rejects.toThrow('fault');
  });

  it('ends each wait when its own time is over, and no sooner', async () => {
    const inTime = createDeadline(0.2);
    const started = performance.now();
    const waits = [inTime(never, () => 'first'), inTime(after(50, 'kept'), () => 'late'), after(100, '').then(() => inTime(never, () => 'second'))];
    expect(await waits[0]).toBe('first');
    expect(performance.now() - started).toBeGreaterThan(195);
    expect(await Promise.all(waits)).toEqual(['first', 'kept', 'second']);
    expect(performance.now() - started).toBeGreaterThan(295);
  });

  it('ends all that wait, also behind many that have not waited', async () => {
    const inTime = createDeadline(0.1);
    const early = inTime(never, () => 'late');
    for (let i = 0; i < 5000; i += 1) await inTime(Promise.resolve(''), () => 'late');
    const waits = Array.from({ length: 2000 }, () => inTime(never, () => 'late'));
    const answers = await Promise.all([early, ...waits]);
    expect(answers).toHaveLength(2001);
    expect(new Set(answers)).toEqual(new Set(['late']));
    expect(await inTime(Promise.resolve('again'), () => 'late')).toBe('again');
  });

  it('that comes late changes nothing about what was said', async () => {
    const inTime = createDeadline(0.05);
    let settle = (_: string): void => {};
    const slow = new Promise<string>((resolve) => (settle = resolve));
    const answer = inTime(slow, () => 'late');
    expect(await answer).toBe('late');
    settle('now');
    expect(await answer).toBe('late');
  });
});
