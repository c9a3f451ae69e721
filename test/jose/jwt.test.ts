import { describe, expect, it } from 'vitest';
import type { RuleGroup } from '../../src/jose/claims.ts';
import { createKeySet, type KeyLookup } from '../../src/jose/key-set.ts';
import { expectNow, readUnverified, verifyJwt, verifyWith, type VerifiedJwt } from '../../src/jose/jwt.ts';
import { createPresetPolicy, type JwtPolicy, type PolicyOptions } from '../../src/jose/policy.ts';
import { certificatePem, spkiOf, utcTime } from './certificate.ts';
import { ED_1, ED_2, RSA_1 } from './keys.ts';
import { outcomeOf, refusalOf } from './refusal.ts';
import { CLAIMS, encodePart, forged, KEYS, mint, NOW, policyOf } from './tokens.ts';

const POLICY = policyOf();
const verify = (token: unknown, policy: JwtPolicy = POLICY, keys: KeyLookup = KEYS): VerifiedJwt =>
  verifyJwt(token as string, keys, policy, NOW);
const outcome = (...parameters: Parameters<typeof verify>): string => outcomeOf(() => verify(...parameters));

describe('verifyJwt', () => {
  it('returns header, claims, and the key that held', () => {
    expect(verify(mint())).toEqual({ header: { alg: 'EdDSA' }, claims: CLAIMS, key: { alg: 'EdDSA' } });
    const named = createKeySet([{ ...ED_2.jwk, kid: 'a' }, { ...ED_1.jwk, kid: 'b' }]);
    expect(verify(mint(), POLICY, named).key).toEqual({ kid: 'b', alg: 'EdDSA' });
    expect(verify(mint()).key).not.toHaveProperty('kid');
  });

  it('freezes it at every depth', () => {
    const { header, claims, key } = verify(mint({ ...CLAIMS, deep: [{ er: {} }] }, { alg: 'EdDSA', x: [{}] }));
    const parts: unknown[] = [verify(mint()), header, claims, key];
    for (const part of parts) {
      expect(Object.isFrozen(part)).toBe(true);
      if (typeof part === 'object' && part !== null && part !== key) parts.push(...Object.values(part));
    }
    expect(parts.length).toBeGreaterThan(15);
  });

  it('returns nothing that a later verification changes', () => {
    const a = verify(mint());
    const copy = structuredClone(a);
    const b = verify(mint({ ...CLAIMS, sub: 'user-2', aud: ['other', 'api'] }, { alg: 'EdDSA', typ: 'jwt' }));
    expect(outcome(forged(mint({ ...CLAIMS, sub: 'user-3' })))).toBe('signature_invalid');
    expect(a).toEqual(copy);
    expect(b.claims.sub).toBe('user-2');
  });

  it('can be called within a check, by itself', () => {
    const inner: VerifiedJwt[] = [];
    const other = mint({ ...CLAIMS, sub: 'inner' });
    const policy = policyOf({ checks: { nested: () => inner.push(verify(other)) > 0 } });
    const { claims, header } = verify(mint({ ...CLAIMS, sub: 'outer' }, { alg: 'EdDSA', x: 'outer' }), policy);
    expect([claims.sub, header['x'], inner[0]?.claims.sub, inner[0]?.header['x']]).toEqual(
      ['outer', 'outer', 'inner', undefined],
    );
  });

  it('can be called within a look-up and within a trace', () => {
    const lookup: KeyLookup = { find: (kid) => (verify(mint({ ...CLAIMS, sub: 'inner' })), KEYS.find(kid)) };
    const trace = (): void => void verify(mint({ ...CLAIMS, sub: 'inner' }));
    expect(verifyJwt(mint(), lookup, POLICY, NOW, { trace }).claims).toEqual(CLAIMS);
  });

  it.each([
    undefined, null, {}, { issuer: 'x', audience: 'y' }, { ...POLICY },
  ])('throws TypeError for the policy %o', (policy) => {
    expect(() => verifyJwt(mint(), KEYS, policy as never, NOW)).toThrow(
      new TypeError('"policy" expected what createPolicy returns'),
    );
  });

  it.each([
    undefined, null, NaN, Infinity, -Infinity, '1', new Date(), Date.now(), 1e11 + 1,
  ])('throws TypeError for the time %o', (now) => {
    expect(() => verifyJwt(mint(), KEYS, POLICY, now as number)).toThrow(TypeError);
    expect(() => expectNow(now)).toThrow(new TypeError('the time of verification expected seconds since 1970'));
  });

  it.each([0, -1, 1e11, 0.5])('takes the time %d', (now) => {
    expect(expectNow(now)).toBe(now);
  });

  it.each([{ tracer: () => undefined }, { nonce: undefined }, { trace: undefined }, null, []])(
    'throws TypeError for the call options %o',
    (call) => {
      expect(() => verifyJwt(mint(), KEYS, POLICY, NOW, call as never)).toThrow(TypeError);
    },
  );

  it.each([['verifyJwt', { tracer: () => undefined }], ['"trace"', { trace: 'x' }]])('names %s where that is what is wrong', (name, call) => {
    expect(() => verifyJwt(mint(), KEYS, POLICY, NOW, call as never)).toThrow(name);
  });

  it('hands on what a look-up throws: keys_unavailable, say', () => {
    const find = (): never => { throw new RangeError('no keys'); };
    expect(() => verify(mint(), POLICY, { find })).toThrow(new RangeError('no keys'));
  });

  it('gives the rules of a preset what the call binds the token to', () => {
    let seen: unknown;
    const group: RuleGroup = { rules: [], settled: false, ask: (_, context) => { seen = context; } };
    const policy = createPresetPolicy({ issuer: null, audience: null, algorithms: ['EdDSA'] }, [group]);
    verifyWith(mint(), { policy, keys: KEYS }, NOW, { nonce: 'n', accessToken: 't' });
    expect(() => verifyJwt(mint(), KEYS, policy, NOW, { nonce: 'n' } as never)).toThrow(TypeError);
    expect(seen).toEqual({ nonce: 'n', accessToken: 't', expected: policy, header: { alg: 'EdDSA' }, now: NOW });
  });
});

describe('the order of the spine', () => {
  const NESTED = { typ: 'at+jwt' };
  const jwk = { ...ED_1.jwk, kid: 'k' };

  // Each token breaks the rule of its row, and rules of rows below it.
  it.each<[string, unknown, KeyLookup?]>([
    ['token_too_long', 'é'.repeat(10_001)],
    ['malformed_compact', 'é.é'],
    ['invalid_base64url', 'é.*.*'],
    ['invalid_base64url', 'A.*.*'],
    ['invalid_utf8', forged(mint('{', Uint8Array.of(0xff)))],
    ['invalid_json', forged(mint('{', '{"alg":7,"alg":7'))],
    ['duplicate_member', forged(mint('{', '{"alg":7,"alg":7}'))],
    ['header_invalid', forged(mint('{', { alg: 7, crit: [], ...NESTED }))],
    ['critical_header_unsupported', forged(mint('{', { alg: 'none', crit: [], ...NESTED }))],
    ['type_not_allowed', forged(mint('{', { alg: 'none', kid: 'x', ...NESTED }))],
    ['algorithm_not_allowed', forged(mint('{', { alg: 'none', kid: 'x' }))],
    ['key_not_found', forged(mint('{', { alg: 'EdDSA', kid: 'x' }))],
    [
      'algorithm_not_allowed', forged(mint('{', { alg: 'EdDSA', kid: 'k' })),
      createKeySet({ ...RSA_1.jwk, kid: 'k', use: 'enc' }),
    ],
    ['key_unusable', forged(mint('{', { alg: 'EdDSA', kid: 'k' })), createKeySet({ ...jwk, use: 'enc' })],
    ['invalid_base64url', `${mint('{')}*`],
    ['signature_invalid', forged(mint('{'))],
    ['invalid_utf8', mint(Uint8Array.of(0x7b, 0xff, 0x7d))],
    ['invalid_json', mint('{')],
    ['duplicate_member', mint('{"iss":7,"iss":7}')],
    ['claim_invalid', mint({ iss: 7 })],
    ['accepted', mint()],
  ])('%s comes before what follows it', (code, token, keys = createKeySet(jwk)) => {
    expect(outcome(token, POLICY, keys)).toBe(code);
  });

  it('reads nothing of the payload before the signature holds', () => {
    for (const payload of ['', '{', '[]', '{"iss":1,"iss":2}', '*', Uint8Array.of(0xff)]) {
      expect(outcome(forged(mint(payload)))).toBe('signature_invalid');
    }
    const [head] = mint().split('.');
    expect(outcome(`${head}.*.${encodePart(Buffer.alloc(64, 1))}`)).toBe('signature_invalid');
  });

  it.each(['', '[]', 'null', '"x"', '7'])('refuses the payload %o: no JSON object', (payload) => {
    expect(outcome(mint(payload))).toBe('invalid_json');
  });

  it('uses the length cap of the policy', () => {
    const token = mint();
    expect(outcome(token, policyOf({ maxTokenLength: token.length }))).toBe('accepted');
    expect(outcome(token, policyOf({ maxTokenLength: token.length - 1 }))).toBe('token_too_long');
  });

  it('uses the algorithms of the policy', () => {
    expect(outcome(mint(), policyOf({ algorithms: ['Ed25519'] }))).toBe('algorithm_not_allowed');
  });

  it('takes the key of a certificate only within its dates', () => {
    const keys = createKeySet(
      certificatePem(spkiOf(ED_1.publicKey), utcTime('231114221320Z'), utcTime('231114221321Z')),
    );
    const at = (now: number): string =>
      outcomeOf(() => verifyJwt(mint({ ...CLAIMS, iat: NOW - 2 }), keys, POLICY, now));
    expect([NOW - 1, NOW, NOW + 1, NOW + 2].map(at)).toEqual(['key_unusable', 'accepted', 'accepted', 'key_unusable']);
  });
});

describe('typ and cty (RFC 8725 §3.11, RFC 7519 §5.2)', () => {
  it.each<[PolicyOptions['typ'] | undefined, unknown, boolean]>([
    [undefined, undefined, true], [undefined, 'JWT', true], [undefined, 'jwt', true],
    [undefined, 'application/JWT', true],
    [undefined, 'Application/Jwt', true], [undefined, '', false], [undefined, 'JOSE', false],
    [undefined, 'at+jwt', false],
    [undefined, 'JWT ', false], [undefined, 'text/jwt', false], [undefined, 'logout+jwt', false],
    ['at+jwt', 'at+jwt', true], ['at+jwt', 'AT+JWT', true], ['at+jwt', 'application/at+jwt', true],
    ['application/at+jwt', 'at+jwt', true],
    ['at+jwt', undefined, false], ['at+jwt', 'JWT', false], ['at+jwt', '', false], ['at+jwt', 'at+jwtx', false],
    [['a', 'b'], 'b', true], [['a', 'b'], 'c', false], ['JWT', undefined, false], ['JWT', 'jwt', true],
    ['key', '\u212Aey', false],
    [['at+jwt', null], undefined, true], [['at+jwt', null], 'at+jwt', true], [['at+jwt', null], 'JWT', false],
    [['at+jwt', null], '', false], [['at+jwt', 'JWT', null], 'jwt', true],
  ])('with the option %o, typ %o passes: %s', (option, typ, good) => {
    const policy = option === undefined ? POLICY : policyOf({ typ: option });
    expect(outcome(mint(CLAIMS, { alg: 'EdDSA', typ }), policy)).toBe(good ? 'accepted' : 'type_not_allowed');
  });

  it.each([['JWT', false], ['jwt', false], ['application/jwt', false], ['at+jwt', true], ['', true], ['JWE', true]])(
    'cty %o passes: %s',
    (cty, good) => {
      const token = mint(CLAIMS, { alg: 'EdDSA', cty });
      expect(outcome(token)).toBe(good ? 'accepted' : 'type_not_allowed');
      if (!good) expect(refusalOf(() => verify(token)).rule).toBe('RFC 7519 §5.2');
    },
  );
});

describe('a polluted Object.prototype lends a token nothing', () => {
  const token = mint();

  it.each<[string, string, JwtPolicy, KeyLookup, string]>([
    ['typ', 'at+jwt', policyOf({ typ: 'at+jwt' }), KEYS, 'type_not_allowed'],
    ['typ', 'x', POLICY, KEYS, 'accepted'],
    ['cty', 'JWT', POLICY, KEYS, 'accepted'],
    ['kid', 'a', POLICY, createKeySet([{ ...ED_1.jwk, kid: 'a' }, ...Array(4).fill(ED_2.jwk)]), 'key_unusable'],
  ])('no %s of %o', (name, value, policy, keys, expected) => {
    Object.defineProperty(Object.prototype, name, { value, configurable: true });
    let code: string;
    try {
      code = outcome(token, policy, keys);
    } finally {
      Reflect.deleteProperty(Object.prototype, name);
    }
    expect(code).toBe(expected);
  });
});

describe('readUnverified', () => {
  it('decodes header and claims, and checks neither them nor the signature', () => {
    const token = forged(mint({ exp: 'x' }, { crit: 7 }));
    expect(readUnverified(token)).toEqual({ header: { crit: 7 }, claims: { exp: 'x' } });
    expect(Object.isFrozen(readUnverified(token))).toBe(true);
    expect(readUnverified('e30.e30.*').claims).toEqual({});
  });

  it.each([
    ['malformed_compact', 'e30.e30'], ['malformed_compact', undefined], ['invalid_base64url', '*.e30.'],
    ['invalid_base64url', 'e30.*.'],
    ['invalid_json', 'W10.e30.'], ['invalid_json', 'e30.W10.'], ['invalid_json', 'e30..'],
    ['duplicate_member', mint('{"a":1,"a":2}')],
    ['token_too_long', 'x'.repeat(1_000_001)],
  ])('refuses what has not the form: %s', (code, token) => {
    expect(outcomeOf(() => readUnverified(token as string))).toBe(code);
  });

  it('bears a million characters', () => {
    const claims = encodePart(`{"a":"${'x'.repeat(749_988)}"}`);
    expect(outcomeOf(() => readUnverified(`e30.${claims}.`.padEnd(1_000_000, 'x')))).toBe('accepted');
  });
});
