import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createKeySet, signJwt, type KeySetInput } from '../../src/jose/index.ts';
import { createGoogleVerifier } from '../../src/google/index.ts';
import { certificatePem } from '../../spec-vectors/generate/certificate.ts';
import { jwkSet, privateKey } from '../../spec-vectors/generate/keys.ts';
import { codeOf, NOW, refusalOf } from '../verifier/issuer.ts';

/** A token, the keys of its issuer in both forms, and times to ask at. Seconds. */
interface SignedToken {
  readonly token: string;
  readonly jwks: object;
  readonly x509: Readonly<Record<string, string>>;
  readonly audience: string;
  readonly validAt: number;
  readonly tooEarly: number;
  readonly expiredAt: number;
}

/** One that is like Google's in every claim, from keys and a certificate of our own. */
function mintedToken(): SignedToken {
  const audience = 'https://example.com/path';
  const claims = {
    aud: audience, azp: 'robot@project.iam.gserviceaccount.com', email: 'robot@project.iam.gserviceaccount.com',
    email_verified: true, exp: NOW + 3600, iat: NOW, iss: 'https://accounts.google.com', sub: '110248495921238986420',
  };
  return {
    token: signJwt(claims, privateKey('rsa-1'), { kid: 'rsa-1' }),
    jwks: jwkSet('rsa-1', 'rsa-2'),
    x509: { 'rsa-1': certificatePem('rsa-1', NOW - 86_400, NOW + 86_400),
      'rsa-2': certificatePem('rsa-2', NOW - 86_400, NOW + 86_400) },
    audience, validAt: NOW + 60, tooEarly: NOW - 3600, expiredAt: NOW + 3600,
  };
}

function suite(name: string, { token, jwks, x509, audience, validAt, tooEarly, expiredAt }: SignedToken): void {
  describe.each<[string, KeySetInput]>([['a JWK Set', jwks], ['an X.509 map', x509]])(`${name} with %s`, (_, input) => {
    const keys = createKeySet(input);
    const at = (now: number, options: object = {}) =>
      createGoogleVerifier({ audience, keys, clock: () => now, ...options });

    it('is accepted in its time', async () => {
      const { claims, key } = await at(validAt).verify(token);
      expect(claims).toMatchObject({ aud: audience, iss: 'https://accounts.google.com', email_verified: true });
      expect(key.alg).toBe('RS256');
      expect(keys.keys.map(({ kid }) => kid)).toContain(key.kid);
    });

    it('is refused before', () => {
      const error = refusalOf(() => at(tooEarly).verifySync(token));
      expect(error).toMatchObject({ code: 'token_issued_in_future', claim: 'iat', rule: 'RFC 7519 §4.1.6' });
      expect(error.skew).toBe(3600);
    });

    it('is refused after', () => {
      const error = refusalOf(() => at(expiredAt).verifySync(token));
      expect(error).toMatchObject({ code: 'token_expired', claim: 'exp', rule: 'RFC 7519 §4.1.4' });
    });

    it('is refused for another audience', () => {
      expect(codeOf(() => at(validAt, { audience: 'https://example.com/other' }).verifySync(token)))
        .toBe('audience_not_allowed');
    });

    it('is refused with one character of the signature changed, wherever', () => {
      const start = token.lastIndexOf('.') + 1;
      for (const index of [start, start + 1, start + 100, token.length - 2, token.length - 1]) {
        const other = token[index] === 'A' ? 'B' : 'A';
        const changed = `${token.slice(0, index)}${other}${token.slice(index + 1)}`;
        expect(['signature_invalid', 'invalid_base64url']).toContain(codeOf(() => at(validAt).verifySync(changed)));
      }
    });

    it('is refused by keys that are not its own', () => {
      const others = createKeySet(jwkSet('rsa-2', 'rsa-4096'));
      expect(codeOf(() => at(validAt, { keys: others }).verifySync(token))).toBe('key_not_found');
    });
  });

  it(`${name}: the certificate serves only within its dates`, () => {
    const now = validAt + 40 * 86_400;
    const verifier = (ignoreCertificateDates: boolean) =>
      createGoogleVerifier({ audience, keys: createKeySet(x509, { ignoreCertificateDates }), clock: () => now });
    expect(codeOf(() => verifier(false).verifySync(token))).toBe('key_unusable');
    expect(codeOf(() => verifier(true).verifySync(token))).toBe('token_expired');
  });
}

suite('a minted token', mintedToken());

const REAL = new URL('../../../shared/data/google-signed-id-token.json', import.meta.url);
if (existsSync(REAL)) suite('a token that Google signed', JSON.parse(readFileSync(REAL, 'utf8')) as SignedToken);
else console.log('skipped: the token that Google signed, because ../shared/data has no google-signed-id-token.json');
