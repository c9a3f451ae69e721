import { describe, expect, it } from 'vitest';
import { parseClaimsSet, validateClaims, type ClaimCheck, type ClaimRule, type Judge } from '../../src/jose/claims.ts';
import type { JwtError } from '../../src/jose/errors.ts';
import type { PolicyOptions } from '../../src/jose/policy.ts';
import { refusalOf } from './refusal.ts';
import { CLAIMS, NOW, policyOf } from './tokens.ts';
import { HEADER, outcome, validate } from './validate.ts';

describe('registered claims have their types (RFC 7519 §4.1)', () => {
  const notStrings = [null, 7, 0, true, false, [], ['x'], {}];
  const notNumbers = [null, '1700000000', '', true, false, [], [NOW], {}];

  it.each<[string, unknown[], string]>([
    ['iss', notStrings, 'RFC 7519 §4.1.1'], ['sub', notStrings, 'RFC 7519 §4.1.2'],
    ['jti', notStrings, 'RFC 7519 §4.1.7'],
    ['aud', [null, 7, true, {}, { 0: 'api' }, [7], ['api', 7], ['api', null], [['api']]], 'RFC 7519 §4.1.3'],
    ['exp', notNumbers, 'RFC 7519 §4.1.4'], ['nbf', notNumbers, 'RFC 7519 §4.1.5'],
    ['iat', notNumbers, 'RFC 7519 §4.1.6'],
  ])('"%s", even where nothing else is asked of it', (claim, values, rule) => {
    for (const value of values) {
      const error = refusalOf(() => validate({ [claim]: value }, { issuer: null, audience: null }));
      expect(error, JSON.stringify(value)).toMatchObject({ code: 'claim_invalid', claim, rule });
    }
  });

  it.each([
    { sub: '' }, { jti: '' }, { nbf: -1.5 }, { iat: 0 }, { nbf: NOW - 0.25 },
    { other: null, scope: ['a'] },
  ])(
    'takes %o',
    (claims) => {
      expect(outcome(claims)).toBe('accepted');
    },
  );

  it('does not take a prototype for claims', () => {
    const policy = policyOf();
    const claims = Object.create(CLAIMS);
    const error = refusalOf(() => validateClaims(claims, policy.ruleGroups, { expected: policy, header: HEADER, now: NOW }));
    expect(error.code).toBe('claim_missing');
  });
});

describe('claims that are inherited', () => {
  it.each<[string, unknown]>([['nbf', NOW + 1e6], ['iat', NOW + 1e6], ['jti', 7], ['nbf', 'x'], ['aud', 7]])('are none: "%s", %o', (claim, value) => {
    const policy = policyOf({ audience: null });
    const { [claim as 'iat']: _, ...own } = CLAIMS;
    const claims = Object.assign(Object.create({ [claim]: value }), own);
    expect(() => validateClaims(claims, policy.ruleGroups, { expected: policy, header: HEADER, now: NOW })).not.toThrow();
  });
});

describe('claims that must be there (RFC 7519 §4)', () => {
  it.each<[string, Partial<PolicyOptions>]>([
    ['exp', { issuer: null, audience: null }], ['iss', {}], ['aud', {}], ['sub', { subject: 'user-1' }],
    ['iat', { maxAge: 1e9 }],
    ['iat', { maxLifetime: 1e9 }], ['jti', { requiredClaims: ['jti'] }],
    ['scope', { requiredClaims: ['sub', 'scope'] }],
    ['toString', { requiredClaims: ['toString'] }], ['__proto__', { requiredClaims: ['__proto__'] }],
  ])('"%s", with %o', (claim, options) => {
    const error = refusalOf(() => validate({ [claim]: undefined }, options));
    expect(error).toMatchObject({ code: 'claim_missing', claim, rule: 'RFC 7519 §4' });
    expect(error.message).toBe(`the required claim "${claim}" is missing`);
  });

  it.each<[string, Partial<PolicyOptions>]>([
    ['iss', { issuer: null }], ['aud', { audience: null }], ['sub', {}], ['iat', {}], ['nbf', {}], ['jti', {}],
  ])('but not "%s", with %o', (claim, options) => {
    expect(outcome({ [claim]: undefined }, options)).toBe('accepted');
  });

  it('whatever their value: null is there', () => {
    expect(outcome({ scope: null }, { requiredClaims: ['scope'] })).toBe('accepted');
  });
});

describe('the order of the rules', () => {
  /** Each breaks one rule more than the next: the first must be the verdict. */
  const BROKEN: [string, object][] = [
    ['claim_invalid iss', { iss: 7 }], ['claim_invalid sub', { sub: 7 }], ['claim_invalid aud', { aud: 7 }],
    ['claim_invalid exp', { exp: 'x' }], ['claim_invalid nbf', { nbf: 'x' }], ['claim_invalid iat', { iat: 'x' }],
    ['claim_invalid jti', { jti: 7 }], ['claim_missing must', { must: undefined }],
    ['token_expired exp', { exp: NOW - 1 }],
    ['token_not_yet_valid nbf', { nbf: NOW + 99 }], ['token_issued_in_future iat', { iat: NOW + 99 }],
    ['token_too_old iat', { iat: 0 }], ['lifetime_too_long exp', { exp: 1e12 }],
    ['issuer_not_allowed iss', { iss: 'x' }],
    ['audience_not_allowed aud', { aud: 'x' }], ['subject_mismatch sub', { sub: 'x' }], ['check_failed undefined', {}],
  ];

  it.each(
    BROKEN.map(([verdict], index) => [verdict, index] as const),
  )('%s comes before all that follow it', (verdict, index) => {
    // Later breaks first, so that where two are of one claim the earlier rule has its way.
    const claims = Object.assign({ must: 1 }, ...BROKEN.slice(index).map(([, change]) => change).reverse());
    const options = {
      maxAge: 3600, maxLifetime: 7200, subject: 'user-1', requiredClaims: ['must'], checks: { no: () => false },
    };
    const { code, claim } = refusalOf(() => validate(claims, options));
    expect(`${code} ${claim}`).toBe(verdict);
  });
});

describe("the caller's own checks", () => {
  const run = (check: unknown): string => outcome({}, { checks: { mine: check as ClaimCheck } });

  it('pass by returning true, and by nothing else', () => {
    expect(run(() => true)).toBe('accepted');
    for (const answer of [false, undefined, null, 0, 1, '', 'true', {}, [], new Boolean(true), Symbol('x')]) {
      expect(run(() => answer)).toBe('check_failed');
    }
  });

  it('fail by throwing, whatever is thrown, and that is not passed on', () => {
    for (const thrown of [new Error('claim value'), undefined, null, 'x']) {
      const error = refusalOf(() => validate({}, { checks: { mine: () => { throw thrown; } } }));
      expect(error).toMatchObject({ code: 'check_failed', check: 'mine', rule: 'RFC 7519 §4.3' });
      expect(error).not.toHaveProperty('cause');
      expect(error.message).toBe('the check "mine" did not pass');
    }
  });

  it('fail by answering later; a rejection ends nothing', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listener);
    try {
      expect(run(async () => true)).toBe('check_failed');
      expect(run(() => Promise.reject(new Error('late')))).toBe('check_failed');
      expect(run(async () => { throw new Error('late'); })).toBe('check_failed');
      expect(run(() => ({ then: () => true }))).toBe('check_failed');
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      process.off('unhandledRejection', listener);
    }
    expect(unhandled).toEqual([]);
  });

  it('are asked in order, last of all, up to the first that fails, which is named', () => {
    const asked: string[] = [];
    const check = (name: string, answer: boolean) => (): boolean => asked.push(name) > 0 && answer;
    const checks = { b: check('b', true), 2: check('2', false), a: check('a', false) };
    expect(refusalOf(() => validate({}, { checks: { z: checks.b, y: checks[2], a: checks.a } })).check).toBe('y');
    expect(asked).toEqual(['b', '2']);
    expect(outcome({ iss: 'x' }, { checks })).toBe('issuer_not_allowed');
    expect(asked).toEqual(['b', '2']);
  });

  it('are given the claims and the header, frozen, and no this', () => {
    let seen: unknown[] = [];
    validate(
      { deep: [{}] },
      { checks: { mine(this: unknown, ...given: unknown[]) { seen = [this, ...given]; return true; } } },
    );
    expect(seen).toEqual([undefined, { ...CLAIMS, deep: [{}] }, HEADER]);
    expect(Object.isFrozen(seen[1])).toBe(true);
  });
});

describe('with an observer', () => {
  it('all rules but the caller\'s own are asked in their order, and the first broken one is the verdict', () => {
    const no = (): never => { throw new Error('asked of a token that is refused'); };
    const policy = policyOf({ subject: 'x', checks: { no } });
    const seen: [string, JwtError | undefined][] = [];
    const claims = { ...CLAIMS, exp: NOW - 5, aud: 'x' };
    const verdict = refusalOf(() =>
      validateClaims(
        claims, policy.ruleGroups, { expected: policy, header: HEADER, now: NOW },
        (rule, error) => seen.push([rule.code, error]),
      ),
    );
    expect(verdict).toMatchObject({ code: 'token_expired', skew: 5 });
    expect(seen.map(([code]) => code)).toEqual(policy.rules.map(({ code }) => code).slice(0, -1));
    const broken = seen.filter(([, error]) => error !== undefined);
    expect(broken.map(([code]) => code)).toEqual(
      ['token_expired', 'audience_not_allowed', 'subject_mismatch'],
    );
    expect(broken.every(([code, error]) => error?.code === code)).toBe(true);
    expect(broken[0]?.[1]).toBe(verdict);
  });

  it.each<keyof typeof CLAIMS>(['iat', 'exp'])('without "%s", only the rule that wants it is broken, and none that reckons with it', (claim) => {
    const policy = policyOf({ maxAge: 10, maxLifetime: 1e9 });
    const { [claim]: _, ...claims } = { ...CLAIMS, iat: NOW };
    const broken: string[] = [];
    const observe = (rule: ClaimRule, error: JwtError | undefined): unknown => error && broken.push(rule.code);
    const context = { expected: policy, header: HEADER, now: NOW };
    expect(refusalOf(() => validateClaims(claims, policy.ruleGroups, context, observe)).code).toBe('claim_missing');
    expect(broken).toEqual(['claim_missing']);
  });

  it('a rule that its group forgot to list refuses all the same', () => {
    const policy = policyOf();
    const ask = (_claims: unknown, _context: unknown, judge: Judge): void => judge({ code: 'claim_invalid', rule: 'x' });
    const groups = [...policy.ruleGroups, { rules: [], settled: true, ask }];
    for (const observe of [undefined, () => {}]) {
      const error = refusalOf(() => validateClaims(CLAIMS, groups, { expected: policy, header: HEADER, now: NOW }, observe));
      expect(error).toMatchObject({ code: 'claim_invalid', rule: 'x' });
    }
  });

  it('no rule that is kept has an error, and good claims pass', () => {
    const policy = policyOf();
    const errors: unknown[] = [];
    validateClaims(
      CLAIMS, policy.ruleGroups, { expected: policy, header: HEADER, now: NOW }, (_, error) => errors.push(error),
    );
    expect(errors).toEqual(policy.rules.map(() => undefined));
  });
});

describe('parseClaimsSet (RFC 7519 §7.2 step 10)', () => {
  it.each([['', 'invalid_json'], ['[]', 'invalid_json'], ['"x"', 'invalid_json'], ['{"a":1e999}', 'invalid_json'],
    ['{"sub":1,"sub":2}', 'duplicate_member'], ['\ufeff{}', 'invalid_json']])('refuses %o as %s', (json, code) => {
    const error = refusalOf(() => parseClaimsSet(Buffer.from(json)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^the JWT Claims Set /);
  });
});
