import { describe, expect, it } from 'vitest';
import { verifyJwt, type TraceEvent } from '../../src/jose/jwt.ts';
import { outcomeOf } from './refusal.ts';
import { CLAIMS, forged, KEYS, mint, NOW, policyOf } from './tokens.ts';

const POLICY = policyOf();
const outcome = (token: string): string => outcomeOf(() => verifyJwt(token, KEYS, POLICY, NOW));

describe('trace', () => {
  const traced = (token: string, policy = POLICY): { steps: TraceEvent[]; code: string } => {
    const steps: TraceEvent[] = [];
    const code = outcomeOf(() => verifyJwt(token, KEYS, policy, NOW, { trace: (event) => steps.push(event) }));
    return { steps, code };
  };

  it('tells each step as it ends, with what it found', () => {
    const token = mint();
    const { steps, code } = traced(token);
    const [key] = KEYS.keys;
    expect(code).toBe('accepted');
    expect(steps.slice(0, 5)).toEqual([
      { step: 'parseCompact', lengths: token.split('.').map((part) => part.length) },
      { step: 'parseHeader', header: { alg: 'EdDSA' } },
      { step: 'selectKeys', alg: 'EdDSA', keys: [key] },
      { step: 'verifySignature', key },
      { step: 'parseClaimsSet', claims: CLAIMS },
    ]);
    for (const step of steps) expect(step).not.toHaveProperty('error');
    expect(steps.slice(5)).toEqual(POLICY.rules.map((rule) => ({ step: 'validateClaims', rule })));
  });

  it.each<[string, string, number]>([
    ['malformed_compact', 'x', 0], ['header_invalid', mint(CLAIMS, {}), 1],
    ['type_not_allowed', mint(CLAIMS, { alg: 'x', typ: 'x' }), 1],
    ['algorithm_not_allowed', mint(CLAIMS, { alg: 'x' }), 2], ['signature_invalid', forged(mint()), 3],
    ['invalid_json', mint('{'), 4],
  ])('ends before the step that refuses: %s', (expected, token, count) => {
    const { steps, code } = traced(token);
    expect([code, steps.length]).toEqual([expected, count]);
  });

  it.each(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'])('changes no verdict, whatever "%s" is', (claim) => {
    for (const value of [
      null, 0, 7, 'x', '9e99', true, [], [7], {}, { toString: null }, { some: 1 }, { valueOf: 1, toString: 1 },
    ]) {
      const token = mint({ ...CLAIMS, [claim]: value });
      const { steps, code } = traced(token);
      expect(code, JSON.stringify(value)).toBe(outcome(token));
      const skews = steps.map((event) => (event.step === 'validateClaims' ? (event.error?.skew ?? 0) : 0));
      expect(skews.every((skew) => Number.isFinite(skew))).toBe(true);
    }
  });

  it('can change nothing that is looked at later', () => {
    const token = mint();
    expect(() => verifyJwt(token, KEYS, POLICY, NOW, { trace: (event) => {
      if (event.step === 'selectKeys') (event.keys as unknown[]).push(null);
    } })).toThrow(TypeError);
    expect(() => verifyJwt(token, KEYS, POLICY, NOW, { trace: (event) => {
      if (event.step === 'validateClaims') Object.assign(event.rule, { check: () => undefined });
    } })).toThrow(TypeError);
  });

  it('asks every claim rule but the caller\'s own, and leaves the verdict to the first that is broken', () => {
    const token = mint({ ...CLAIMS, iss: 'x', exp: NOW - 1 });
    const { steps, code } = traced(token);
    expect([code, outcome(token)]).toEqual(['token_expired', 'token_expired']);
    expect(steps.length).toBe(5 + POLICY.rules.length - 1);
    const errors = steps.flatMap((event) => (event.step === 'validateClaims' && event.error ? [event.error.code] : []));
    expect(errors).toEqual(['token_expired', 'issuer_not_allowed']);
  });
});
