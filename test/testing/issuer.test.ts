import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createGoogleIapVerifier, createServiceAccountVerifier } from '../../src/google/index.ts';
import { createKeySet, readUnverified } from '../../src/jose/index.ts';
import { createFakeClock, createTestIssuer } from '../../src/testing/index.ts';

const START = 1_700_000_000;

// Generated once: a tenth of a second.
const rsa = [generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey];

describe('what is published', () => {
  test("looks like Google's", () => {
    const issuer = createTestIssuer({ clock: createFakeClock(START), keys: rsa });
    expect(issuer.kid).toMatch(/^[0-9a-f]{40}$/);
    const [jwk = {}] = issuer.jwks.keys;
    expect(Object.keys(jwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(jwk).toMatchObject({ kid: issuer.kid, kty: 'RSA', alg: 'RS256', use: 'sig', e: 'AQAB' });
    const certificate = new X509Certificate(issuer.certificates[issuer.kid] ?? '');
    expect(certificate.checkIssued(certificate)).toBe(true);
    expect(certificate.subject).toBe('CN=https://accounts.google.com');
    expect(Date.parse(certificate.validFrom) / 1000).toBe(START - 86_400);
    expect(Date.parse(certificate.validTo) / 1000).toBe(START + 365 * 86_400);
  });

  test('never has a private member', () => {
    for (const alg of ['RS256', 'ES256', 'EdDSA'] as const) {
      const text = JSON.stringify(createTestIssuer({ alg, keys: alg === 'RS256' ? rsa : [] }).jwks);
      expect(text).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
    }
  });

  test.each([
    [
      'https://accounts.google.com',
      'https://www.googleapis.com/oauth2/v3/certs',
      'https://www.googleapis.com/oauth2/v1/certs',
    ],
    [
      'https://cloud.google.com/iap',
      'https://www.gstatic.com/iap/verify/public_key-jwk',
      'https://www.gstatic.com/iap/verify/public_key',
    ],
    [
      'robot@project.iam.gserviceaccount.com',
      'https://www.googleapis.com/service_accounts/v1/jwk/robot@project.iam.gserviceaccount.com',
      'https://www.googleapis.com/service_accounts/v1/metadata/x509/robot@project.iam.gserviceaccount.com',
    ],
    ['https://issuer.example/tenant', 'https://issuer.example/tenant/certs', 'https://issuer.example/tenant/x509'],
    ['https://issuer.example/', 'https://issuer.example/certs', 'https://issuer.example/x509'],
  ])('%s publishes where it is expected to', async (name, jwksUri, certificatesUri) => {
    const issuer = createTestIssuer({ issuer: name, alg: 'ES256' });
    expect(issuer).toMatchObject({ issuer: name, jwksUri, certificatesUri });
    expect(await (await issuer.fetch(jwksUri)).json()).toEqual(issuer.jwks);
    expect(await (await issuer.fetch(certificatesUri)).json()).toEqual(issuer.certificates);
    const document: unknown = await (await issuer.fetch(issuer.discoveryUri)).json();
    const algorithms = { id_token_signing_alg_values_supported: ['ES256'] };
    expect(document).toMatchObject({ issuer: name, jwks_uri: jwksUri, ...algorithms });
  });

  test('discovery lies where OpenID Connect Discovery §4 says, a slash at the end dropped', () => {
    const at = (issuer: string): string => createTestIssuer({ issuer }).discoveryUri;
    expect(at('https://accounts.google.com')).toBe('https://accounts.google.com/.well-known/openid-configuration');
    expect(at('https://issuer.example/')).toBe('https://issuer.example/.well-known/openid-configuration');
    expect(at('https://issuer.example/t')).toBe('https://issuer.example/t/.well-known/openid-configuration');
  });
});

describe('other presets', () => {
  test('the Identity-Aware Proxy', () => {
    const audience = '/projects/1/apps/a';
    const issuer = createTestIssuer({ issuer: 'https://cloud.google.com/iap', alg: 'ES256', audience });
    const iap = createGoogleIapVerifier({ audience, keys: issuer.keys, clock: issuer.clock });
    expect(iap.verifySync(issuer.mint()).key.alg).toBe('ES256');
  });

  test('a service account, whose subject is the issuer itself', () => {
    const email = 'robot@project.iam.gserviceaccount.com';
    const issuer = createTestIssuer({ issuer: email, keys: rsa });
    const options = { email, audience: issuer.audience, clock: issuer.clock };
    for (const keys of [issuer.keys, createKeySet(issuer.certificates)]) {
      const { claims } = createServiceAccountVerifier({ ...options, keys }).verifySync(issuer.mint());
      expect(claims).toMatchObject({ iss: email, sub: email });
      expect(Object.hasOwn(claims, 'email')).toBe(false);
    }
  });
});

describe('options', () => {
  test('a clock of the caller\'s is used as it is, and held to seconds', () => {
    let now = START;
    const clock = (): number => now;
    const issuer = createTestIssuer({ alg: 'EdDSA', clock });
    expect(issuer.clock).toBe(clock);
    expect(readUnverified(issuer.mint()).claims.iat).toBe(START);
    now *= 1000;
    expect(() => issuer.mint()).toThrow(TypeError);
  });

  test('keys may be KeyObjects, PEMs and JWKs', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const forms = [privateKey, pem, privateKey.export({ format: 'jwk' })];
    const kids = forms.map((key) => createTestIssuer({ alg: 'EdDSA', keys: [key] }).kid);
    expect(new Set(kids).size).toBe(1);
  });

  test('cacheControl can be given and set', async () => {
    const issuer = createTestIssuer({ alg: 'EdDSA', cacheControl: { maxAge: 60, age: 7 } });
    const headers = async () => (await issuer.fetch(issuer.jwksUri)).headers;
    expect((await headers()).get('cache-control')).toBe('public, max-age=60');
    expect((await headers()).get('age')).toBe('7');
    issuer.cacheControl = { maxAge: 315_360_000 };
    expect((await headers()).get('cache-control')).toBe('public, max-age=315360000');
    expect((await headers()).has('age')).toBe(false);
    issuer.cacheControl = null;
    expect((await headers()).has('cache-control')).toBe(false);
    expect(issuer.cacheControl).toBe(null);
    expect(() => Object.assign(issuer, { cacheControl: { maxAge: -1 } })).toThrow(TypeError);
  });

  const secret = { kty: 'oct', k: 'A'.repeat(43) };
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  test.each<[string, object]>([
    ['an unknown name', { audiance: 'x' }],
    ['an undefined value', { issuer: undefined }],
    ['an issuer that is no URL', { issuer: 'issuer.example' }],
    ['an issuer of another scheme', { issuer: 'ftp://issuer.example' }],
    ['an issuer with a query', { issuer: 'https://issuer.example/?x' }],
    ['an issuer with a fragment', { issuer: 'https://issuer.example/#x' }],
    ['an empty audience', { audience: '' }],
    ['a clock that is no function', { clock: 5 }],
    ['an algorithm that is not offered', { alg: 'HS256' }],
    ['keys that are no array', { keys: 'pem' }],
    ['a key for another algorithm', { alg: 'ES256', keys: rsa }],
    ['a curve for another algorithm', { alg: 'ES256', keys: [p384] }],
    ['a public key', { alg: 'EdDSA', keys: [generateKeyPairSync('ed25519').publicKey] }],
    ['a weak key', { keys: [weak] }],
    ['a secret', { keys: [secret] }],
    ['a key that is none', { keys: ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'] }],
    ['a key of a wrong type', { keys: [5] }],
    ['a cache lifetime that is no number', { cacheControl: { maxAge: '1h' } }],
    ['an unknown name under cacheControl', { cacheControl: { maxAge: 1, noStore: true } }],
  ])('refuses %s', (_, options) => {
    expect(() => createTestIssuer(options)).toThrow(TypeError);
  });

  test('what is refused is not quoted', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----';
    expect(() => createTestIssuer({ keys: [pem] })).toThrow(/^"keys" has a key that cannot be read as a private key$/);
  });

  test('fail takes the modes it knows', () => {
    const issuer = createTestIssuer({ alg: 'EdDSA' });
    expect(() => (issuer.fail as (mode: unknown) => void)('slow')).toThrow(TypeError);
    expect(issuer.failing).toBe('none');
    issuer.fail('down');
    expect(issuer.failing).toBe('down');
  });
});
