import { describe, expect, it, vi } from 'vitest';
import { createKeySet, JwtError, type KeyLookup, type VerifiedJwt } from '../../src/jose/index.ts';
import { createPolicy } from '../../src/jose/policy.ts';
import { mayWait, verifyWaiting, type Trusted } from '../../src/verifier/waiting.ts';
import { untyped } from './issuer.ts';

const policy = createPolicy({ issuer: 'i', audience: 'a' });
const accepted: VerifiedJwt = untyped({});
const NOT_FOUND = new JwtError('key_not_found');

/** A remote set that is fresh or not, and of which a fetch is under way that brings a new set, or none. */
function remoteSet({ fresh = true, brings }: { readonly fresh?: boolean; readonly brings?: boolean }) {
  return {
    isFresh: () => fresh,
    settle: vi.fn(async () => undefined),
    refresh: vi.fn(async () => undefined),
    underWay: vi.fn(() => (brings === undefined ? undefined : Promise.resolve(brings))),
    find: () => [],
  };
}

const trustIn = (keys: object): Trusted => ({ policy, keys: keys as KeyLookup });

/** A spine that looks a key up, and then does what the next of `outcomes` says. */
function spine(...outcomes: readonly (Error | undefined)[]) {
  let at = 0;
  return vi.fn((trusted: Trusted): VerifiedJwt => {
    if ('keys' in trusted) trusted.keys.find('k');
    const outcome = outcomes[at++];
    if (outcome !== undefined) throw outcome;
    return accepted;
  });
}

describe('verifyWaiting', () => {
  it('waits for the fetch that an unknown key ID has caused, and runs once more', async () => {
    const [keys, run] = [remoteSet({ brings: true }), spine(NOT_FOUND, undefined)];
    await expect(verifyWaiting(trustIn(keys), run, false)).resolves.toBe(accepted);
    expect([run.mock.calls.length, keys.underWay.mock.calls.length]).toEqual([2, 1]);
  });

  it('but only once', async () => {
    const [keys, run] = [remoteSet({ brings: true }), spine(NOT_FOUND, NOT_FOUND, undefined)];
    await expect(verifyWaiting(trustIn(keys), run, false)).rejects.toBe(NOT_FOUND);
    expect([run.mock.calls.length, keys.underWay.mock.calls.length]).toEqual([2, 1]);
  });

  it('does not run again when the fetch brought nothing', async () => {
    const [keys, run] = [remoteSet({ brings: false }), spine(NOT_FOUND, undefined)];
    await expect(verifyWaiting(trustIn(keys), run, false)).rejects.toBe(NOT_FOUND);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['nothing is under way', NOT_FOUND, undefined], ['it was refused for something else', new JwtError('signature_invalid'), true],
    ['a caller was mistaken', Object.assign(new TypeError('x'), { code: 'key_not_found' }), true],
  ])('throws at once when %s', (_, error, brings) => {
    const keys = remoteSet(brings === undefined ? {} : { brings });
    expect(() => verifyWaiting(trustIn(keys), spine(error, undefined), false)).toThrow(error);
    expect(keys.underWay).toHaveBeenCalledTimes(error === NOT_FOUND ? 1 : 0);
  });

  it('waits for a set that is past its lifetime, and for no other', async () => {
    const [stale, fresh] = [remoteSet({ fresh: false }), remoteSet({})];
    await expect(verifyWaiting(trustIn(stale), spine(undefined), false)).resolves.toBe(accepted);
    expect(verifyWaiting(trustIn(fresh), spine(undefined), false)).toBe(accepted);
    expect([stale, fresh].map(({ settle }) => settle.mock.calls.length)).toEqual([1, 0]);
    await expect(verifyWaiting(trustIn(fresh), spine(undefined), true)).resolves.toBe(accepted);
    expect([fresh.settle.mock.calls.length, fresh.refresh.mock.calls.length]).toEqual([0, 1]);
  });

  it('may have to wait for keys from the network, or where several issuers are trusted', () => {
    expect(mayWait(trustIn(createKeySet([])))).toBe(false);
    expect(mayWait(trustIn(remoteSet({})))).toBe(true);
    expect(mayWait({ policy, authorityOf: () => undefined })).toBe(true);
  });
});
