import { describe, expect, it } from 'vitest';
import { createKeySet } from '../../src/jose/index.ts';
import { createGoogleIapVerifier } from '../../src/google/index.ts';
import { jwkSet } from '../../spec-vectors/generate/keys.ts';
import { codeOf, mint, NOW, OPTIONS, refusalOf, untyped } from '../verifier/issuer.ts';

const AUDIENCE = '/projects/123456/apps/my-project';
const keys = createKeySet(jwkSet('ec-1', 'rsa-1'));
const verifier = createGoogleIapVerifier({ audience: AUDIENCE, keys, clock: OPTIONS.clock });

const CLAIMS = { iss: 'https://cloud.google.com/iap', aud: AUDIENCE, sub: 'accounts.google.com:1102', iat: NOW - 10,
  exp: NOW + 590 };
const assertion = (claims: object = {}, key = 'ec-1'): string => mint({ ...CLAIMS, ...claims }, key);

describe('createGoogleIapVerifier', () => {
  it('accepts the assertion of the proxy', () => {
    const { claims, key } = verifier.verifySync(assertion({ email: 'accounts.google.com:user@example.com',
      hd: 'example.com' }));
    expect(claims.sub).toBe('accounts.google.com:1102');
    expect(key).toEqual({ kid: 'ec-1', alg: 'ES256' });
  });

  it('takes ES256 alone', () => {
    expect(codeOf(() => verifier.verifySync(assertion({}, 'rsa-1')))).toBe('algorithm_not_allowed');
  });

  it('takes its one issuer: a Google ID token is another token', () => {
    for (const iss of ['https://accounts.google.com', 'https://cloud.google.com/iap/', 'cloud.google.com/iap']) {
      expect(codeOf(() => verifier.verifySync(assertion({ iss })))).toBe('issuer_not_allowed');
    }
  });

  it('takes the audience of your backend', () => {
    expect(codeOf(() => verifier.verifySync(assertion({ aud: '/projects/123456/apps/another' }))))
      .toBe('audience_not_allowed');
  });

  it.each(['iss', 'aud', 'exp', 'iat', 'sub'])('demands %s', (claim) => {
    expect(refusalOf(() => verifier.verifySync(assertion({ [claim]: undefined }))))
      .toMatchObject({ code: 'claim_missing', claim });
  });

  it.each([['email', 1], ['email', null], ['hd', ['example.com']]])('promises the type of %s, and asks for it: %j',
    (claim, value) => {
    expect(refusalOf(() => verifier.verifySync(assertion({ [claim]: value }))))
      .toMatchObject({ code: 'claim_invalid', claim });
  });

  it('asks for the times, and caps the lifetime at a day', () => {
    expect(codeOf(() => verifier.verifySync(assertion({ exp: NOW })))).toBe('token_expired');
    expect(codeOf(() => verifier.verifySync(assertion({ exp: NOW + 86_400 })))).toBe('lifetime_too_long');
  });

  it('knows no nonce, no other algorithms and no unchecked audience', () => {
    expect(() => verifier.verifySync(assertion(), untyped({ nonce: 'x' }))).toThrow(TypeError);
    for (const options of [{ algorithms: ['RS256'] }, { issuer: 'x' }, { hostedDomain: 'x' }, { audience: null },
      { audience: undefined }]) {
      expect(() => createGoogleIapVerifier(untyped({ audience: AUDIENCE, keys, ...options }))).toThrow(TypeError);
    }
  });
});
