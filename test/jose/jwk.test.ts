import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { importJwk, jwkToSpki } from '../../src/jose/jwk.ts';
import { ED_1, ED_2, P256, P384, P521, RSA_1, RSA_2, SECRET } from './keys.ts';
import { base64url, fromBigInt, octets, toBigInt } from './octets.ts';
import { outcomeOf, refusalOf } from './refusal.ts';
import { exportJwk } from '../../src/jose/pem.ts';

const RSA = RSA_1.jwk;
const EC = P256.jwk;
const OKP = ED_1.jwk;

/** What node:crypto writes for the same key. */
function peerSpki(jwk: JsonWebKey): Buffer {
  return createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'der', type: 'spki' });
}

describe('jwkToSpki (RFC 5280 §4.1.2.7)', () => {
  it('equals what node:crypto exports, for RSA moduli of every length and either first bit', () => {
    for (let length = 64; length <= 520; length += 8) {
      for (const first of [0x01, 0x7f, 0x80, 0xff]) {
        const n = octets(`n ${length} ${first}`, length);
        n[0] = first;
        n[length - 1] = (n[length - 1] ?? 0) | 1;
        for (const e of ['Aw', 'AQAB', '_w', 'f_8', '_____w']) {
          const jwk = { kty: 'RSA', n: base64url(n), e };
          expect(
            Buffer.from(jwkToSpki(jwk)).equals(peerSpki(jwk)), `${length} octets from ${first}, e ${e}`,
          ).toBe(true);
        }
      }
    }
  });

  it('equals what node:crypto exports, for real RSA keys', () => {
    const odd = exportJwk(generateKeyPairSync('rsa', { modulusLength: 1031 }).publicKey);
    for (const jwk of [RSA_1.jwk, RSA_2.jwk, odd]) expect(Buffer.from(jwkToSpki(jwk))).toEqual(
      peerSpki(jwk),
    );
  });

  it.each(['P-256', 'P-384', 'P-521'])('equals what node:crypto exports, for keys on %s', (namedCurve) => {
    for (let i = 0; i < 30; i++) {
      const jwk = exportJwk(generateKeyPairSync('ec', { namedCurve }).publicKey);
      expect(Buffer.from(jwkToSpki(jwk))).toEqual(peerSpki(jwk));
    }
  });

  it('equals what node:crypto exports, for Ed25519 keys', () => {
    for (let i = 0; i < 50; i++) {
      const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(octets(`ed ${i}`, 32)) };
      expect(Buffer.from(jwkToSpki(jwk))).toEqual(peerSpki(jwk));
    }
  });

  it('encodes and does not judge: a weak or a private key has an encoding too', () => {
    const weak = { kty: 'RSA', n: base64url(octets('weak', 64)), e: 'AQ' };
    expect(outcomeOf(() => jwkToSpki(weak))).toBe('accepted');
    expect(jwkToSpki(ED_1.privateJwk)).toEqual(jwkToSpki(OKP));
  });

  it('refuses a symmetric key, which has none, and what is no JWK', () => {
    expect(refusalOf(() => jwkToSpki(SECRET))).toMatchObject({ code: 'key_unusable', rule: 'RFC 7518 §6.4' });
    expect(outcomeOf(() => jwkToSpki(null))).toBe('key_unusable');
  });
});

describe('importJwk: what it takes', () => {
  it.each([
    ['RSA', RSA, { kty: 'RSA', bits: 2048 }], ['EC P-256', EC, { kty: 'EC', crv: 'P-256', bits: 256 }],
    ['EC P-384', P384.jwk, { kty: 'EC', crv: 'P-384', bits: 384 }],
    ['EC P-521', P521.jwk, { kty: 'EC', crv: 'P-521', bits: 521 }],
    ['OKP Ed25519', OKP, { kty: 'OKP', crv: 'Ed25519', bits: 256 }], ['oct', SECRET, { kty: 'oct', bits: 512 }],
  ])('%s, with its type, curve and size, frozen', (_, jwk, expected) => {
    const { keyObject, ...rest } = importJwk(jwk);
    // Strictly: what a JWK does not say is absent, and not a member that is undefined.
    expect(rest).toStrictEqual(expected);
    expect(keyObject.export({ format: 'jwk' })).toEqual(jwk);
    expect(Object.isFrozen(importJwk(jwk))).toBe(true);
  });

  it('keeps what the key is for, so that selection can ask: kid, alg, use, key_ops', () => {
    const operations = ['verify', 'x'];
    const key = importJwk({ ...OKP, kid: 'k', alg: 'EdDSA', use: 'enc', key_ops: operations });
    expect(key).toMatchObject({ kid: 'k', alg: 'EdDSA', use: 'enc', keyOps: ['verify', 'x'] });
    operations.pop();
    expect(key.keyOps).toEqual(['verify', 'x']);
    expect(Object.isFrozen(key.keyOps)).toBe(true);
  });

  it.each([
    { x5c: ['junk'] }, { x5u: 'https://example.com' }, { ext: true }, { k: 'c2VjcmV0' }, { kid: '' }, { alg: 'what' },
  ])(
    'ignores members it does not know or need: %o (RFC 7517 §4)',
    (extra) => {
      expect(outcomeOf(() => importJwk({ ...RSA, ...extra }))).toBe('accepted');
    },
  );

  it('a symmetric key with a member that would give another type of key away', () => {
    expect(outcomeOf(() => importJwk({ ...SECRET, d: 'AQ', p: 'AQ' }))).toBe('accepted');
  });

  it('a member of 8,192 characters, and none longer', () => {
    expect(importJwk({ kty: 'oct', k: 'A'.repeat(8192) }).bits).toBe(8192 * 6);
    expect(refusalOf(() => importJwk({ kty: 'oct', k: 'A'.repeat(8194) }))).toMatchObject(
      { code: 'key_unusable', rule: 'RFC 7518 §6' },
    );
  });

  it('reads own members only', () => {
    expect(outcomeOf(() => importJwk(Object.create(RSA)))).toBe('key_unusable');
    expect(importJwk(Object.assign(Object.create({ use: 'enc', kid: 'x', d: 'x' }), RSA))).not.toHaveProperty('use');
  });

  it.each([['HS256', 32], ['HS384', 48], ['HS512', 64], [undefined, 32], ['dir', 32]])(
    'for %s, a secret of %i octets and none shorter (RFC 7518 §3.2)',
    (alg, length) => {
      const jwk = (octetCount: number): object => ({
        kty: 'oct', k: base64url(octets('k', octetCount)), ...(alg === undefined ? {} : { alg }),
      });
      expect(importJwk(jwk(length)).bits).toBe(length * 8);
      expect(refusalOf(() => importJwk(jwk(length - 1)))).toMatchObject(
        { code: 'key_unusable', rule: 'RFC 7518 §3.2' },
      );
      expect(outcomeOf(() => importJwk(jwk(0)))).toBe('key_unusable');
    },
  );
});

describe('importJwk: what it refuses, as key_unusable', () => {
  const edges = (name: string, length: number): [string, object][] => [
    [`${name} absent`, { [name]: undefined }], [`${name} null`, { [name]: null }], [`${name} a number`, { [name]: 7 }],
    [`${name} an array`, { [name]: ['AQAB'] }], [`${name} empty`, { [name]: '' }],
    [`${name} padded`, { [name]: 'AQ==' }],
    [`${name} not base64url`, { [name]: 'A*AB' }], [`${name} with a space`, { [name]: 'AQ AB' }],
    [`${name} an octet short`, { [name]: base64url(octets(name, length - 1)) }],
    [`${name} an octet long`, { [name]: base64url(octets(name, length + 1)) }],
  ];
  const rsaN = Buffer.from(RSA.n ?? '', 'base64url');

  it.each<[string, unknown, string]>([
    ...[undefined, null, 'a', 7, [], [RSA]].map(
      (v): [string, unknown, string] => [`no object: ${String(v)}`, v, 'RFC 7517 §4'],
    ),
    ...[undefined, null, 'rsa', 'ec', 'OCT', 'AKP', ['RSA'], ''].map((kty): [string, unknown, string] => [
      `kty ${String(kty)}`, { ...RSA, kty }, 'RFC 7517 §4.1',
    ]),
    ...[undefined, 'p-256', 'secp256k1', 'P-256K', 'Ed25519', ['P-256']].map((crv): [string, unknown, string] => [
      `EC crv ${String(crv)}`, { ...EC, crv }, 'RFC 7518 §6.2.1.1',
    ]),
    ...[undefined, 'ed25519', 'Ed448', 'X25519', 'P-256'].map((crv): [string, unknown, string] => [
      `OKP crv ${String(crv)}`, { ...OKP, crv }, 'RFC 8037 §2',
    ]),
    ...edges('x', 32).map(
      ([what, change]): [string, unknown, string] => [`EC ${what}`, { ...EC, ...change }, 'RFC 7518 §6'],
    ),
    ...edges('y', 32).map(
      ([what, change]): [string, unknown, string] => [`EC ${what}`, { ...EC, ...change }, 'RFC 7518 §6'],
    ),
    ...edges('x', 66).map(([what, change]): [string, unknown, string] => [
      `P-521 ${what}`, { ...P521.jwk, ...change }, 'RFC 7518 §6',
    ]),
    ...edges('x', 32).map(
      ([what, change]): [string, unknown, string] => [`OKP ${what}`, { ...OKP, ...change }, 'RFC 7518 §6'],
    ),
    ...edges('k', 64).slice(0, 4).map(([what, change]): [string, unknown, string] => [
      `oct ${what}`, { ...SECRET, ...change }, 'RFC 7518 §6',
    ]),
    ...edges('n', 256).slice(0, 4).map(([what, change]): [string, unknown, string] => [
      `RSA ${what}`, { ...RSA, ...change }, 'RFC 7518 §6',
    ]),
    ['RSA n empty', { ...RSA, n: '' }, 'RFC 7518 §2'],
    ['RSA n with a leading zero octet', { ...RSA, n: base64url(Buffer.concat([Buffer.of(0), rsaN])) }, 'RFC 7518 §2'],
    ['RSA e with a leading zero octet', { ...RSA, e: 'AAEAAQ' }, 'RFC 7518 §2'],
    ['RSA e zero', { ...RSA, e: 'AA' }, 'RFC 7518 §2'],
    ['RSA e = 3', { ...RSA, e: 'Aw' }, 'RFC 7518 §3.3'],
    ['RSA of 1024 bits', { ...RSA, n: base64url(rsaN.subarray(0, 128)) }, 'RFC 7518 §3.3'],
    ['Ed25519 of small order', { ...OKP, x: base64url(Buffer.alloc(32)) }, 'RFC 8725 §3.4'],
    ...['kid', 'alg', 'use'].flatMap((name) => [7, null, ['sig'], {}].map((value): [string, unknown, string] => [
      `${name} ${JSON.stringify(value)}`, { ...RSA, [name]: value },
      { kid: 'RFC 7517 §4.5', alg: 'RFC 7517 §4.4', use: 'RFC 7517 §4.2' }[name] ?? '',
    ])),
    ...['verify', null, {}, [7], ['verify', 7], ['verify', 'verify'], [['verify']], Array(1)].map(
      (keyOps): [string, unknown, string] => [
        `key_ops ${JSON.stringify(keyOps)}`, { ...RSA, key_ops: keyOps }, 'RFC 7517 §4.3',
      ],
    ),
  ])('%s', (_, jwk, rule) => {
    expect(refusalOf(() => importJwk(jwk))).toMatchObject({ code: 'key_unusable', rule });
  });

  it.each([RSA_1, P256, P384, P521, ED_1, ED_2].map(({ privateJwk }) => [privateJwk.kty, privateJwk] as const))(
    'a private %s key (RFC 7517 §9.2)',
    (_, jwk) => {
      expect(refusalOf(() => importJwk(jwk))).toMatchObject({ code: 'key_unusable', rule: 'RFC 7517 §9.2' });
    },
  );

  it.each([
    'd', 'p', 'q', 'dp', 'dq', 'qi', 'oth',
  ])('a public key with the private member "%s", whatever its value', (name) => {
    for (const value of ['AQAB', '', null, undefined]) {
      expect(refusalOf(() => importJwk({ ...RSA, [name]: value })).rule).toBe('RFC 7517 §9.2');
    }
  });

  it.each([P256, P384, P521])('a point that is not on its curve (RFC 7518 §6.2.1)', ({ jwk }) => {
    const y = Buffer.from(jwk.y ?? '', 'base64url');
    y[y.length - 1] = (y[y.length - 1] ?? 0) ^ 1;
    expect(refusalOf(() => importJwk({ ...jwk, y: base64url(y) }))).toMatchObject(
      { code: 'key_unusable', rule: 'RFC 8725 §3.4' },
    );
    const zero = base64url(Buffer.alloc(y.length));
    expect(outcomeOf(() => importJwk({ ...jwk, x: zero, y: zero }))).toBe('key_unusable');
    expect(outcomeOf(() => importJwk({ ...jwk, x: jwk.y, y: jwk.x }))).toBe('key_unusable');
  });

  it('a coordinate that is not reduced modulo the field prime: one point, one encoding', () => {
    const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
    const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
    // x = 5 is on the curve: y^2 = x^3 - 3x + b, and p = 3 mod 4 gives the root. x + p still fits 32 octets.
    const square = (125n - 15n + b) % p;
    let y = 1n;
    for (let e = (p + 1n) / 4n, power = square; e > 0n; e >>= 1n, power = (power * power) % p) {
      if ((e & 1n) === 1n) y = (y * power) % p;
    }
    const jwk = (x: bigint): object =>
      ({ kty: 'EC', crv: 'P-256', x: base64url(fromBigInt(x, 32)), y: base64url(fromBigInt(y, 32)) });
    expect(outcomeOf(() => importJwk(jwk(5n)))).toBe('accepted');
    expect(outcomeOf(() => importJwk(jwk(5n + p)))).toBe('key_unusable');
  });

  it('without quoting the key', () => {
    const error = refusalOf(() => importJwk({ ...RSA, n: `${RSA.n}*` }));
    expect(error.message).not.toContain((RSA.n ?? '').slice(0, 8));
    expect(toBigInt(rsaN) > 0n).toBe(true);
  });
});
