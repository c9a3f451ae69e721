import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JwsAlgorithm } from '../../src/jose/jwa.ts';
import { importJwk } from '../../src/jose/jwk.ts';
import { createKeySet, expectKeyLookup, selectKeys, type KeyHint, type KeySet } from '../../src/jose/key-set.ts';
import { certificatePem, spkiOf, utcTime } from './certificate.ts';
import { ED_1, ED_2, P256, P384, RSA_1, RSA_2, SECRET } from './keys.ts';
import { mistake, outcomeOf, refusalOf } from './refusal.ts';

const ED = ED_1.jwk;
const FROM = 1_704_067_200;
const TO = 1_735_689_600;
const certificate = (key = ED_1.publicKey): string =>
  certificatePem(spkiOf(key), utcTime('240101000000Z'), utcTime('250101000000Z'));

/** The outcome of a selection, or the key IDs that were selected. */
function select(set: KeySet, hint: KeyHint, algorithms: readonly JwsAlgorithm[] = ['EdDSA'], now = FROM): string {
  let kids = '';
  const outcome = outcomeOf(() => {
    kids = selectKeys(set, hint, algorithms, now).keys.map((key) => key.kid ?? '-').join(' ');
  });
  return outcome === 'accepted' ? kids : outcome;
}

describe('selectKeys (RFC 7515 §4.1.4, RFC 8725 §3.1)', () => {
  const a = { ...ED, kid: 'a' };
  const b = { ...ED_2.jwk, kid: 'b' };
  const unnamed = { ...ED_2.jwk };

  it.each<[string, unknown[], string | undefined, string]>([
    ['the key that bears exactly its ID', [a, b], 'b', 'b'],
    ['no key of another ID', [a, b], 'c', 'key_not_found'],
    ['no key of its ID in another case', [a, b], 'A', 'key_not_found'],
    ['no key of an ID that objects inherit', [a, b], '__proto__', 'key_not_found'],
    ['the sole key, though it has no ID', [unnamed], 'a', '-'],
    ['not the sole key if that has another ID', [a], 'b', 'key_not_found'],
    ['not a key without ID beside others', [a, unnamed], 'b', 'key_not_found'],
    ['the key that bears it, beside one without ID', [a, unnamed], 'a', 'a'],
    ['not the sole key left: the one that was skipped may be meant', [unnamed, { kty: 'AKP' }], 'a', 'key_not_found'],
    ['no key of an empty set', [], 'a', 'key_not_found'],
    ['neither of two keys that bear it', [a, { ...b, kid: 'a' }], 'a', 'key_unusable'],
    ['neither of two keys that bear it, though they be the same', [a, a], 'a', 'key_unusable'],
    ['of two keys that bear it, the one that fits', [a, { ...P256.jwk, kid: 'a' }], 'a', 'a'],
    ['the key whose ID is empty, for an empty ID', [{ ...a, kid: '' }, b], '', ''],
    ['not a key without ID, for an empty ID', [a, unnamed], '', 'key_not_found'],
  ])('a token with an ID means %s', (_, keys, kid, expected) => {
    expect(select(createKeySet(keys), { alg: 'EdDSA', ...(kid === undefined ? {} : { kid }) })).toBe(expected);
  });

  it.each<[string, unknown[], string]>([
    ['the one key', [unnamed], '-'], ['the one key, though it has an ID', [a], 'a'], ['all of two', [a, b], 'a b'],
    ['all of four', [a, b, a, b], 'a b a b'], ['none of five', [a, b, a, b, a], 'key_unusable'],
    ['four that fit, among others that do not', [RSA_1.jwk, a, b, P256.jwk, a, b, RSA_2.jwk], 'a b a b'],
    ['none of an empty set', [], 'key_not_found'],
    ['none that is for something else', [a, { ...b, use: 'enc' }, { ...b, key_ops: ['sign'] }], 'a'],
  ])('a token without an ID may mean %s', (_, keys, expected) => {
    expect(select(createKeySet(keys), { alg: 'EdDSA' })).toBe(expected);
  });

  it.each<[string, object, string, JwsAlgorithm[], string]>([
    ['alg none', ED, 'none', ['EdDSA'], 'algorithm_not_allowed'],
    ['an unknown alg', ED, 'ES256K', ['EdDSA'], 'algorithm_not_allowed'],
    ['a known alg that is not allowed', ED, 'EdDSA', ['RS256'], 'algorithm_not_allowed'],
    ['Ed25519 where only EdDSA is allowed', ED, 'Ed25519', ['EdDSA'], 'algorithm_not_allowed'],
    ['EdDSA where only Ed25519 is allowed', ED, 'EdDSA', ['Ed25519'], 'algorithm_not_allowed'],
    ['Ed25519 where it is allowed', ED, 'Ed25519', ['Ed25519'], '-'],
    ['another kty', RSA_1.jwk, 'EdDSA', ['EdDSA', 'RS256'], 'algorithm_not_allowed'],
    ['a public key as a secret', RSA_1.jwk, 'HS256', ['HS256'], 'algorithm_not_allowed'],
    ['a secret as a public key', SECRET, 'RS256', ['RS256'], 'algorithm_not_allowed'],
    ['another curve', P384.jwk, 'ES256', ['ES256', 'ES384'], 'algorithm_not_allowed'],
    ['its curve', P384.jwk, 'ES384', ['ES256', 'ES384'], '-'],
    [
      'another alg than the key says', { ...RSA_1.jwk, alg: 'RS512' }, 'RS256', ['RS256', 'RS512'],
      'algorithm_not_allowed',
    ],
    ['the alg the key says', { ...RSA_1.jwk, alg: 'RS512' }, 'RS512', ['RS256', 'RS512'], '-'],
    [
      'EdDSA for a key that says Ed25519', { ...ED, alg: 'Ed25519' }, 'EdDSA', ['EdDSA', 'Ed25519'],
      'algorithm_not_allowed',
    ],
    [
      'a key whose alg is for encryption', { ...RSA_1.jwk, alg: 'RSA-OAEP' }, 'RS256', ['RS256'],
      'algorithm_not_allowed',
    ],
    [
      'PS256 for an RSA key without alg, RS* being allowed', RSA_1.jwk, 'PS256', ['PS256', 'RS512'],
      'algorithm_not_allowed',
    ],
    ['PS256 for an RSA key without alg, no RS* being allowed', RSA_1.jwk, 'PS256', ['PS256', 'ES256'], '-'],
    [
      'PS256 for a key that says so, RS* being allowed', { ...RSA_1.jwk, alg: 'PS256' }, 'PS256', ['PS256', 'RS256'],
      '-',
    ],
    ['RS384 for an RSA key without alg, PS* being allowed', RSA_1.jwk, 'RS384', ['PS256', 'RS384'], '-'],
    ['use sig', { ...ED, use: 'sig' }, 'EdDSA', ['EdDSA'], '-'],
    ['use enc', { ...ED, use: 'enc' }, 'EdDSA', ['EdDSA'], 'key_unusable'],
    ['an empty use', { ...ED, use: '' }, 'EdDSA', ['EdDSA'], 'key_unusable'],
    ['key_ops with verify', { ...ED, key_ops: ['sign', 'verify'] }, 'EdDSA', ['EdDSA'], '-'],
    ['key_ops without verify', { ...ED, key_ops: ['sign'] }, 'EdDSA', ['EdDSA'], 'key_unusable'],
    ['empty key_ops', { ...ED, key_ops: [] }, 'EdDSA', ['EdDSA'], 'key_unusable'],
    [
      'a wrong alg and a wrong use: the alg first', { ...ED, use: 'enc', alg: 'x' }, 'EdDSA', ['EdDSA'],
      'algorithm_not_allowed',
    ],
    ['a secret of 384 bits for HS384', { kty: 'oct', k: 'A'.repeat(64) }, 'HS384', ['HS384'], '-'],
    ['a secret of 384 bits for HS512', { kty: 'oct', k: 'A'.repeat(64) }, 'HS512', ['HS384', 'HS512'], 'key_unusable'],
  ])('%s', (_, jwk, alg, algorithms, expected) => {
    expect(select(createKeySet(jwk), { alg }, algorithms)).toBe(expected);
  });

  it('refuses an algorithm before it looks for a key', () => {
    const asked: unknown[] = [];
    const lookup = { find: (kid: unknown) => { asked.push(kid); return []; } };
    expect(outcomeOf(() => selectKeys(lookup, { alg: 'none', kid: 'a' }, ['RS256'], 0))).toBe('algorithm_not_allowed');
    expect(outcomeOf(() => selectKeys(lookup, { alg: 'ES256', kid: 'a' }, ['RS256'], 0))).toBe('algorithm_not_allowed');
    expect(asked).toEqual([]);
    expect(outcomeOf(() => selectKeys(lookup, { alg: 'RS256', kid: 'a' }, ['RS256'], 0))).toBe('key_not_found');
    expect(asked).toEqual(['a']);
  });

  it('counts candidates before any cryptography: no key is touched', () => {
    const key = importJwk(ED);
    const keyObject = (): never => { throw new Error('touched'); };
    const many = Array.from({ length: 5 }, () => Object.defineProperty({ ...key }, 'keyObject', { get: keyObject }));
    expect(refusalOf(() => selectKeys({ find: () => many }, { alg: 'EdDSA' }, ['EdDSA'], 0)).rule).toBe(
      'RFC 7517 §4.5',
    );
  });

  it('names the first reason why none of the keys may be used', () => {
    const set = createKeySet([{ ...a, use: 'enc' }, { ...a, key_ops: [] }]);
    expect(refusalOf(() => selectKeys(set, { alg: 'EdDSA', kid: 'a' }, ['EdDSA'], 0)).rule).toBe('RFC 7517 §4.2');
  });

  it.each<[string, KeySet, KeyHint, JwsAlgorithm, string]>([
    ['for signing only', createKeySet({ ...ED, key_ops: ['sign'] }), { alg: 'EdDSA' }, 'EdDSA', 'RFC 7517 §4.3'],
    ['short for the hash', createKeySet({ kty: 'oct', k: 'A'.repeat(64) }), { alg: 'HS512' }, 'HS512', 'RFC 7518 §3.2'],
    ['out of its dates', createKeySet({ a: certificate() }), { alg: 'EdDSA' }, 'EdDSA', 'RFC 5280 §4.1.2.5'],
  ])('cites the rule for a key that is %s', (_, set, hint, alg, rule) => {
    expect(refusalOf(() => selectKeys(set, hint, [alg], FROM - 1))).toMatchObject({ code: 'key_unusable', rule });
  });

  it('hands on the row of the algorithm with the keys', () => {
    expect(selectKeys(createKeySet(RSA_1.jwk), { alg: 'PS384' }, ['PS384'], 0).scheme.alg).toBe('PS384');
  });
});

describe('a look-up', () => {
  it.each([undefined, null, 'x', 7, true, [], [ED], {}, { keys: [ED] }, { find: 'x' }, () => [],
    Object.assign([], { find: () => [] }), Object.assign(() => [], { find: () => [] })])('is not %o', (keys) => {
    expect(() => expectKeyLookup(keys)).toThrow(mistake('"keys"'));
  });

  it('is whatever has a function to find keys', () => {
    const lookup = { find: () => [] };
    expect(expectKeyLookup(lookup)).toBe(lookup);
  });

  it.each([
    ['a promise', async () => []], ['a promise that rejects', async () => Promise.reject(new Error('no keys today'))], ['nothing', () => undefined],
    ['null', () => null], ['one key', () => importJwk(ED)], ['a key set', () => createKeySet(ED)], ['a text', () => 'abc'],
  ])('is the caller\'s mistake when it finds no array, but %s; and a rejection ends nothing', async (_, find) => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): unknown => rejections.push(reason);
    process.on('unhandledRejection', note);
    const lookup = { find } as unknown as KeySet;
    expect(() => selectKeys(lookup, { alg: 'EdDSA', kid: 'a' }, ['EdDSA'], 0)).toThrow(mistake('"keys"'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });

  it('may find a secret that says nothing of its length: too short for any hash', () => {
    const lookup = { find: () => [{ kty: 'oct', keyObject: createSecretKey(Buffer.alloc(64)) }] } as unknown as KeySet;
    expect(outcomeOf(() => selectKeys(lookup, { alg: 'HS256' }, ['HS256'], 0))).toBe('key_unusable');
  });

  it('of a static set gives back its own keys, and nothing else', () => {
    const set = createKeySet([{ ...ED, kid: 'a' }, { ...ED_2.jwk, kid: 'b' }]);
    expect([set.find('a'), set.find('c'), set.find(undefined)]).toEqual([[set.keys[0]], [], set.keys]);
  });
});

describe('keys of certificates (RFC 5280 §4.1.2.5)', () => {
  const map = { a: certificate(), b: ED_2.pem };

  it.each([
    [FROM - 1, 'key_unusable'], [FROM - 0.001, 'key_unusable'], [FROM, 'a'], [TO, 'a'],
    [TO + 0.001, 'key_unusable'], [TO + 1, 'key_unusable'], [NaN, 'key_unusable'],
  ])('at %d: %s', (now, expected) => {
    expect(select(createKeySet(map), { alg: 'EdDSA', kid: 'a' }, ['EdDSA'], now)).toBe(expected);
  });

  it('serve at any time with ignoreCertificateDates, and only with it', () => {
    const set = createKeySet(map, { ignoreCertificateDates: true });
    for (const now of [0, FROM, 1e11, NaN]) expect(select(set, { alg: 'EdDSA', kid: 'a' }, ['EdDSA'], now)).toBe('a');
    expect(set.keys.every((key) => Object.isFrozen(key) && !('validity' in key))).toBe(true);
    expect(select(createKeySet(map, { ignoreCertificateDates: false }), { alg: 'EdDSA', kid: 'a' }, ['EdDSA'], 0)).toBe(
      'key_unusable',
    );
  });

  it('do not bind bare keys beside them', () => {
    expect(select(createKeySet(map), { alg: 'EdDSA', kid: 'b' }, ['EdDSA'], NaN)).toBe('b');
  });

  it('do not count among candidates out of their time', () => {
    const five = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e'].map((kid) => [kid, kid === 'e' ? certificate() : ED_2.pem]),
    );
    expect(select(createKeySet(five), { alg: 'EdDSA' }, ['EdDSA'], TO + 1)).toBe('a b c d');
    expect(select(createKeySet(five), { alg: 'EdDSA' }, ['EdDSA'], TO)).toBe('key_unusable');
  });
});
