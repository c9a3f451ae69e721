import { constants, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { schemeOf, type JwsAlgorithm } from '../../src/jose/jwa.ts';
import { importJwk, type VerificationKey } from '../../src/jose/jwk.ts';
import { createKeySet, type KeyLookup } from '../../src/jose/key-set.ts';
import { decodePayload, parseCompact, verifyJws, verifySignature } from '../../src/jose/jws.ts';
import { signJwt } from '../../src/jose/sign.ts';
import { certificatePem, spkiOf, utcTime } from './certificate.ts';
import { ED_1, ED_2, P256, P384, P521, RSA_1, RSA_2, SECRET } from './keys.ts';
import { base64url, fromBigInt, toBigInt } from './octets.ts';
import { outcomeOf, refusalOf } from './refusal.ts';
import { KEYS, mint } from './tokens.ts';

const EDDSA = { algorithms: ['EdDSA'] } as const;
const HEADER = base64url('{"alg":"EdDSA"}');

const PAIRS = [
  ['RS256', RSA_1], ['RS384', RSA_1], ['RS512', RSA_1], ['PS256', RSA_1], ['PS384', RSA_1], ['PS512', RSA_1],
  ['ES256', P256], ['ES384', P384], ['ES512', P521], ['EdDSA', ED_1], ['Ed25519', ED_1],
  ['HS256', undefined], ['HS384', undefined], ['HS512', undefined],
] as const;

describe('verifyJws (RFC 7515 §5.2)', () => {
  it.each(PAIRS)('%s: what signJwt signs, verifies, and only that', (alg, pair) => {
    const token = signJwt({ a: 'é' }, pair?.privateKey ?? SECRET, { alg, kid: 'k' });
    const keys = createKeySet({ ...(pair?.jwk ?? SECRET), kid: 'k', alg });
    const { header, payload } = verifyJws(token, keys, { algorithms: [alg] });
    expect(header).toEqual({ alg, kid: 'k', typ: 'JWT' });
    expect(Buffer.from(payload).toString()).toBe('{"a":"é"}');

    const [head, body, signature] = token.split('.');
    const check = (text: string): string => outcomeOf(() => verifyJws(text, keys, { algorithms: [alg] }));
    expect(check(`${head}.${base64url('{"a":"e"}')}.${signature}`)).toBe('signature_invalid');
    expect(check(`${base64url(JSON.stringify({ alg, typ: 'JWT', kid: 'k' }))}.${body}.${signature}`)).toBe(
      'signature_invalid',
    );
  });

  it.each(PAIRS)('%s: a signature has exactly its length', (alg, pair) => {
    const token = signJwt({}, pair?.privateKey ?? SECRET, { alg });
    const keys = createKeySet({ ...(pair?.jwk ?? SECRET), alg });
    const dot = token.lastIndexOf('.') + 1;
    const signature = Buffer.from(token.slice(dot), 'base64url');
    const zero = Buffer.of(0);
    const others = [
      Buffer.alloc(0), signature.subarray(1), signature.subarray(0, -1), Buffer.concat([zero, signature]),
      Buffer.concat([signature, zero]), Buffer.concat([signature, signature]), Buffer.alloc(signature.length),
      Buffer.alloc(signature.length, 0xff),
    ];
    for (const other of others) {
      expect(outcomeOf(() => verifyJws(token.slice(0, dot) + base64url(other), keys, { algorithms: [alg] }))).toBe(
        'signature_invalid',
      );
    }
  });

  it('refuses a wrong length itself, and does not leave that to node:crypto', () => {
    const calls: number[] = [];
    const scheme = {
      ...must(schemeOf('RS256')), verify: (_k: unknown, _i: unknown, s: Uint8Array) => calls.push(s.length) > 0
    };
    const key = importJwk(RSA_1.jwk);
    const check = (length: number, bits: number): string =>
      outcomeOf(
        () => verifySignature(
          parseCompact(`a.b.${base64url(Buffer.alloc(length))}`, 10_000), { scheme, keys: [{ ...key, bits }] },
        ),
      );
    expect([255, 256, 257].map((length) => check(length, 2048))).toEqual(
      ['signature_invalid', 'accepted', 'signature_invalid'],
    );
    expect([256, 257, 258].map((length) => check(length, 2049))).toEqual(
      ['signature_invalid', 'accepted', 'signature_invalid'],
    );
    expect(calls).toEqual([256, 257]);
  });

  it.each([
    ['ES256', P256], ['ES384', P384], ['ES512', P521],
  ] as const)('%s: neither R and S of zero, nor DER', (alg, pair) => {
    const signingInput = `${base64url(JSON.stringify({ alg }))}.e30`;
    const check = (signature: Uint8Array): string =>
      outcomeOf(
        () => verifyJws(`${signingInput}.${base64url(signature)}`, createKeySet(pair.jwk), { algorithms: [alg] }),
      );
    const length = must(schemeOf(alg)).signatureLength ?? 0;
    expect(check(Buffer.alloc(length))).toBe('signature_invalid');
    expect(check(sign(must(schemeOf(alg)).hash, Buffer.from(signingInput), pair.privateKey))).toBe('signature_invalid');
    expect(check(must(schemeOf(alg)).sign(pair.privateKey, Buffer.from(signingInput)))).toBe('accepted');
  });

  it('EdDSA: S is reduced (RFC 8032 §5.1.7), or two signatures would be good', () => {
    const dot = mint().lastIndexOf('.') + 1;
    const signature = Buffer.from(mint().slice(dot), 'base64url');
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = toBigInt(Buffer.from(signature.subarray(32)).reverse()) + order;
    const other = Buffer.concat([signature.subarray(0, 32), fromBigInt(s, 32).reverse()]);
    expect(outcomeOf(() => verifyJws(mint().slice(0, dot) + base64url(other), KEYS, EDDSA))).toBe('signature_invalid');
  });

  it.each(['PS256', 'PS384', 'PS512'] as const)('%s: the salt is as long as the hash (RFC 7518 §3.5)', (alg) => {
    const signingInput = `${base64url(JSON.stringify({ alg }))}.e30`;
    const { hash, hashBits } = must(schemeOf(alg));
    for (const saltLength of [0, 20, 32, 48, 64]) {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      const signature = sign(hash, Buffer.from(signingInput), { key: RSA_1.privateKey, padding, saltLength });
      const outcome = outcomeOf(
        () => verifyJws(`${signingInput}.${base64url(signature)}`, createKeySet(RSA_1.jwk), { algorithms: [alg] }),
      );
      expect(outcome, `salt of ${saltLength}`).toBe(saltLength * 8 === hashBits ? 'accepted' : 'signature_invalid');
    }
  });

  it('takes only the algorithms that the caller names, whatever the key could do', () => {
    for (const algorithms of [['Ed25519'], ['RS256', 'ES256'], ['HS256']] as const) {
      expect(outcomeOf(() => verifyJws(mint(), KEYS, { algorithms }))).toBe('algorithm_not_allowed');
    }
  });

  it('tries each key that may have signed, and says which did', () => {
    const token = mint();
    expect(outcomeOf(() => verifyJws(token, createKeySet([ED_2.jwk, ED_1.jwk]), EDDSA))).toBe('accepted');
    expect(outcomeOf(() => verifyJws(token, createKeySet([ED_2.jwk, ED_2.jwk]), EDDSA))).toBe('signature_invalid');
    const keys = [ED_2, ED_1].map(({ jwk }) => importJwk(jwk));
    expect(verifySignature(parseCompact(token, 10_000), { scheme: must(schemeOf('EdDSA')), keys })).toBe(keys[1]);
  });

  describe('a key of a caller\'s own, which has getters', () => {
    const RS256 = { algorithms: ['RS256'] } as const;
    const key = importJwk(RSA_1.jwk);
    const genuine = signJwt({ sub: 'user-1' }, RSA_1.privateKey);
    const [header, , signature] = genuine.split('.');
    // As long as the genuine one, so that what was signed ends at the same place.
    const forged = `${header}.${base64url('{"sub":"user-2"}')}.${signature}`;
    const withGetter = (name: 'bits' | 'keyObject', run: () => unknown): VerificationKey =>
      Object.defineProperty({ ...key }, name, { get: () => (run(), key[name]) });

    it.each(['bits', 'keyObject'] as const)('may decode in them what it is made of: %s', (name) => {
      const lazy = withGetter(name, () => importJwk(RSA_1.jwk));
      expect(outcomeOf(() => verifyJws(genuine, { find: () => [lazy] }, RS256))).toBe('accepted');
      expect(outcomeOf(() => verifyJws(genuine, { find: () => [importJwk(RSA_2.jwk), lazy] }, RS256))).toBe('accepted');
    });

    it.each(['bits', 'keyObject'] as const)('may verify another token in them, which does not count for this one: %s', (name) => {
      // Under another key: so the last that was decoded is its signature.
      const other = (): string => outcomeOf(() => verifyJws(genuine, createKeySet(RSA_2.jwk), RS256));
      expect(other()).toBe('signature_invalid');
      expect(outcomeOf(() => verifyJws(forged, { find: () => [withGetter(name, other)] }, RS256))).toBe('signature_invalid');
    });
  });

  it('refuses the signature of another key', () => {
    const token = signJwt({}, RSA_2.privateKey);
    expect(refusalOf(() => verifyJws(token, createKeySet(RSA_1.jwk), { algorithms: ['RS256'] }))).toMatchObject({
      code: 'signature_invalid', rule: 'RFC 7515 §5.2 step 8',
    });
  });

  it.each([
    '', 'not JSON', '{', '\0\xff', '[]', '{"a":1,"a":2}',
  ])('verifies the payload %o, whatever it is', (payload) => {
    expect(Buffer.from(verifyJws(mint(payload), KEYS, EDDSA).payload).toString()).toBe(payload);
  });

  it.each([
    { typ: 'at+jwt' }, { typ: 'x' }, { cty: 'JWT' }, { cty: 'application/jwt' },
  ])('does not compare %o', (more) => {
    expect(outcomeOf(() => verifyJws(mint('', { alg: 'EdDSA', ...more }), KEYS, EDDSA))).toBe('accepted');
  });

  it('returns a payload that owns its memory: changing one changes no other, and no later one', () => {
    const [one, two] = [verifyJws(mint('first'), KEYS, EDDSA), verifyJws(mint('other'), KEYS, EDDSA)];
    one.payload.fill(0);
    expect(Buffer.from(two.payload).toString()).toBe('other');
    expect(Buffer.from(verifyJws(mint('first'), KEYS, EDDSA).payload).toString()).toBe('first');
    expect(two.payload.buffer.byteLength).toBe(5);
    expect(Object.isFrozen(two.header)).toBe(true);
  });

  it.each([
    ['critical extensions', mint('', { alg: 'EdDSA', crit: ['x'], x: 1 }), 'critical_header_unsupported'],
    ['b64', mint('', { alg: 'EdDSA', b64: false }), 'critical_header_unsupported'],
    ['alg none', `${base64url('{"alg":"none"}')}.e30.`, 'algorithm_not_allowed'],
    ['an empty signature', `${HEADER}.e30.`, 'signature_invalid'],
    ['a signature that is not base64url', `${HEADER}.e30.A`, 'invalid_base64url'],
    ['a padded signature', `${mint()}==`, 'invalid_base64url'],
    ['a payload that is not base64url, once signed', mintRaw(`${HEADER}.A`), 'invalid_base64url'],
    ['a payload with unused bits, once signed', mintRaw(`${HEADER}.e31`), 'invalid_base64url'],
    [
      'a payload that is not base64url and not signed', `${HEADER}.A.${base64url(Buffer.alloc(64))}`,
      'signature_invalid',
    ],
    ['an unknown key ID', mint('', { alg: 'EdDSA', kid: 'x' }), 'key_not_found'],
  ])('refuses %s', (_, token, code) => {
    expect(outcomeOf(() => verifyJws(token, createKeySet({ ...ED_1.jwk, kid: 'k' }), EDDSA))).toBe(code);
  });

  it.each([
    ['no options', undefined], ['no algorithms', {}], ['algorithms undefined', { algorithms: undefined }],
    ['none', { algorithms: [] }],
    ['alg none', { algorithms: ['none'] }], ['HS* beside others', { algorithms: ['HS256', 'EdDSA'] }],
    ['an unknown option', { ...EDDSA, issuer: 'x' }], ['now undefined', { ...EDDSA, now: undefined }],
    ['now a Date', { ...EDDSA, now: new Date() }],
    ['now in milliseconds', { ...EDDSA, now: 1e11 + 1 }], ['now negative', { ...EDDSA, now: -1 }],
    ['now NaN', { ...EDDSA, now: NaN }],
    ['maxTokenLength 0', { ...EDDSA, maxTokenLength: 0 }],
    ['maxTokenLength above 1,000,000', { ...EDDSA, maxTokenLength: 1_000_001 }],
    ['maxTokenLength a string', { ...EDDSA, maxTokenLength: '100' }],
    ['maxTokenLength null', { ...EDDSA, maxTokenLength: null }],
  ])('throws TypeError for %s', (_, options) => {
    expect(() => verifyJws(mint(), KEYS, options as never)).toThrow(TypeError);
  });

  it.each([
    ['verifyJws', { ...EDDSA, issuer: 'x' }], ['"maxTokenLength"', { ...EDDSA, maxTokenLength: 0 }], ['"now"', { ...EDDSA, now: -1 }],
  ])('names %s where that is what is wrong', (name, options) => {
    expect(() => verifyJws(mint(), KEYS, options)).toThrow(name);
  });

  it('caps tokens at 10,000 characters, unless told otherwise', () => {
    const [long, longest] = [mint('x'.repeat(7_500)), mint('x'.repeat(700_000))];
    expect(outcomeOf(() => verifyJws(long, KEYS, EDDSA))).toBe('token_too_long');
    expect(outcomeOf(() => verifyJws(long, KEYS, { ...EDDSA, maxTokenLength: long.length }))).toBe('accepted');
    expect(outcomeOf(() => verifyJws(long, KEYS, { ...EDDSA, maxTokenLength: long.length - 1 }))).toBe(
      'token_too_long',
    );
    expect(outcomeOf(() => verifyJws(longest, KEYS, { ...EDDSA, maxTokenLength: 1_000_000 }))).toBe('accepted');
    const padding = '.'.repeat(10_001);
    expect(outcomeOf(() => verifyJws(padding.slice(1), KEYS, EDDSA))).toBe('malformed_compact');
    expect(outcomeOf(() => verifyJws(padding, KEYS, EDDSA))).toBe('token_too_long');
  });

  it('takes keys of certificates only with a time within their dates', () => {
    const keys = createKeySet(
      certificatePem(spkiOf(ED_1.publicKey), utcTime('240101000000Z'), utcTime('250101000000Z')),
    );
    const check = (more: object): string => outcomeOf(() => verifyJws(mint(), keys, { ...EDDSA, ...more }));
    expect([check({}), check({ now: 0 }), check({ now: 1e11 }), check({ now: 1_704_067_200 })]).toEqual([
      'key_unusable', 'key_unusable', 'key_unusable', 'accepted',
    ]);
  });

  it.each<[string, JwsAlgorithm, Partial<VerificationKey>]>([
    ['a secret for a public key', 'EdDSA', { keyObject: importJwk(SECRET).keyObject }],
    ['a public key for a secret', 'HS256', { kty: 'oct', bits: 512 }],
    ['an RSA key for an EC one', 'ES256', { kty: 'EC', crv: 'P-256', keyObject: RSA_1.publicKey }],
    ['another curve', 'ES256', { kty: 'EC', crv: 'P-256', keyObject: P384.publicKey }],
    ['no KeyObject at all', 'EdDSA', { keyObject: {} as never }],
    ['undefined', 'EdDSA', { keyObject: undefined as never }],
  ])('refuses, and does not crash, when a look-up gives out %s', (_, alg, lie) => {
    const lookup: KeyLookup = { find: () => [{ ...importJwk(ED_1.jwk), ...lie }] };
    const length = must(schemeOf(alg)).signatureLength ?? 0;
    const token = `${base64url(JSON.stringify({ alg }))}.e30.${base64url(Buffer.alloc(length, 1))}`;
    expect(outcomeOf(() => verifyJws(token, lookup, { algorithms: [alg] }))).toBe('signature_invalid');
  });
});

describe('decodePayload', () => {
  it('decodes what lies between the dots', () => {
    expect(Buffer.from(decodePayload(parseCompact('*.Zm9v.*', 10))).toString()).toBe('foo');
  });
});

/** A signing input as it stands, signed. */
function mintRaw(signingInput: string): string {
  return `${signingInput}.${base64url(sign(null, Buffer.from(signingInput), ED_1.privateKey))}`;
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected a value');
  return value;
}
