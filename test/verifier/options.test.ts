import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createVerifier, type VerifierOptions } from '../../src/verifier/index.ts';
import { AUDIENCE, codeOf, ISSUER, KEYS, mint, NOW, OPTIONS, refusalOf, untyped } from './issuer.ts';

/** A verifier with further options, over a token with further claims. */
const verify = (options: object, claims: object = {}, typ = 'JWT') =>
  createVerifier({ ...OPTIONS, ...options }).verifySync(mint(claims, 'rsa-1', { typ }));
const code = (options: object, claims: object = {}, typ = 'JWT') => codeOf(() => verify(options, claims, typ));

describe('an option that decides security', () => {
  it.each(['issuer', 'audience', 'keys'])('cannot be left out: %s', (name) => {
    const { [name as 'issuer']: _, ...rest } = OPTIONS;
    expect(() => createVerifier(untyped(rest))).toThrow(TypeError);
  });

  it.each(['issuer', 'audience'])('must say something: %s', (name) => {
    for (const value of [undefined, '', [], [''], [undefined], [null], [[]], 1, true, {}, /x/, Symbol('s'),
      () => AUDIENCE]) {
      expect(() => createVerifier(untyped({ ...OPTIONS, [name]: value })), String(value)).toThrow(TypeError);
    }
  });

  it.each(['issuer', 'audience', 'typ'])('must not be an array with holes: %s', (name) => {
    expect(() => createVerifier(untyped({ ...OPTIONS, [name]: new Array(1) }))).toThrow(TypeError);
  });

  it('must be a key set: keys', () => {
    for (const keys of [undefined, null, {}, [], [KEYS], { keys: [] }, { find: true }, 'https://issuer.example/jwks',
      () => KEYS]) {
      expect(() => createVerifier(untyped({ ...OPTIONS, keys }))).toThrow(TypeError);
    }
  });
});

describe('options as such', () => {
  it.each([undefined, null, 1, 'options', true, [], [OPTIONS], () => OPTIONS, Symbol('s')])('must be an object: %s',
    (options) => {
    expect(() => createVerifier(untyped(options))).toThrow(TypeError);
  });

  it.each(['audiance', 'Audience', 'aud', 'algorithm', 'clockTolerance', 'ignoreExpiration', 'nonce', '', '__proto__',
    'cache '])(
    'must be known: %j',
    (name) => {
      const options = { ...OPTIONS };
      Object.defineProperty(options, name, { value: 'x', enumerable: true });
      expect(() => createVerifier(options)).toThrow(/unknown option/);
    },
  );

  it('must be known by name: a symbol and a hidden member are not', () => {
    expect(() => createVerifier(untyped({ ...OPTIONS, [Symbol('audience')]: 'x' }))).toThrow(TypeError);
    const hidden = Object.defineProperty({ ...OPTIONS }, 'audiance', { value: 'x', enumerable: false });
    expect(() => createVerifier(hidden)).toThrow(TypeError);
  });

  it.each([
    'issuer', 'audience', 'keys', 'issuers', 'algorithms', 'clock', 'leeway', 'maxTokenLength', 'typ', 'requiredClaims',
    'maxAge',
    'maxLifetime', 'subject', 'checks',
  ])('must not be undefined: %s', (name) => {
    expect(() => createVerifier(untyped({ ...OPTIONS, [name]: undefined }))).toThrow(TypeError);
  });

  it('must not be inherited, where they would be overlooked', () => {
    const options: VerifierOptions = Object.assign(Object.create({ subject: 'user-2' }), OPTIONS);
    expect(() => createVerifier(options).verifySync(mint())).toThrow();
  });

  it('are copied: a later change changes nothing', () => {
    const options = { ...OPTIONS, audience: [AUDIENCE], requiredClaims: ['sub'], algorithms: ['RS256' as const],
      leeway: { exp: 0 } };
    const verifier = createVerifier(options);
    options.audience.splice(0, 1, 'other');
    options.requiredClaims.push('jti');
    options.algorithms.pop();
    options.leeway.exp = 300;
    Object.assign(options, { issuer: 'https://other.example', subject: 'other' });
    expect(verifier.verifySync(mint()).claims.iss).toBe(ISSUER);
    expect(codeOf(() => verifier.verifySync(mint({ exp: NOW - 1 })))).toBe('token_expired');
  });

  it.each([
    ['algorithms', [null, 'RS256', [], ['none'], ['rs256'], ['RS256', 'RS1'], ['HS256', 'RS256'], ['RS256', undefined],
      {}, ['']]],
    ['leeway', [null, -1, 301, NaN, Infinity, '30', [], { exp: -1 }, { exp: 301 }, { nbf: '1' }, { iat: NaN },
      { all: 1 }, { exp: undefined }]],
    ['maxTokenLength', [null, 0, -1, 1_000_001, NaN, Infinity, '100', 100n, []]],
    ['typ', [null, '', [], [''], [null], 1, /jwt/]],
    ['requiredClaims', [null, 'sub', {}, [''], [1], [undefined]]],
    ['maxAge', [null, -1, NaN, Infinity, '60', 1e12]],
    ['maxLifetime', [null, -1, NaN, Infinity, '60', 1e12]],
    ['subject', [null, '', 1, ['user-1']]],
    ['checks', [null, [], () => true, 'x', { a: true }, { a: undefined }, { a: null }]],
    ['clock', [null, 1, 'now', {}, new Date()]],
  ])('must be of their type: %s', (name, values) => {
    for (const value of values) {
      expect(() => createVerifier(untyped({ ...OPTIONS, [name]: value })), inspect(value))
        .toThrow(TypeError);
    }
  });

  it('say which option is wrong', () => {
    for (const name of ['leeway', 'maxTokenLength', 'typ', 'requiredClaims', 'maxAge', 'maxLifetime', 'subject',
      'checks', 'clock']) {
      expect(() => createVerifier(untyped({ ...OPTIONS, [name]: null }))).toThrow(new RegExp(`"?${name}`));
    }
  });
});

describe('leeway', () => {
  it('is 0 for exp, 30 for nbf and iat by default', () => {
    expect(verify({}, { exp: NOW + 0.001 }).claims.exp).toBe(NOW + 0.001);
    expect(refusalOf(() => verify({}, { exp: NOW }))).toMatchObject({ code: 'token_expired', claim: 'exp', skew: 0 });
    expect(verify({}, { nbf: NOW + 30, iat: NOW + 30 }).claims.nbf).toBe(NOW + 30);
    expect(refusalOf(() => verify({}, { nbf: NOW + 31 })))
      .toMatchObject({ code: 'token_not_yet_valid', claim: 'nbf', skew: 31 });
    expect(refusalOf(() => verify({}, { iat: NOW + 31 })))
      .toMatchObject({ code: 'token_issued_in_future', claim: 'iat', skew: 31 });
  });

  it('sets all three as a number', () => {
    const leeway = 10;
    expect(verify({ leeway }, { exp: NOW - 9, nbf: NOW + 10, iat: NOW + 10 }).claims.exp).toBe(NOW - 9);
    expect(refusalOf(() => verify({ leeway }, { exp: NOW - 10 }))).toMatchObject({ code: 'token_expired', skew: 10 });
    expect(code({ leeway }, { nbf: NOW + 11 })).toBe('token_not_yet_valid');
    expect(code({ leeway }, { iat: NOW + 11 })).toBe('token_issued_in_future');
    expect(code({ leeway: 0 }, { nbf: NOW + 1 })).toBe('token_not_yet_valid');
  });

  it('keeps the defaults of those not named', () => {
    expect(verify({ leeway: { exp: 300 } }, { exp: NOW - 299, nbf: NOW + 30 }).claims.exp).toBe(NOW - 299);
    expect(code({ leeway: { nbf: 0 } }, { nbf: NOW + 1 })).toBe('token_not_yet_valid');
    expect(code({ leeway: { nbf: 0 } }, { exp: NOW })).toBe('token_expired');
  });
});

describe('maxTokenLength', () => {
  it('is 10,000 by default, and that many are fine', () => {
    const length = (token: string) => token.length;
    const token = mint({ padding: 'x'.repeat(6900) });
    const longer = (by: number) => mint({ padding: 'x'.repeat(6900 + by) });
    let by = 0;
    while (length(longer(by + 1)) <= 10_000) by++;
    expect(length(token)).toBeLessThan(10_000);
    expect(createVerifier(OPTIONS).verifySync(longer(by)).claims.sub).toBe('user-1');
    expect(codeOf(() => createVerifier(OPTIONS).verifySync(longer(by + 1)))).toBe('token_too_long');
  });

  it('is measured exactly', () => {
    const token = mint();
    expect(createVerifier({ ...OPTIONS, maxTokenLength: token.length }).verifySync(token).claims.sub).toBe('user-1');
    expect(codeOf(() => createVerifier({ ...OPTIONS, maxTokenLength: token.length - 1 }).verifySync(token)))
      .toBe('token_too_long');
  });
});

describe('typ', () => {
  it('is absent or "JWT" by default', () => {
    for (const typ of ['JWT', 'jwt', 'application/jwt', 'Application/JWT']) expect(verify({}, {}, typ).header.typ)
      .toBe(typ);
    for (const typ of ['at+jwt', 'logout+jwt', 'JOSE', ' JWT', 'JWT;v=1', 'application/application/jwt', 'text/jwt']) {
      expect(code({}, {}, typ), typ).toBe('type_not_allowed');
    }
  });

  it('must be there and equal one of those given', () => {
    const typ = ['at+jwt', 'application/example'];
    for (const given of ['at+jwt', 'AT+JWT', 'application/at+jwt', 'example']) expect(verify({ typ }, {},
      given).header.typ).toBe(given);
    for (const given of ['JWT', 'at+jwt2', 'K']) expect(code({ typ }, {}, given), given).toBe('type_not_allowed');
  });

  it('is compared without regard to ASCII case only: the Kelvin sign is not a k', () => {
    expect(code({ typ: 'kb+jwt' }, {}, '\u212Ab+jwt')).toBe('type_not_allowed');
  });
});

describe('requiredClaims, maxAge, maxLifetime, subject', () => {
  it('must be there', () => {
    expect(verify({ requiredClaims: ['jti', 'role'] }, { jti: 'a', role: null }).claims['role']).toBeNull();
    expect(refusalOf(() => verify({ requiredClaims: ['jti', 'role'] }, { jti: 'a' })))
      .toMatchObject({ code: 'claim_missing', claim: 'role' });
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(refusalOf(() => verify({ requiredClaims: [name] }))).toMatchObject({ code: 'claim_missing', claim: name });
    }
    expect(refusalOf(() => verify({}, { exp: undefined }))).toMatchObject({ code: 'claim_missing', claim: 'exp' });
  });

  it('maxAge counts from iat, demands it, and forgives what exp is forgiven', () => {
    expect(verify({ maxAge: 60 }).claims.iat).toBe(NOW - 60);
    expect(refusalOf(() => verify({ maxAge: 59 }))).toMatchObject({ code: 'token_too_old', claim: 'iat', skew: 1 });
    expect(verify({ maxAge: 50, leeway: 10 }).claims.iat).toBe(NOW - 60);
    expect(refusalOf(() => verify({ maxAge: 60 }, { iat: undefined })))
      .toMatchObject({ code: 'claim_missing', claim: 'iat' });
    expect(code({ maxAge: 0 })).toBe('token_too_old');
  });

  it('maxLifetime counts from iat to exp', () => {
    expect(verify({ maxLifetime: 3660 }).claims.exp).toBe(NOW + 3600);
    expect(refusalOf(() => verify({ maxLifetime: 3659 }))).toMatchObject({ code: 'lifetime_too_long', claim: 'exp' });
    expect(refusalOf(() => verify({ maxLifetime: 60 }, { iat: undefined })))
      .toMatchObject({ code: 'claim_missing', claim: 'iat' });
  });

  it('subject must be equal', () => {
    expect(verify({ subject: 'user-1' }).claims.sub).toBe('user-1');
    expect(refusalOf(() => verify({ subject: 'user-2' }))).toMatchObject({ code: 'subject_mismatch', claim: 'sub' });
    expect(refusalOf(() => verify({ subject: 'user-1' }, { sub: undefined })))
      .toMatchObject({ code: 'claim_missing', claim: 'sub' });
  });
});
