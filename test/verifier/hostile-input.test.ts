import { describe, expect, it } from 'vitest';
import { JwtError } from '../../src/jose/index.ts';
import { createVerifier } from '../../src/verifier/index.ts';
import { compact } from '../../spec-vectors/generate/token.ts';
import { busyTime } from '../jose/busy.ts';
import { CLAIMS, codeOf, mint, OPTIONS, untyped } from './issuer.ts';

const verifier = createVerifier(OPTIONS);
const genuine = mint();

const boom = (): never => {
  throw new RangeError('boom');
};
const trapped = new Proxy({}, { get: boom, has: boom, ownKeys: boom, getPrototypeOf: boom,
  getOwnPropertyDescriptor: boom });
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

/** Anything but a string, some of it pretending to be the token. */
const NOT_STRINGS: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined], ['null', null], ['true', true], ['a number', 42], ['NaN', NaN], ['a bigint', 42n],
  ['a symbol', Symbol(genuine)], ['a function', () => genuine], ['a String object', Object(genuine)],
  ['an object that becomes the token', { toString: () => genuine, valueOf: () => genuine,
    [Symbol.toPrimitive]: () => genuine }],
  ['an object whose conversion throws', { toString: boom, valueOf: boom }], ['an array of the token', [genuine]],
  ['an array of its parts', genuine.split('.')], ['octets', Buffer.from(genuine)], ['a Proxy', trapped],
  ['a revoked Proxy', revoked],
  ['a Proxy of a String object', new Proxy(Object(genuine), {})], ['an object without prototype', Object.create(null)],
  ['a Date', new Date(0)], ['a Map', new Map([['token', genuine]])], ['a Promise', Promise.resolve(genuine)],
  ['an object like a string', { length: genuine.length, indexOf: () => 1, includes: () => false,
    split: () => genuine.split('.') }],
];

/** Strings that are no token. */
const STRINGS: readonly (readonly [string, string])[] = [
  ['nothing', ''], ['one dot', '.'], ['two dots', '..'], ['three dots', '...'], ['a million dots', '.'.repeat(1e6)],
  ['10 MB of one letter', 'A'.repeat(1e7)], ['10 MB before the token', `${'A'.repeat(1e7)}${genuine}`],
  ['10 MB of dots', '.'.repeat(1e7)],
  ['the scheme before it', `Bearer ${genuine}`], ['a space after it', `${genuine} `],
  ['a line break after it', `${genuine}\n`],
  ['a NUL after it', `${genuine}\0`], ['quotes around it', `"${genuine}"`], ['five parts', 'a.b.c.d.e'],
  ['JSON', JSON.stringify({ payload: genuine })],
  ['a lone surrogate', `\uD800${genuine}`], ['an emoji', `${genuine}\u{1F600}`],
  ['a byte order mark', `\uFEFF${genuine}`],
  ['full-width letters', genuine.replaceAll('A', '\uFF21')],
  ['letters 256 above', genuine.replaceAll('e', String.fromCharCode(0x165))],
  ['a header of nulls', `${'\0'.repeat(20)}.e30.`],
  ['deep JSON', compact('{"a":'.repeat(600) + '1' + '}'.repeat(600), CLAIMS)],
  ['deep claims', compact({ alg: 'RS256', kid: 'rsa-1' }, '{"a":'.repeat(600) + '1' + '}'.repeat(600))],
  ['an array for a header', compact('[]', CLAIMS)],
  ['null for claims', compact({ alg: 'RS256', kid: 'rsa-1' }, 'null')],
  ['4,000 members', compact(`{${Array.from({ length: 900 }, (_, i) => `"${i}":1`).join()}}`, CLAIMS)],
];

describe.each([...NOT_STRINGS, ...STRINGS])('fed %s', (_, input) => {
  it('every variant refuses with a JwtError, quickly', async () => {
    const token: string = untyped(input);
    expect(await busyTime(async () => {
      expect(() => verifier.verifySync(token)).toThrow(JwtError);
      await expect(verifier.verify(token)).rejects.toBeInstanceOf(JwtError);
      expect(verifier.tryVerifySync(token)).toBeUndefined();
      expect(await verifier.tryVerify(token)).toBeUndefined();
    })).toBeLessThan(500);
  });
});

it.each(NOT_STRINGS)('says of %s that a token is a string', (_, input) => {
  expect(codeOf(() => verifier.verifySync(untyped(input)))).toBe('malformed_compact');
});

it('looks at nothing of an oversized token: ten megabytes cost as little as ten kilobytes', async () => {
  const huge = '.'.repeat(1e7);
  expect(await busyTime(() => {
    for (let i = 0; i < 2000; i++) verifier.tryVerifySync(huge);
  })).toBeLessThan(1000);
});

describe('fed hostile options', () => {
  const OPTIONS_THAT_THROW: readonly (readonly [string, object])[] = [
    ['a getter that throws', { get forceKeyRefresh(): boolean { return boom(); } }],
    ['a Proxy that throws', trapped],
    ['a revoked Proxy', revoked],
  ];

  it.each(OPTIONS_THAT_THROW)('per call, a mistake is a TypeError and nothing else: %s', async (_, options) => {
    expect(() => verifier.verifySync(genuine, options)).toThrow(TypeError);
    expect(() => verifier.tryVerifySync(genuine, options)).toThrow(TypeError);
    await expect(verifier.verify(genuine, options)).rejects.toThrow(TypeError);
    await expect(verifier.tryVerify(genuine, options)).rejects.toThrow(TypeError);
  });

  it.each(OPTIONS_THAT_THROW)('at creation likewise: %s', (_, options) => {
    expect(() => createVerifier(untyped(options))).toThrow(TypeError);
  });
});

describe('with functions that misbehave', () => {
  const throwing = (thrown: unknown) => (): never => {
    throw thrown;
  };

  it.each([['an Error', new Error('x')], ['a RangeError', new RangeError('x')], ['undefined', undefined],
    ['a string', genuine]])(
    'the look-up of keys may throw %s, and that is a TypeError without it',
    (_, thrown) => {
      const broken = createVerifier({ ...OPTIONS, keys: { find: throwing(thrown) } });
      try {
        broken.verifySync(genuine);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        expect(error).not.toHaveProperty('cause');
        expect(String(error)).not.toContain(genuine);
      }
    },
  );

  it('the look-up of keys may refuse by a JwtError of its own', () => {
    const broken = createVerifier({ ...OPTIONS, keys: { find: throwing(new JwtError('keys_unavailable')) } });
    expect(codeOf(() => broken.verifySync(genuine))).toBe('keys_unavailable');
  });

  it.each([
    ['undefined', undefined], ['null', null], ['a string', 'key'], ['a number', 1], ['an object', { length: 1 }],
    ['a Promise', Promise.resolve([])],
    ['an array of null', [null]], ['an array of a JWK', [{ kty: 'RSA', n: 'x', e: 'AQAB' }]],
    ['an array of a string', ['key']],
  ])('the look-up of keys may return %s, and nothing is accepted', (_, found) => {
    const broken = createVerifier(untyped({ ...OPTIONS, keys: { find: () => found } }));
    let thrown: unknown;
    try {
      broken.verifySync(genuine);
    } catch (error) {
      thrown = error;
    }
    expect(thrown instanceof JwtError || thrown instanceof TypeError, String(thrown)).toBe(true);
  });
});

describe('with a polluted Object.prototype', () => {
  const noTyp = compact({ alg: 'RS256', kid: 'rsa-1' }, CLAIMS);
  const noKid = compact({ alg: 'RS256' }, CLAIMS);
  const polluted = (member: object, run: () => unknown): unknown => {
    Object.assign(Object.prototype, member);
    try {
      return run();
    } finally {
      for (const name of Object.keys(member)) Reflect.deleteProperty(Object.prototype, name);
    }
  };

  it.each([
    ['typ', { typ: 'at+jwt' }, { ...OPTIONS, typ: 'at+jwt' }, noTyp, 'type_not_allowed'],
    ['cty', { cty: 'JWT' }, OPTIONS, genuine, 'accepted'],
    ['kid', { kid: 'nobody' }, OPTIONS, noKid, 'accepted'],
    ['alg', { alg: 'RS256' }, OPTIONS, compact({ kid: 'rsa-1' }, CLAIMS), 'header_invalid'],
    ['nbf', { nbf: 1e10 }, OPTIONS, genuine, 'accepted'],
    ['exp', { exp: 1e10 }, OPTIONS, mint({ exp: undefined }), 'claim_missing'],
    ['sub', { sub: 'user-1' }, { ...OPTIONS, subject: 'user-1' }, mint({ sub: undefined }), 'claim_missing'],
    ['aud', { aud: 'client-1' }, OPTIONS, mint({ aud: undefined }), 'claim_missing'],
    ['iss', { iss: CLAIMS.iss }, OPTIONS, mint({ iss: undefined }), 'claim_missing'],
    ['read', { read: CLAIMS }, OPTIONS, mint({ exp: CLAIMS.iat }), 'token_expired'],
  ])('nothing that is verified inherits %s', (_, member, options, token, expected) => {
    const polite = createVerifier(options);
    const answer = polluted(member, () => {
      try {
        return polite.verifySync(token) && 'accepted';
      } catch (error) {
        return error instanceof JwtError ? error.code : String(error);
      }
    });
    expect(answer).toBe(expected);
  });
});
