import { describe, expect, it } from 'vitest';
import { readUnverified } from '../../src/jose/index.ts';
import {
  createServiceAccountVerifier,
  signServiceAccountAssertion,
  type ServiceAccountAssertion,
} from '../../src/google/index.ts';
import { privateKey, storedKey } from '../../spec-vectors/generate/keys.ts';
import { codeOf, KEYS, mint, NOW, refusalOf, untyped } from '../verifier/issuer.ts';

const EMAIL = 'robot@project.iam.gserviceaccount.com';
const ACCOUNT = { email: EMAIL, privateKey: privateKey('rsa-1'), keyId: 'rsa-1', clock: () => NOW + 0.9 };
const verifier = createServiceAccountVerifier({ email: EMAIL, audience: 'my-api', keys: KEYS, clock: () => NOW });

describe('signServiceAccountAssertion', () => {
  it('signs what Google exchanges for an access token', () => {
    const scope = ['https://www.googleapis.com/auth/devstorage.read_only',
      'https://www.googleapis.com/auth/cloud-platform'];
    const { header, claims } = readUnverified(signServiceAccountAssertion({ ...ACCOUNT, scope,
      subject: 'user@example.com', prn: 'old@example.com' }));
    expect(header).toEqual({ alg: 'RS256', kid: 'rsa-1', typ: 'JWT' });
    expect(claims).toEqual({
      iss: EMAIL, scope: scope.join(' '), aud: 'https://oauth2.googleapis.com/token', iat: NOW, exp: NOW + 3600,
      sub: 'user@example.com', prn: 'old@example.com',
    });
  });

  it('takes the key as PEM, as in the JSON file of an account, or as JWK', () => {
    const pem = ACCOUNT.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    for (const key of [pem, storedKey('rsa-1')]) {
      expect(signServiceAccountAssertion({ ...ACCOUNT, privateKey: key })).toBe(signServiceAccountAssertion(ACCOUNT));
    }
  });

  it('is accepted by createServiceAccountVerifier when the account speaks for itself', async () => {
    const token = signServiceAccountAssertion({ ...ACCOUNT, audience: 'my-api', subject: EMAIL, scope: 'a b' });
    const { claims, key } = await verifier.verify(token);
    expect(claims).toEqual({ iss: EMAIL, sub: EMAIL, aud: 'my-api', scope: 'a b', iat: NOW, exp: NOW + 3600 });
    expect(key).toEqual({ kid: 'rsa-1', alg: 'RS256' });
  });

  it.each([
    ['email', [undefined, null, '', 1]], ['privateKey',
      [undefined, null, '', 'not a key', privateKey('ec-1'), privateKey('ed-1')]],
    ['keyId', [undefined, null, '', 1]], ['scope', [undefined, null, '', [], [''], [1], 1]],
    ['audience', [undefined, null, '', ['a']]],
    ['subject', [undefined, null, '', 1]], ['prn', [undefined, null, '', 1]],
    ['lifetime', [undefined, null, 0, -1, 3601, NaN, '3600']],
    ['clock', [undefined, null, 1, () => NaN, () => NOW * 1000]], ['audiance', ['x']],
  ])('refuses a wrong %s', (name, values) => {
    for (const value of values) {
      const options = untyped<ServiceAccountAssertion>({ ...ACCOUNT, [name]: value });
      expect(() => signServiceAccountAssertion(options), String(value)).toThrow(TypeError);
    }
  });

  it('needs email and key', () => {
    const { email: _email, ...noEmail } = ACCOUNT;
    const { privateKey: _key, ...noKey } = ACCOUNT;
    for (const options of [noEmail, noKey, undefined, null, []]) {
      expect(() => signServiceAccountAssertion(untyped(options))).toThrow(TypeError);
    }
  });
});

describe('createServiceAccountVerifier', () => {
  const bySelf = (claims: object = {}): string => mint({ iss: EMAIL, sub: EMAIL, aud: 'my-api', ...claims });

  it('refuses an account that speaks for another', () => {
    expect(codeOf(() => verifier.verifySync(bySelf({ sub: 'user@example.com' })))).toBe('subject_mismatch');
    expect(refusalOf(() => verifier.verifySync(bySelf({ sub: undefined }))))
      .toMatchObject({ code: 'claim_missing', claim: 'sub' });
    expect(codeOf(() => verifier.verifySync(bySelf({ iss: 'other@project.iam.gserviceaccount.com' }))))
      .toBe('issuer_not_allowed');
    const delegated = signServiceAccountAssertion({ ...ACCOUNT, audience: 'my-api', subject: 'user@example.com' });
    expect(codeOf(() => verifier.verifySync(delegated))).toBe('subject_mismatch');
  });

  it('refuses an assertion that was meant for Google', () => {
    expect(codeOf(() => verifier.verifySync(signServiceAccountAssertion({ ...ACCOUNT, subject: EMAIL }))))
      .toBe('audience_not_allowed');
  });

  it('demands iat, and caps the lifetime', () => {
    expect(refusalOf(() => verifier.verifySync(bySelf({ iat: undefined }))))
      .toMatchObject({ code: 'claim_missing', claim: 'iat' });
    expect(codeOf(() => verifier.verifySync(bySelf({ exp: NOW + 86_400 })))).toBe('lifetime_too_long');
  });

  it.each([['scope', 1], ['scope', ['a']], ['prn', null]])('promises the type of %s, and asks for it: %j',
    (claim, value) => {
    expect(refusalOf(() => verifier.verifySync(bySelf({ [claim]: value }))))
      .toMatchObject({ code: 'claim_invalid', claim });
  });

  it('has its subject settled, and its e-mail given', () => {
    const options = { email: EMAIL, audience: 'my-api', keys: KEYS };
    for (const own of [{ subject: EMAIL }, { issuer: EMAIL }, { email: '' }, { email: undefined }, { email: null },
      { audience: null }]) {
      expect(() => createServiceAccountVerifier(untyped({ ...options, ...own }))).toThrow(TypeError);
    }
  });
});
