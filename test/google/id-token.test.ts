import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeySet } from '../../src/jose/index.ts';
import { createGoogleVerifier, GOOGLE_ISSUERS, type GoogleVerifyOptions } from '../../src/google/index.ts';
import { jwkSet, publicJwk } from '../../spec-vectors/generate/keys.ts';
import { codeOf, mint, NOW, OPTIONS, refusalOf, untyped } from '../verifier/issuer.ts';

const CLIENT = '1234-abc.apps.googleusercontent.com';
const GOOGLE_OPTIONS = { audience: CLIENT, keys: OPTIONS.keys, clock: OPTIONS.clock };

type BoundTo = Pick<GoogleVerifyOptions, 'nonce' | 'accessToken'>;

/** An ID token like Google's, with other claims; one given as undefined is left out. */
const idToken = (claims: object = {}): string =>
  mint({ iss: 'https://accounts.google.com', aud: CLIENT, azp: CLIENT, sub: '110248495921238986420',
    email: 'user@gmail.com',
    email_verified: true, iat: NOW - 60, exp: NOW + 3540, ...claims });

const verify = (claims: object = {}, options: object = {}, call: BoundTo = {}) =>
  createGoogleVerifier({ ...GOOGLE_OPTIONS, ...options }).verifySync(idToken(claims), call);
const refusal = (...given: Parameters<typeof verify>) => {
  const { code, claim } = refusalOf(() => verify(...given));
  return `${code} ${claim ?? ''}`.trim();
};

describe('createGoogleVerifier', () => {
  it.each(['https://accounts.google.com', 'accounts.google.com'])('takes the issuer %s', (iss) => {
    expect(verify({ iss }).claims.iss).toBe(iss);
  });

  it.each(['http://accounts.google.com', 'https://accounts.google.com/', 'https://accounts.google.com.evil.example',
    'google.com', ''])(
    'takes no other issuer: %j',
    (iss) => expect(refusal({ iss })).toBe('issuer_not_allowed iss'),
  );

  it('names its two issuers in a list that cannot be changed', () => {
    expect(GOOGLE_ISSUERS).toEqual(['https://accounts.google.com', 'accounts.google.com']);
    expect(Object.isFrozen(GOOGLE_ISSUERS)).toBe(true);
  });

  it.each(['iss', 'sub', 'aud', 'exp', 'iat'])('demands %s', (claim) => {
    expect(refusal({ [claim]: undefined })).toBe(`claim_missing ${claim}`);
  });

  it('demands no more', () => {
    expect(verify({ azp: undefined, email: undefined, email_verified: undefined }).claims.sub)
      .toBe('110248495921238986420');
  });

  it('demands what the caller adds, beside its own', () => {
    expect(refusal({}, { requiredClaims: ['name'] })).toBe('claim_missing name');
    expect(refusal({ iat: undefined }, { requiredClaims: ['azp'] })).toBe('claim_missing iat');
  });

  it.each([
    ['azp', 1], ['azp', null], ['azp', [CLIENT]], ['email', true], ['email', null], ['email_verified', 'true'],
    ['email_verified', 1], ['email_verified', null], ['hd', ['example.com']], ['hd', null], ['nonce', 1],
    ['at_hash', {}], ['sub', 1],
  ])('asks for the type of %s, whether or not it is compared: %j', (claim, value) => {
    expect(refusal({ [claim]: value })).toBe(`claim_invalid ${claim}`);
  });

  it('takes RS256 alone', () => {
    const keys = createKeySet(jwkSet('rsa-1', 'ec-1'));
    const claims = { iss: 'https://accounts.google.com', aud: CLIENT };
    const verifier = createGoogleVerifier({ ...GOOGLE_OPTIONS, keys });
    for (const token of [mint(claims, 'ec-1'), mint(claims, 'rsa-1', { alg: 'PS256' }),
      mint(claims, 'rsa-1', { alg: 'RS512' })]) {
      expect(codeOf(() => verifier.verifySync(token))).toBe('algorithm_not_allowed');
    }
    expect(verifier.verifySync(mint(claims)).key).toEqual({ kid: 'rsa-1', alg: 'RS256' });
    const pss = createGoogleVerifier({ ...GOOGLE_OPTIONS, keys: createKeySet(publicJwk('rsa-1', { alg: 'PS256' })) });
    expect(codeOf(() => pss.verifySync(mint(claims, 'rsa-1', { alg: 'PS256' })))).toBe('algorithm_not_allowed');
  });

  it('caps the lifetime at a day, or at less', () => {
    expect(verify({ iat: NOW, exp: NOW + 86_400 }).claims.exp).toBe(NOW + 86_400);
    expect(refusal({ iat: NOW, exp: NOW + 86_401 })).toBe('lifetime_too_long exp');
    expect(refusal({ exp: NOW * 1000 })).toBe('lifetime_too_long exp');
    expect(refusal({}, { maxLifetime: 3599 })).toBe('lifetime_too_long exp');
    expect(verify({}, { maxLifetime: 3600 }).claims.exp).toBe(NOW + 3540);
  });

  it('asks for the times as any verifier does', () => {
    expect(refusal({ exp: NOW })).toBe('token_expired exp');
    expect(refusal({ iat: NOW + 31, exp: NOW + 60 })).toBe('token_issued_in_future iat');
    expect(verify({ iat: NOW + 30, exp: NOW + 60 }).claims.iat).toBe(NOW + 30);
    expect(refusal({ iat: NOW + 1, exp: NOW + 60 }, { leeway: 0 })).toBe('token_issued_in_future iat');
    expect(refusal({ nbf: NOW + 31 })).toBe('token_not_yet_valid nbf');
    expect(refusal({}, { maxAge: 59 })).toBe('token_too_old iat');
  });

  it('passes subject, checks and maxTokenLength on', () => {
    expect(refusal({}, { subject: 'another' })).toBe('subject_mismatch sub');
    expect(refusal({}, { checks: { never: () => false } })).toBe('check_failed');
    expect(refusal({}, { maxTokenLength: 100 })).toBe('token_too_long');
  });
});

describe('the audience', () => {
  const OTHER = 'other.apps.googleusercontent.com';

  it('is one of those configured', () => {
    expect(verify({ aud: OTHER }, { audience: [CLIENT, OTHER] }).claims.aud).toBe(OTHER);
    expect(refusal({ aud: OTHER })).toBe('audience_not_allowed aud');
  });

  it('may be an array only if every member is configured', () => {
    expect(verify({ aud: [CLIENT] }).claims.aud).toEqual([CLIENT]);
    expect(verify({ aud: [CLIENT, OTHER] }, { audience: [CLIENT, OTHER] }).claims.aud).toEqual([CLIENT, OTHER]);
    for (const aud of [[], [OTHER], [CLIENT, OTHER], [OTHER, CLIENT], [CLIENT, '']]) expect(refusal({ aud }))
      .toBe('audience_not_allowed aud');
  });

  it('needs an azp if it has several members', () => {
    const audience = [CLIENT, OTHER];
    expect(refusal({ aud: [CLIENT, OTHER], azp: undefined }, { audience })).toBe('claim_missing azp');
    expect(refusal({ aud: [CLIENT, CLIENT], azp: undefined })).toBe('claim_missing azp');
    expect(verify({ aud: [CLIENT], azp: undefined }).claims.azp).toBeUndefined();
  });
});

describe('authorizedParty, hostedDomain, requireVerifiedEmail', () => {
  it('azp is compared only with authorizedParty', () => {
    expect(verify({ azp: 'anyone' }).claims.azp).toBe('anyone');
    const options = { authorizedParty: ['android', 'ios'] };
    expect(verify({ azp: 'ios' }, options).claims.azp).toBe('ios');
    expect(verify({ azp: 'ios' }, { authorizedParty: 'ios' }).claims.azp).toBe('ios');
    for (const azp of [undefined, CLIENT, 'IOS', '']) expect(refusal({ azp }, options))
      .toBe('authorized_party_not_allowed azp');
  });

  it('hd is compared only with hostedDomain', () => {
    expect(verify({ hd: 'anything.example' }).claims.hd).toBe('anything.example');
    const options = { hostedDomain: ['example.com', 'example.org'] };
    expect(verify({ hd: 'example.org' }, options).claims.hd).toBe('example.org');
    expect(verify({ hd: 'example.org' }, { hostedDomain: 'example.org' }).claims.hd).toBe('example.org');
    for (const hd of [undefined, '', 'evil.example', 'sub.example.com', 'EXAMPLE.COM', '*']) {
      expect(refusal({ hd, email: 'user@example.com' }, options)).toBe('hosted_domain_not_allowed hd');
    }
  });

  it('email_verified is asked for on request, and only true will do', () => {
    expect(verify({ email_verified: false }).claims.email_verified).toBe(false);
    expect(verify({}, { requireVerifiedEmail: true }).claims.email_verified).toBe(true);
    expect(refusal({ email_verified: false }, { requireVerifiedEmail: true }))
      .toBe('email_not_verified email_verified');
    expect(refusal({ email_verified: undefined }, { requireVerifiedEmail: true }))
      .toBe('email_not_verified email_verified');
    expect(refusal({ email_verified: 'true' }, { requireVerifiedEmail: true })).toBe('claim_invalid email_verified');
  });
});

describe('nonce and accessToken, per call', () => {
  // OIDC Core A.3 and A.4.
  const accessToken = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';

  it('nonce must be there and equal, when it is given', () => {
    expect(verify({ nonce: 'n-0S6' }, {}, { nonce: 'n-0S6' }).claims.nonce).toBe('n-0S6');
    expect(verify({ nonce: 'n-0S6' }).claims.nonce).toBe('n-0S6');
    expect(refusal({ nonce: 'n-0S6' }, {}, { nonce: 'n-0S7' })).toBe('nonce_mismatch nonce');
    expect(refusal({}, {}, { nonce: 'n-0S6' })).toBe('nonce_mismatch nonce');
    expect(refusal({ nonce: '' }, {}, { nonce: 'n-0S6' })).toBe('nonce_mismatch nonce');
  });

  it('at_hash must be there and fit, when the access token is given', () => {
    const at_hash = '77QmUPtjPfzWtF2AnpK9RQ';
    expect(createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url')).toBe(at_hash);
    expect(verify({ at_hash }, {}, { accessToken }).claims.at_hash).toBe(at_hash);
    expect(verify({ at_hash: 'anything' }).claims.at_hash).toBe('anything');
    for (const wrong of [undefined, '', `${at_hash}==`, at_hash.slice(0, -1),
      createHash('sha256').update(accessToken).digest('base64url')]) {
      expect(refusal({ at_hash: wrong }, {}, { accessToken })).toBe('access_token_mismatch at_hash');
    }
    expect(refusal({ at_hash }, {}, { accessToken: `${accessToken}x` })).toBe('access_token_mismatch at_hash');
  });

  it.each(['nonce', 'accessToken'])('must be a string that says something: %s', async (name) => {
    const verifier = createGoogleVerifier(GOOGLE_OPTIONS);
    for (const value of [undefined, null, '', 1, ['x'], {}]) {
      const options = untyped<BoundTo>({ [name]: value });
      expect(() => verifier.verifySync(idToken(), options)).toThrow(TypeError);
      expect(() => verifier.tryVerifySync(idToken(), options)).toThrow(TypeError);
      await expect(verifier.verify(idToken(), options)).rejects.toThrow(TypeError);
      await expect(verifier.tryVerify(idToken(), options)).rejects.toThrow(TypeError);
    }
  });

  it('hold for every variant', async () => {
    const verifier = createGoogleVerifier(GOOGLE_OPTIONS);
    const token = idToken({ nonce: 'right' });
    expect(verifier.tryVerifySync(token, { nonce: 'wrong' })).toBeUndefined();
    expect(await verifier.tryVerify(token, { nonce: 'wrong' })).toBeUndefined();
    await expect(verifier.verify(token, { nonce: 'wrong', forceKeyRefresh: true })).rejects
      .toMatchObject({ code: 'nonce_mismatch' });
    expect((await verifier.tryVerify(token, { nonce: 'right' }))?.claims.nonce).toBe('right');
  });

  it('must be spelt right', () => {
    for (const options of [{ nounce: 'x' }, { access_token: 'x' }, { Nonce: 'x' }]) {
      expect(() => createGoogleVerifier(GOOGLE_OPTIONS).verifySync(idToken(), untyped(options))).toThrow(TypeError);
    }
  });
});

describe('the order of the rules', () => {
  it('is: types, presence, times, issuer, audience, then what is Google\'s own, then checks', () => {
    const bad = {
      email_verified: false, azp: 'x', hd: 'x', nonce: 'x', at_hash: 'x', aud: ['x', 'y'], iss: 'x', exp: NOW,
    };
    const options = {
      authorizedParty: 'a', hostedDomain: 'h', requireVerifiedEmail: true, checks: { never: () => false },
      audience: [CLIENT, 'z'],
    };
    const call = { nonce: 'n', accessToken: 'a' };
    const fixes: readonly (readonly [expected: string, fix: object])[] = [
      ['token_expired exp', { exp: NOW + 60 }],
      ['issuer_not_allowed iss', { iss: 'accounts.google.com' }],
      ['audience_not_allowed aud', { aud: [CLIENT, 'y'] }],
      ['audience_not_allowed aud', { aud: [CLIENT, 'z'] }],
      ['authorized_party_not_allowed azp', { azp: 'a' }],
      ['hosted_domain_not_allowed hd', { hd: 'h' }],
      ['email_not_verified email_verified', { email_verified: true }],
      ['nonce_mismatch nonce', { nonce: 'n' }],
      ['access_token_mismatch at_hash', { at_hash: createHash('sha256').update('a').digest().subarray(0, 16)
        .toString('base64url') }],
      ['check_failed', {}],
    ];
    let claims: object = bad;
    for (const [expected, fix] of fixes) {
      expect(refusal(claims, options, call)).toBe(expected);
      claims = { ...claims, ...fix };
    }
  });
});
