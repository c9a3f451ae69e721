import { describe, expect, it } from 'vitest';
import {
  createGoogleIapVerifier,
  createGoogleVerifier,
  createServiceAccountVerifier,
  serviceAccountKeys,
  signServiceAccountAssertion,
} from '../../src/google/index.ts';
import { readUnverified } from '../../src/jose/index.ts';
import { privateKey } from '../../spec-vectors/generate/keys.ts';
import { AUDIENCE, mint, NOW, OPTIONS, refusalOf, untyped } from '../verifier/issuer.ts';

const { keys, clock } = OPTIONS;
const EMAIL = 'robot@project.iam.gserviceaccount.com';
const GOOGLE = { audience: AUDIENCE, keys, clock };
const ACCOUNT = { email: EMAIL, privateKey: privateKey('rsa-1'), clock };

describe('a refusal by a rule of Google names the section', () => {
  const idToken = { iss: 'https://accounts.google.com', azp: AUDIENCE };
  const google = (claims: object, options: object = {}, call: object = {}) =>
    createGoogleVerifier({ ...GOOGLE, ...options }).verifySync(mint({ ...idToken, ...claims }), untyped(call));
  const account = (claims: object) => createServiceAccountVerifier({ ...GOOGLE, email: EMAIL })
    .verifySync(mint({ iss: EMAIL, sub: EMAIL, ...claims }));

  it.each<[section: string, claim: string, run: () => unknown]>([
    ['OIDC Core §2', 'azp', () => google({ azp: 1 })],
    ['OIDC Core §5.1', 'email', () => google({ email: 1 })],
    ['OIDC Core §5.1', 'email_verified', () => google({ email_verified: 'true' })],
    ['OIDC Core §5.1.2', 'hd', () => google({ hd: 1 })],
    ['OIDC Core §2', 'nonce', () => google({ nonce: 1 })],
    ['OIDC Core §3.1.3.6', 'at_hash', () => google({ at_hash: 1 })],
    ['OIDC Core §3.1.3.7 step 3', 'aud', () => google({ aud: [AUDIENCE, 'another'] })],
    ['OIDC Core §3.1.3.7 step 4', 'azp', () => google({ aud: [AUDIENCE, AUDIENCE], azp: undefined })],
    ['OIDC Core §3.1.3.7 step 5', 'azp', () => google({ azp: 'another' }, { authorizedParty: AUDIENCE })],
    ['OIDC Core §5.1.2', 'hd', () => google({ hd: 'another' }, { hostedDomain: 'example.com' })],
    ['OIDC Core §5.1', 'email_verified', () => google({ email_verified: false }, { requireVerifiedEmail: true })],
    ['OIDC Core §3.1.3.7 step 11', 'nonce', () => google({ nonce: 'another' }, {}, { nonce: 'n' })],
    ['OIDC Core §3.1.3.8', 'at_hash', () => google({ at_hash: 'another' }, {}, { accessToken: 'a' })],
    ['RFC 8693 §4.2', 'scope', () => account({ scope: 1 })],
    ['RFC 7519 §4.3', 'prn', () => account({ prn: 1 })],
  ])('%s, of %s', (rule, claim, run) => {
    expect(refusalOf(run)).toMatchObject({ rule, claim });
  });
});

describe('a mistake in the options is named', () => {
  const google = (options: object) => () => createGoogleVerifier(untyped({ ...GOOGLE, ...options }));
  const sign = (options: object) => () => signServiceAccountAssertion(untyped({ ...ACCOUNT, ...options }));

  it.each<[name: string, run: () => unknown]>([
    ['createGoogleVerifier', google({ audiance: 'x' })],
    ['"audience"', google({ audience: null })],
    ['"maxLifetime"', google({ maxLifetime: 86_401 })],
    ['"hostedDomain"', google({ hostedDomain: '' })],
    ['"authorizedParty"', google({ authorizedParty: '' })],
    ['"requireVerifiedEmail"', google({ requireVerifiedEmail: 1 })],
    ['createGoogleIapVerifier', () => createGoogleIapVerifier(untyped({ ...GOOGLE, audiance: 'x' }))],
    ['serviceAccountKeys', () => serviceAccountKeys(EMAIL, untyped({ formt: 'jwk' }))],
    ['"email"', () => serviceAccountKeys('')],
    ['createServiceAccountVerifier', () => createServiceAccountVerifier(untyped({ ...GOOGLE, audiance: 'x' }))],
    ['"email"', () => createServiceAccountVerifier({ ...GOOGLE, email: '' })],
    ['signServiceAccountAssertion', sign({ audiance: 'x' })],
    ['"email"', sign({ email: '' })],
    ['"keyId"', sign({ keyId: '' })],
    ['"scope"', sign({ scope: '' })],
    ['"audience"', sign({ audience: '' })],
    ['"subject"', sign({ subject: '' })],
    ['"prn"', sign({ prn: '' })],
    ['"lifetime"', sign({ lifetime: 3601 })],
  ])('%s', (name, run) => {
    expect(run).toThrow(TypeError);
    expect(run).toThrow(name);
  });
});

describe('signServiceAccountAssertion', () => {
  it('signs without a key ID where none is given, and for as long as it is told', () => {
    const { header, claims } = readUnverified(signServiceAccountAssertion({ ...ACCOUNT, lifetime: 60 }));
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(claims).toMatchObject({ iat: NOW, exp: NOW + 60 });
  });
});
