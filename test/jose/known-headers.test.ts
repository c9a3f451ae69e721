import { describe, expect, it } from 'vitest';
import { parseCompact, type JoseHeader } from '../../src/jose/jws.ts';
import { createKeySet } from '../../src/jose/key-set.ts';
import { verifyJwt, type VerifiedJwt } from '../../src/jose/jwt.ts';
import { KnownHeaders } from '../../src/jose/known-headers.ts';
import { ED_1, ED_2 } from './keys.ts';
import { outcomeOf } from './refusal.ts';
import { CLAIMS, encodePart, forged, KEYS, mint, NOW, policyOf } from './tokens.ts';

const jwsOf = (header: string) => parseCompact(`${header}.e30.x`, 100);
const headerOf = (kid: string): JoseHeader => Object.freeze({ alg: 'EdDSA', kid });

describe('KnownHeaders', () => {
  it('finds a header by its whole text and by nothing less', () => {
    const known = new KnownHeaders();
    const header = headerOf('a');
    known.remember(jwsOf('abcd'), header);
    expect(known.find(jwsOf('abcd'))).toBe(header);
    for (const other of ['abc', 'abcde', 'abcD', '', 'abcdabcd']) expect(known.find(jwsOf(other)), other).toBeUndefined();
  });

  it('keeps four, and forgets the eldest', () => {
    const known = new KnownHeaders();
    for (const text of ['a', 'b', 'c', 'd']) known.remember(jwsOf(text), headerOf(text));
    expect(known.find(jwsOf('a'))?.kid).toBe('a');
    known.remember(jwsOf('e'), headerOf('e'));
    expect(['a', 'b', 'c', 'd', 'e'].map((text) => known.find(jwsOf(text))?.kid)).toEqual([undefined, 'b', 'c', 'd', 'e']);
  });
});

describe('a policy and the headers it knows', () => {
  const policy = policyOf();
  const verify = (token: string, keys = KEYS, now = NOW): VerifiedJwt => verifyJwt(token, keys, policy, now);
  const isKnown = (token: string): boolean => policy.knownHeaders.find(parseCompact(token, 10_000)) !== undefined;

  it('learns none from a token whose signature does not hold', () => {
    const token = mint(CLAIMS, { alg: 'EdDSA', x: 'forged' });
    expect(outcomeOf(() => verify(forged(token)))).toBe('signature_invalid');
    expect(isKnown(token)).toBe(false);
  });

  it('learns none that it refuses, whoever signed it', () => {
    for (const header of [{ alg: 'EdDSA', typ: 'at+jwt' }, { alg: 'EdDSA', crit: ['x'] }, { alg: 'EdDSA', cty: 'JWT' }]) {
      const token = mint(CLAIMS, header);
      for (let time = 0; time < 2; time++) expect(outcomeOf(() => verify(token))).not.toBe('accepted');
      expect(isKnown(token)).toBe(false);
    }
  });

  it('asks key, algorithm, signature and claims of a token with a known header as of any other', () => {
    const header = { alg: 'EdDSA', kid: 'one' };
    const keys = createKeySet({ keys: [{ ...ED_1.jwk, kid: 'one' }] });
    const token = mint(CLAIMS, header);
    verify(token, keys);
    expect(isKnown(token)).toBe(true);
    const outcome = (...given: Parameters<typeof verify>): string => outcomeOf(() => verify(...given));
    expect(outcome(token, keys)).toBe('accepted');
    expect(outcome(token, createKeySet({ keys: [{ ...ED_1.jwk, kid: 'two' }] }))).toBe('key_not_found');
    expect(outcome(token, createKeySet({ keys: [{ ...ED_2.jwk, kid: 'one' }] }))).toBe('signature_invalid');
    expect(outcome(token, createKeySet({ keys: [{ ...ED_1.jwk, kid: 'one', use: 'enc' }] }))).toBe('key_unusable');
    expect(outcome(token, createKeySet({ keys: [{ ...ED_1.jwk, kid: 'one', alg: 'Ed25519' }] }))).toBe('algorithm_not_allowed');
    expect(outcome(forged(token), keys)).toBe('signature_invalid');
    expect(outcome(mint({ ...CLAIMS, exp: NOW }, header), keys)).toBe('token_expired');
    expect(outcome(`${encodePart(header)}.${encodePart(CLAIMS)}.`, keys)).toBe('signature_invalid');
  });

  it('belong to that policy alone: another may expect another type', () => {
    const token = mint(CLAIMS, { alg: 'EdDSA', typ: 'JWT' });
    verify(token);
    expect(outcomeOf(() => verifyJwt(token, KEYS, policyOf({ typ: 'at+jwt' }), NOW))).toBe('type_not_allowed');
  });
});
