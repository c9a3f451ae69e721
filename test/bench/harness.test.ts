import { describe, expect, it } from 'vitest';
import { assertAnswers, inTurn, lastResult, measure, type Subject } from '../../bench/harness.ts';

function subject(own: Partial<Subject> & { calls?: number[] } = {}): Subject {
  const { calls = [], ...rest } = own;
  return { name: 'subject', run: (index) => calls.push(index), isRight: () => true, ...rest };
}

describe('the harness', () => {
  it('times nothing that answers wrongly to any input', async () => {
    const wrong = subject({ isRight: (_, index) => index !== 3 });
    await expect(measure([wrong], { rounds: 1, warmupRounds: 0, calls: 4, inputs: 4 })).rejects.toThrow('input 3');
  });

  it('awaits an answer before it judges it', async () => {
    const late = subject({ isAsync: true, run: async () => 'right', isRight: (result) => result === 'right' });
    await expect(assertAnswers([late], 2)).resolves.toBeUndefined();
  });

  it('calls every subject as often as agreed, over all inputs, and keeps a figure for each round', async () => {
    const calls: number[] = [];
    const asyncCalls: number[] = [];
    const subjects = [
      subject({ name: 'a', calls }),
      subject({ name: 'b', isAsync: true, run: async (index) => asyncCalls.push(index) }),
    ];
    const measured = await measure(subjects, { rounds: 3, warmupRounds: 2, calls: 20, inputs: 10 });
    expect([...measured].map(([name, times]) => [name, times.length])).toEqual([
      ['a', 3],
      ['b', 3],
    ]);
    // Ten to assert the answers, then twenty a round.
    expect(calls).toHaveLength(10 + 5 * 20);
    expect(asyncCalls).toHaveLength(10 + 5 * 20);
    expect(new Set(calls)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(lastResult()).not.toBeUndefined();
  });

  it('prepares fresh inputs before each round', async () => {
    let prepared = 0;
    await measure([subject({ beforeRound: () => prepared++ })], { rounds: 2, warmupRounds: 1, calls: 1, inputs: 1 });
    expect(prepared).toBe(1 + 3);
  });

  it('lets each subject come first, and follow different ones', () => {
    const orders = [0, 1, 2, 3, 4, 5].map((round) => inTurn(['a', 'b', 'c'], round).join(''));
    expect(new Set(orders.map((order) => order[0]))).toEqual(new Set(['a', 'b', 'c']));
    expect(new Set(orders.map((order) => order[order.indexOf('a') - 1]))).toEqual(new Set([undefined, 'b', 'c']));
    expect(inTurn([], 3)).toEqual([]);
  });
});
