import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeySet, selectKeys } from '../../src/jose/key-set.ts';
import { certificatePem, spkiOf, utcTime } from './certificate.ts';
import { ED_1, ED_2, P256, RSA_1, RSA_2, SECRET } from './keys.ts';
import { octets } from './octets.ts';
import { mistake, outcomeOf, refusalOf } from './refusal.ts';

const ED = ED_1.jwk;
const certificate = (key = ED_1.publicKey): string =>
  certificatePem(spkiOf(key), utcTime('240101000000Z'), utcTime('250101000000Z'));

describe('createKeySet: forms', () => {
  it.each<[string, object | string, (string | undefined)[]]>([
    ['a JWK Set', { keys: [{ ...ED, kid: 'a' }, { ...RSA_1.jwk, kid: 'b' }], more: 1 }, ['a', 'b']],
    ['an array of JWKs', [{ ...ED, kid: 'a' }, ED_2.jwk], ['a', undefined]],
    ['one JWK', { ...ED, kid: 'a' }, ['a']],
    ['one secret JWK', SECRET, [undefined]],
    ['a public PEM', RSA_1.pem, [undefined]],
    ['a certificate', certificate(), [undefined]],
    ['a KeyObject', P256.publicKey, [undefined]],
    ['a secret KeyObject', createSecretKey(octets('s', 32)), [undefined]],
    ['an X.509 map', { a: certificate(), b: certificate(RSA_1.publicKey) }, ['a', 'b']],
    ['a map with bare keys', { a: RSA_1.pem, b: certificate() }, ['a', 'b']],
    [
      'a map that names __proto__', JSON.parse(JSON.stringify({ __a: RSA_1.pem }).replace('__a', '__proto__')),
      ['__proto__'],
    ],
    ['an empty JWK Set', { keys: [] }, []],
    ['no JWKs', [], []],
  ])('reads %s', (_, input, kids) => {
    const set = createKeySet(input);
    expect(set.keys.map((key) => key.kid)).toEqual(kids);
    expect(set.skipped).toEqual([]);
    expect([set, set.keys, set.skipped].every((part) => Object.isFrozen(part))).toBe(true);
  });

  it.each([
    [undefined], [null], [7], [true], ['{"keys":[]}'], ['https://example.com/keys'], [''], [() => ({})],
    [Buffer.from('{}')], [new Uint8Array(2)], [Promise.resolve({ keys: [] })], [new Map()], [createKeySet(ED)], [Object.create({ keys: [] })],
  ])('throws TypeError for %o', (input) => {
    expect(() => createKeySet(input as never)).toThrow(TypeError);
  });

  it.each([
    ['keys not an array', { keys: {} }, 'RFC 7517 §5.1'], ['keys null', { keys: null }, 'RFC 7517 §5.1'],
    ['keys a string', { keys: 'x', a: RSA_1.pem }, 'RFC 7517 §5.1'],
    ['an empty object', {}, 'RFC 7517 §5'], ['an object without any PEM', { a: 'x', b: 7 }, 'RFC 7517 §5'],
    ['an unusable symmetric key beside a public one', { keys: [ED, { kty: 'oct', k: 'c2hvcnQ' }] }, 'RFC 8725 §2.1'],
    ['one JWK that is private', ED_1.privateJwk, 'RFC 7517 §9.2'],
    ['one JWK of an unknown type', { kty: 'AKP' }, 'RFC 7517 §4.1'],
    ['one broken PEM', '-----BEGIN X-----', 'RFC 7468 §3'],
    ['a private KeyObject', ED_1.privateKey, 'RFC 7517 §9.2'],
    ['two PEMs in one text', RSA_1.pem + RSA_2.pem, 'RFC 7468 §3'],
  ])('refuses %s whole', (_, input, rule) => {
    expect(refusalOf(() => createKeySet(input))).toMatchObject({ code: 'key_unusable', rule });
  });

  it.each([
    [{ ignoreCertificateDate: true }, 'createKeySet'], [{ ignoreCertificateDates: undefined }, '"ignoreCertificateDates"'],
    [{ ignoreCertificateDates: 1 }, '"ignoreCertificateDates"'], [null, 'createKeySet'], [[], 'createKeySet'],
  ])(
    'throws TypeError for the options %o',
    (options, about) => {
      expect(() => createKeySet(ED, options as never)).toThrow(mistake(about));
    },
  );
});

describe('createKeySet: members that cannot be used', () => {
  const unusable = [
    null, 7, 'x', [], {}, { kty: 'AKP', kid: 'new' }, { ...RSA_1.jwk, e: 'Aw', kid: 'weak' },
    { ...ED_1.privateJwk, kid: 'private' },
    { ...ED, x: 'AA' }, { ...P256.jwk, y: P256.jwk.x }, { ...ED, kid: 7 },
  ];

  it('are left out, with their place and the reason, and their neighbours stay (RFC 7517 §5)', () => {
    const { keys, skipped } = createKeySet({ keys: [...unusable, { ...ED, kid: 'good' }] });
    expect(keys.map((key) => key.kid)).toEqual(['good']);
    expect(skipped.map(({ index }) => index)).toEqual(unusable.map((_, index) => index));
    expect(skipped.every(({ error }) => error.code === 'key_unusable')).toBe(true);
    expect(skipped.map((key) => key.kid).filter((kid) => kid !== undefined)).toEqual(['new', 'weak', 'private']);
    expect(skipped.every((key) => Object.isFrozen(key))).toBe(true);
  });

  it('are left out of a map of PEMs too', () => {
    const { keys, skipped } = createKeySet({ a: 'junk', b: certificate(), c: 7, d: RSA_1.pem.slice(0, 90) });
    expect(keys.map((key) => key.kid)).toEqual(['b']);
    expect(skipped.map(({ index, kid }) => [index, kid])).toEqual([[0, 'a'], [2, 'c'], [3, 'd']]);
  });

  it('are never made into text: a list that holds a PEM is none, and what cannot be text is skipped', () => {
    const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as unknown;
    const { keys, skipped } = createKeySet({ a: ED_1.pem, b: [ED_1.pem], c: { toString: null }, d: deep, e: null });
    expect(keys.map((key) => key.kid)).toEqual(['a']);
    expect(skipped.map(({ kid, error }) => [kid, error.code])).toEqual(
      ['b', 'c', 'd', 'e'].map((kid) => [kid, 'key_unusable']),
    );
  });

  it('leave a valid set behind, though they be all: it answers key_not_found', () => {
    const set = createKeySet({ keys: unusable });
    expect(set.keys).toEqual([]);
    for (const hint of [{ alg: 'EdDSA' }, { alg: 'EdDSA', kid: 'weak' }]) {
      expect(outcomeOf(() => selectKeys(set, hint, ['EdDSA'], 0))).toBe('key_not_found');
    }
  });

  it('do not hide what is not a refusal', () => {
    const trap = { get kty() { throw new RangeError('mine'); } };
    expect(() => createKeySet([trap])).toThrow(new RangeError('mine'));
  });
});

describe('createKeySet: limits', () => {
  const jwks = (count: number): object[] => Array.from({ length: count }, () => ED);

  it('takes 256 members, and refuses 257', () => {
    expect(createKeySet(jwks(256)).keys.length).toBe(256);
    for (const input of [jwks(257), { keys: jwks(257) }]) {
      expect(refusalOf(() => createKeySet(input))).toMatchObject({ code: 'key_unusable', rule: 'RFC 7517 §5' });
    }
  });

  it('counts before it imports: garbage counts, and none of it is looked at', () => {
    const looked: number[] = [];
    const garbage = Array.from({ length: 257 }, (_, i) => ({ get kty() { looked.push(i); return 'x'; } }));
    expect(outcomeOf(() => createKeySet(garbage))).toBe('key_unusable');
    expect(outcomeOf(() => createKeySet({ keys: garbage }))).toBe('key_unusable');
    expect(looked).toEqual([]);
    expect(createKeySet(garbage.slice(1)).skipped.length).toBe(256);
    expect(looked.length).toBe(256);
  });

  it('counts the members of a map likewise', () => {
    const map = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i === 0 ? ED_1.pem : 'x']));
    expect(createKeySet(map(256)).keys.length).toBe(1);
    expect(outcomeOf(() => createKeySet(map(257)))).toBe('key_unusable');
  });

  it.each([[[SECRET, ED]], [[ED, SECRET]], [[SECRET, P256.jwk]], [[RSA_1.jwk, SECRET]], [{ keys: [RSA_1.jwk, P256.jwk, SECRET] }]])(
    'refuses a secret beside public keys (RFC 8725 §2.1)',
    (input) => {
      expect(refusalOf(() => createKeySet(input))).toMatchObject({ code: 'key_unusable', rule: 'RFC 8725 §2.1' });
    },
  );

  it('takes secrets among themselves, and beside what is no key, but not beside a public key that is skipped', () => {
    expect(createKeySet([SECRET, { ...SECRET, kid: 'b' }]).keys.length).toBe(2);
    expect(createKeySet([SECRET, { kty: 'AKP' }, null]).keys.length).toBe(1);
    expect(refusalOf(() => createKeySet([SECRET, { ...ED, x: 'AA' }])).rule).toBe('RFC 8725 §2.1');
    expect(() => createKeySet([ED_1.publicKey])).toThrow(TypeError);
  });
});
