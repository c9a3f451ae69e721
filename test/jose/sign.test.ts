import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeySet } from '../../src/jose/key-set.ts';
import { readUnverified, verifyJwt } from '../../src/jose/jwt.ts';
import { createPolicy } from '../../src/jose/policy.ts';
import { signJwt, type SigningKey } from '../../src/jose/sign.ts';
import type { JwsAlgorithm } from '../../src/jose/jwa.ts';
import { ED_1, P256, P384, P521, RSA_1, SECRET } from './keys.ts';
import { octets } from './octets.ts';
import { exportJwk } from '../../src/jose/pem.ts';

const CLAIMS = { iss: 'i', exp: 2_000_000_000 };
const NOW = 1_700_000_000;
const pemOf = (pair: typeof RSA_1): string => pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

function verify(token: string, key: object, algorithm: JwsAlgorithm): unknown {
  return verifyJwt(
    token, createKeySet(key), createPolicy({ issuer: 'i', audience: null, algorithms: [algorithm] }), NOW,
  ).claims;
}

describe('signJwt (RFC 7515 §5.1)', () => {
  it.each<[string, object]>([
    ['is for encryption (RFC 7517 §4.2)', { use: 'enc' }], ['may only verify (§4.3)', { key_ops: ['verify'] }],
    ['has operations of no known form', { key_ops: 'sign' }],
  ])('does not sign with a JWK that %s', (_, members) => {
    expect(signJwt(CLAIMS, { ...ED_1.privateJwk, use: 'sig', key_ops: ['sign'] })).toMatch(/\./);
    expect(() => signJwt(CLAIMS, { ...ED_1.privateJwk, ...members })).toThrow(TypeError);
  });

  it('does not hand out a signature that its own public half refuses', () => {
    const { x, y } = exportJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
    expect(() => signJwt(CLAIMS, { ...P256.privateJwk, x, y })).toThrow(TypeError);
  });

  it('signs no claims that it would have to guess at', () => {
    expect(() => signJwt(new Map([['exp', 1]]), ED_1.privateKey)).toThrow(TypeError);
  });

  it('signs with the algorithm that a JWK says it is for (RFC 7517 §4.4)', () => {
    expect(readUnverified(signJwt(CLAIMS, { ...RSA_1.privateJwk, alg: 'PS384' })).header['alg']).toBe('PS384');
    expect(() => signJwt(CLAIMS, { ...RSA_1.privateJwk, alg: 'ES256' })).toThrow(TypeError);
    expect(() => signJwt(CLAIMS, { ...RSA_1.privateJwk, alg: 'PS384' }, { alg: 'RS256' })).toThrow(TypeError);
  });

  it.each([
    ['RS256', RSA_1], ['ES256', P256], ['ES384', P384], ['ES512', P521], ['EdDSA', ED_1],
  ] as const)('signs with %s by default, from a KeyObject, a PEM or a JWK', (alg, pair) => {
    for (const key of [pair.privateKey, pemOf(pair), pair.privateJwk]) {
      const token = signJwt(CLAIMS, key);
      expect(readUnverified(token).header).toEqual({ alg, typ: 'JWT' });
      expect(verify(token, pair.jwk, alg)).toEqual(CLAIMS);
    }
  });

  it('signs with HS256 by default where the key is a secret, from a KeyObject or a JWK', () => {
    for (const key of [SECRET, createSecretKey(Buffer.from(SECRET.k, 'base64url'))]) {
      expect(verify(signJwt(CLAIMS, key), SECRET, 'HS256')).toEqual(CLAIMS);
    }
  });

  it('writes alg, kid and typ in this order, and kid only where it is given', () => {
    const token = signJwt(CLAIMS, ED_1.privateKey, { alg: 'Ed25519', kid: 'k', typ: 'at+jwt' });
    expect(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).toBe(
      '{"alg":"Ed25519","kid":"k","typ":"at+jwt"}',
    );
  });

  it('writes the claims as given, in UTF-8, and adds none', () => {
    const claims = { z: 1, a: 'é\u{1F600}', n: null, deep: [{ x: [] }] };
    expect(Buffer.from(signJwt(claims, ED_1.privateKey).split('.')[1] ?? '', 'base64url').toString()).toBe(
      JSON.stringify(claims),
    );
  });
});

describe('signJwt throws TypeError', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;

  it.each<[string, unknown]>([
    ['a public KeyObject', RSA_1.publicKey], ['a public PEM', RSA_1.pem], ['a public JWK', RSA_1.jwk],
    ['an RSA key of 1024 bits', weak],
    ['a short secret', createSecretKey(octets('s', 31))], ['a short secret JWK', { kty: 'oct', k: 'AAAA' }],
    ['a secret that is not base64url', { kty: 'oct', k: '*' }], ['a secret without k', { kty: 'oct' }],
    ['Ed448', generateKeyPairSync('ed448').privateKey], ['X25519', generateKeyPairSync('x25519').privateKey],
    ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey],
    ['a text that is no PEM', 'secret'],
    ['a broken PEM', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'],
    ['an empty object', {}], ['undefined', undefined], ['null', null], ['an array', []], ['a number', 7],
    ['octets', octets('s', 32)],
  ])('for %s as key', (_, key) => {
    expect(() => signJwt(CLAIMS, key as SigningKey)).toThrow(TypeError);
    expect(() => signJwt(CLAIMS, key as SigningKey)).toThrow(/^"privateKey"/);
  });

  it.each([undefined, null, 7, [], 'secret'])('that says what a key is, for %o', (key) => {
    expect(() => signJwt(CLAIMS, key as never)).toThrow('"privateKey" expected a KeyObject, a PEM or a JWK');
  });

  it('without telling what OpenSSL said, or the key', () => {
    try {
      signJwt(CLAIMS, { ...ED_1.privateJwk, d: 'secret' });
    } catch (error) {
      expect(error).not.toHaveProperty('cause');
      expect((error as Error).message).toBe('"privateKey" cannot be read as a private key');
    }
    expect.assertions(2);
  });

  it.each<[string, SigningKey, unknown]>([
    ['ES256 of RSA', RSA_1.privateKey, 'ES256'], ['ES384 of P-256', P256.privateKey, 'ES384'],
    ['RS256 of EC', P256.privateKey, 'RS256'],
    ['HS256 of RSA', RSA_1.privateKey, 'HS256'], ['RS256 of a secret', SECRET, 'RS256'],
    ['none', RSA_1.privateKey, 'none'],
    ['an empty alg', RSA_1.privateKey, ''], ['an unknown alg', RSA_1.privateKey, 'RS1'],
    ['a number', RSA_1.privateKey, 7],
  ])('for the alg %s', (_, key, alg) => {
    expect(() => signJwt(CLAIMS, key, { alg: alg as JwsAlgorithm })).toThrow(/^"alg" /);
    expect(() => signJwt(CLAIMS, key, { alg: alg as JwsAlgorithm })).toThrow(TypeError);
  });

  it.each([
    ['HS256', 32], ['HS384', 48], ['HS512', 64],
  ] as const)('for %s with a secret under %i octets (RFC 7518 §3.2)', (alg, length) => {
    expect(signJwt(CLAIMS, createSecretKey(octets('s', length)), { alg })).toMatch(/\./);
    if (length > 32) expect(() => signJwt(CLAIMS, createSecretKey(octets('s', length - 1)), { alg })).toThrow(
      /RFC 7518 §3\.2/,
    );
  });

  it.each([
    ['an unknown option', { expiresIn: 60 }], ['an undefined option', { kid: undefined }],
    ['an empty kid', { kid: '' }],
    ['a kid that is no string', { kid: 7 }], ['an empty typ', { typ: '' }], ['a typ that is no string', { typ: null }],
    ['null', null],
    ['a kid with a lone surrogate', { kid: '\ud800' }],
  ])('for %s', (_, options) => {
    expect(() => signJwt(CLAIMS, ED_1.privateKey, options as never)).toThrow(TypeError);
  });

  it.each<[string, object]>([
    ['signJwt', { expiresIn: 60 }], ['"kid"', { kid: 7 }], ['"typ"', { typ: 7 }], ['"options"', { kid: '\ud800' }],
  ])('that names %s where that is what is wrong', (name, options) => {
    expect(() => signJwt(CLAIMS, ED_1.privateKey, options)).toThrow(name);
  });

  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  const deep = JSON.parse(`${'{"a":'.repeat(32)}{}${'}'.repeat(32)}`) as object;

  it.each<[string, unknown]>([
    ['undefined', undefined], ['null', null], ['a string', '{}'], ['an array', []], ['NaN', { exp: NaN }],
    ['Infinity', { a: [Infinity] }],
    ['a BigInt', { exp: 1n }], ['a cycle', cycle], ['depth 33', deep], ['a lone surrogate', { a: '\udc00' }],
    ['what becomes no object', { toJSON: () => [] }], ['what becomes nothing', { toJSON: () => undefined }],
  ])('for claims that our own reader would refuse: %s', (_, claims) => {
    expect(() => signJwt(claims as object, ED_1.privateKey)).toThrow(TypeError);
  });

  it('that says of claims which our own reader would refuse why', () => {
    expect(() => signJwt(deep, ED_1.privateKey)).toThrow(/^"claims": .*nested too deep/);
    expect(() => signJwt({ exp: NaN }, ED_1.privateKey)).toThrow('"claims" has a number that is not finite');
  });

  it.each([undefined, null, '{}', [], 7])('and says so for claims that are %o', (claims) => {
    expect(() => signJwt(claims as never, ED_1.privateKey)).toThrow(new TypeError('"claims" expected an object'));
  });

  it('for claims that a getter cannot give, and hands on what one of the key throws', () => {
    const get = (): never => { throw new RangeError('mine'); };
    expect(
      () => signJwt(Object.defineProperty({}, 'exp', { get, enumerable: true }), ED_1.privateKey),
    ).toThrow(new TypeError('"claims" cannot be written as JSON'));
    const key = Object.defineProperty(createSecretKey(octets('s', 32)), 'asymmetricKeyType', { get });
    expect(() => signJwt(CLAIMS, key)).toThrow(new RangeError('mine'));
  });
});
