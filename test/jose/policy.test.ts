import { describe, expect, it } from 'vitest';
import type { RuleGroup } from '../../src/jose/claims.ts';
import {
  createPolicy, createPresetPolicy, expectPolicy, normalizeMediaType, POLICY_OPTIONS, type PolicyOptions,
} from '../../src/jose/policy.ts';
import { mistake } from './refusal.ts';

const MINIMAL = { issuer: 'i', audience: 'a' } as const;
const make = (options: unknown): unknown => createPolicy(options as PolicyOptions);
const withOption = (name: string, value: unknown): unknown =>
  createPolicy({ ...MINIMAL, [name]: value } as PolicyOptions);

describe('createPolicy: defaults', () => {
  it('are the strict ones of the contract', () => {
    expect(createPolicy(MINIMAL)).toMatchObject({
      issuers: ['i'], audiences: ['a'], algorithms: ['RS256'], leeway: { exp: 0, nbf: 30, iat: 30 },
      maxTokenLength: 10_000,
      types: null, required: ['exp', 'iss', 'aud'], checks: [],
    });
    for (const name of ['maxAge', 'maxLifetime', 'subject']) expect(createPolicy(MINIMAL)).not.toHaveProperty(name);
  });

  it('leave nothing open to change', () => {
    const policy = createPolicy(
      { ...MINIMAL, typ: 'x', requiredClaims: ['jti'], checks: { c: () => true }, leeway: { exp: 1 } },
    );
    for (const part of [policy, ...Object.values(policy)]) expect(Object.isFrozen(part)).toBe(true);
    for (const part of Object.values(createPolicy({ ...MINIMAL, leeway: 5 }))) expect(Object.isFrozen(part)).toBe(true);
  });

  it('follow no later change of the options', () => {
    const options = {
      issuer: ['i'], audience: ['a'], algorithms: ['RS256' as const], leeway: { exp: 5 }, checks: { c: () => true },
    };
    const policy = createPolicy(options);
    options.issuer.push('evil');
    options.audience.push('evil');
    options.algorithms.pop();
    options.leeway.exp = 300;
    options.checks.c = () => false;
    expect(policy).toMatchObject({ issuers: ['i'], audiences: ['a'], algorithms: ['RS256'], leeway: { exp: 5 } });
    expect(policy.checks[0]?.[1]({}, { alg: 'RS256' })).toBe(true);
  });
});

describe('createPolicy: what must be decided', () => {
  it.each(['issuer', 'audience'])('"%s" must be given, or be null', (name) => {
    const { [name as 'issuer']: _, ...rest } = MINIMAL;
    const message = `"${name}" is required; null leaves it deliberately unchecked`;
    expect(() => make(rest)).toThrow(new TypeError(message));
    expect(make({ ...rest, [name]: null })).toMatchObject({ [`${name}s`]: null });
    expect(make({ ...rest, [name]: ['x', 'y'] })).toMatchObject({ [`${name}s`]: ['x', 'y'] });
  });

  it('null for either asks for no such claim', () => {
    expect(createPolicy({ issuer: null, audience: null }).required).toEqual(['exp']);
    expect(createPolicy({ issuer: null, audience: 'a' }).required).toEqual(['exp', 'aud']);
  });

  it.each([undefined, null, 7, 'x', [], () => MINIMAL])('throws TypeError for options that are %o', (options) => {
    expect(() => make(options)).toThrow(TypeError);
  });
});

describe('createPolicy: every option', () => {
  const durations: unknown[] = [-1, NaN, Infinity, 1e11 + 1, '60', null, {}, [60]];
  const leeways: unknown[] = [-1, -0.001, 300.001, NaN, Infinity, '30', null];
  const names: unknown[] = ['', [], [''], 7, null, {}, [7], [['x']], /x/];

  const WRONG: Record<keyof PolicyOptions, unknown[]> = {
    issuer: names.filter((value) => value !== null),
    audience: names.filter((value) => value !== null),
    algorithms: ['RS256', [], ['none'], ['RS256', 'HS256'], ['rs256'], null, {}, [null]],
    leeway: [...leeways, [], [30], true, { EXP: 1 }, ...leeways.flatMap((v) => [{ exp: v }, { nbf: v }, { iat: v }]),
      { exp: undefined }, { nbf: undefined }, { iat: undefined }],
    maxTokenLength: [0, -1, 1_000_001, NaN, Infinity, '10000', null],
    typ: names,
    requiredClaims: ['jti', [''], [7], [null], null, {}, new Set(['jti']), [['jti']]],
    maxAge: durations,
    maxLifetime: durations,
    subject: names.concat([['x']]),
    checks: [
      null, [], [() => true], 'x', () => true, { [Symbol('c')]: () => true },
      Object.defineProperty({}, 'c', { value: () => true, enumerable: false }), { c: true }, { c: undefined }, { c: null }, { a: () => true, c: 'x' },
    ],
  };

  it('is in this table', () => {
    expect(Object.keys(WRONG).sort()).toEqual([...POLICY_OPTIONS].sort());
  });

  it.each(Object.entries(WRONG).flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
    '"%s" throws TypeError for %o',
    (name, value) => {
      expect(() => withOption(name, value)).toThrow(mistake(name));
    },
  );

  it.each(
    POLICY_OPTIONS,
  )('"%s" throws TypeError when it is given as undefined: no unset variable turns a check off', (name) => {
    const message = `createPolicy: option "${name}" is undefined; leave it out instead`;
    expect(() => withOption(name, undefined)).toThrow(new TypeError(message));
  });

  it.each(['audiance', 'Issuer', 'issuers', 'clockTolerance', 'ignoreExpiration', 'keys', 'clock', '__proto__ '])(
    'there is none of the name "%s"',
    (name) => {
      expect(() => withOption(name, 'x')).toThrow(new TypeError(`createPolicy: unknown option ${name}`));
    },
  );

  it.each<[string, Partial<PolicyOptions>, object]>([
    ['issuer as one string', { issuer: 'x' }, { issuers: ['x'] }],
    ['issuer as several spellings', { issuer: ['x', 'y'] }, { issuers: ['x', 'y'] }],
    ['algorithms', { algorithms: ['ES256', 'EdDSA'] }, { algorithms: ['ES256', 'EdDSA'] }],
    ['leeway as one number, for all three', { leeway: 7 }, { leeway: { exp: 7, nbf: 7, iat: 7 } }],
    ['leeway at its least', { leeway: 0 }, { leeway: { exp: 0, nbf: 0, iat: 0 } }],
    ['leeway at its most', { leeway: 300 }, { leeway: { exp: 300, nbf: 300, iat: 300 } }],
    ['leeway for exp', { leeway: { exp: 300 } }, { leeway: { exp: 300, nbf: 30, iat: 30 } }],
    ['leeway for nbf', { leeway: { nbf: 0 } }, { leeway: { exp: 0, nbf: 0, iat: 30 } }],
    ['leeway for iat', { leeway: { iat: 0.5 } }, { leeway: { exp: 0, nbf: 30, iat: 0.5 } }],
    ['leeway for none', { leeway: {} }, { leeway: { exp: 0, nbf: 30, iat: 30 } }],
    ['maxTokenLength at its least', { maxTokenLength: 1 }, { maxTokenLength: 1 }],
    ['maxTokenLength at its most', { maxTokenLength: 1_000_000 }, { maxTokenLength: 1_000_000 }],
    ['typ', { typ: 'application/AT+jwt' }, { types: ['at+jwt'] }],
    ['typ, or none', { typ: [null, 'JWT', 'application/at+jwt'] }, { types: ['jwt', 'at+jwt', null] }],
    ['typ, several', { typ: ['a', 'B'] }, { types: ['a', 'b'] }],
    ['maxAge, which needs iat', { maxAge: 0 }, { maxAge: 0, required: ['exp', 'iss', 'aud', 'iat'] }],
    ['maxAge at its most', { maxAge: 1e11 }, { maxAge: 1e11 }],
    ['maxLifetime, which needs iat', { maxLifetime: 60 }, { maxLifetime: 60, required: ['exp', 'iss', 'aud', 'iat'] }],
    ['subject, which needs sub', { subject: 's' }, { subject: 's', required: ['exp', 'iss', 'aud', 'sub'] }],
    [
      'requiredClaims, each once', { requiredClaims: ['jti', 'exp', 'jti'] },
      { required: ['exp', 'iss', 'aud', 'jti'] },
    ],
    ['no requiredClaims', { requiredClaims: [] }, { required: ['exp', 'iss', 'aud'] }],
  ])('takes %s', (_, options, expected) => {
    expect(createPolicy({ ...MINIMAL, ...options })).toMatchObject(expected);
  });

  it('takes checks in the order given', () => {
    const [b, a] = [() => true, () => true];
    expect(createPolicy({ ...MINIMAL, checks: { b, a } }).checks).toEqual([['b', b], ['a', a]]);
  });

  it('says which of the options was wrong', () => {
    expect(() => withOption('leeway', { nbf: 301 })).toThrow(
      new TypeError('"leeway.nbf" expected a number from 0 to 300'),
    );
    const names = new TypeError('"requiredClaims" expected an array of claim names');
    expect(() => withOption('requiredClaims', 'jti')).toThrow(names);
    expect(() => withOption('checks', { mine: 7 })).toThrow(new TypeError('"checks.mine" expected a function'));
  });
});

describe('the rules of a policy', () => {
  it('are the general ones, then those of a preset, then the checks of the caller', () => {
    const preset: RuleGroup = { rules: [{ code: 'nonce_mismatch', rule: 'X' }], settled: true, ask: () => undefined };
    const codes = createPresetPolicy(MINIMAL, [preset]).rules.map(
      ({ code, claim }) => (code === 'claim_invalid' ? claim : code),
    );
    expect(codes).toEqual([
      'iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'claim_missing', 'token_expired', 'token_not_yet_valid',
      'token_issued_in_future', 'token_too_old', 'lifetime_too_long', 'issuer_not_allowed', 'audience_not_allowed',
      'subject_mismatch', 'nonce_mismatch', 'check_failed',
    ]);
  });
});

describe('what a policy asks', () => {
  it('anew of a token that is remembered: times, and the checks of the caller', () => {
    const codes = createPolicy(MINIMAL).unsettledGroups.flatMap(({ rules }) => rules.map(({ code }) => code));
    expect(codes).toEqual([
      'token_expired', 'token_not_yet_valid', 'token_issued_in_future', 'token_too_old', 'lifetime_too_long', 'check_failed',
    ]);
  });

  it('cannot be changed, neither for it nor for another', () => {
    const { ruleGroups, unsettledGroups, rules } = createPolicy(MINIMAL);
    for (const list of [ruleGroups, unsettledGroups, rules]) expect(list.every((one) => Object.isFrozen(one)) && Object.isFrozen(list)).toBe(true);
    for (const group of ruleGroups) expect(group.rules.every((rule) => Object.isFrozen(rule)) && Object.isFrozen(group.rules)).toBe(true);
  });
});

describe('expectPolicy', () => {
  it('knows what createPolicy made', () => {
    const policy = createPolicy(MINIMAL);
    expect(expectPolicy(policy)).toBe(policy);
  });

  it.each([undefined, null, 'x', {}, MINIMAL, { ...createPolicy(MINIMAL) }, Object.create(createPolicy(MINIMAL))])(
    'throws TypeError for %o, which no one has checked',
    (policy) => {
      expect(() => expectPolicy(policy)).toThrow(new TypeError('"policy" expected what createPolicy returns'));
    },
  );
});

describe('normalizeMediaType (RFC 7515 §4.1.9)', () => {
  it.each([
    ['JWT', 'jwt'], ['jwt', 'jwt'], ['application/jwt', 'jwt'], ['APPLICATION/AT+JWT', 'at+jwt'], ['text/x', 'text/x'],
    ['application/application/x', 'application/application/x'], ['application/x;a="1/2"', 'application/x;a="1/2"'], ['x/application/y', 'x/application/y'], ['', ''],
    ['\u212Aey', '\u212Aey'], ['JWT\u0130', 'jwt\u0130'], ['É', 'É'], ['[Z@', '[z@'],
  ])('%o becomes %o: only ASCII letters are lowered', (type, expected) => {
    expect(normalizeMediaType(type)).toBe(expected);
  });
});
