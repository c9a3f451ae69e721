import { describe, expect, it } from 'vitest';
import { expectedOutcome, runVector } from './run-vector.ts';
import { readVectorFiles } from './vector-files.ts';

describe.each(readVectorFiles())('$name', ({ testGroups }) => {
  it.each(testGroups.flatMap((group) => group.tests.map((test) => ({ ...test, group, test }))))(
    '$tcId: $comment',
    ({ group, test }) => {
      expect(runVector(group, test)).toEqual(expectedOutcome(group, test));
    },
  );
});

describe('the runner', () => {
  const group = { type: 'jwt', comment: '', keys: { keys: [] }, now: 0, tests: [] } as const;
  const test = { tcId: 1, comment: '', token: '..', result: 'valid', flags: [] } as const;

  it('does not pass over a member of a policy that it does not know', () => {
    expect(() => runVector({ ...group, policy: { issuer: null, audience: null, audiance: 'x' } }, test)).toThrow(
      'audiance',
    );
    expect(() => runVector({ ...group, policy: { google: {}, audience: 'x', typ: 'x' } }, test)).toThrow('typ');
  });
});
