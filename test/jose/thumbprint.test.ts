import { describe, expect, it } from 'vitest';
import { thumbprint } from '../../src/jose/jwk.ts';
import { ED_1, P256, P384, RSA_1, SECRET } from './keys.ts';
import { base64url } from './octets.ts';
import { refusalOf } from './refusal.ts';

const RSA = RSA_1.jwk;
const EC = P256.jwk;
const OKP = ED_1.jwk;

/** RFC 7517 A.1, whose thumbprint is in RFC 7638 §3.1. */
const RFC_7638_JWK = {
  kty: 'RSA',
  n:
    '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB' +
    'ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8' +
    'KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_' +
    'xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
  e: 'AQAB',
  alg: 'RS256',
  kid: '2011-04-29',
};

/** RFC 8037 A.2, whose thumbprint is in A.3. */
const RFC_8037_JWK = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

describe('thumbprint (RFC 7638)', () => {
  it('is the one of RFC 7638 §3.1', () => {
    expect(thumbprint(RFC_7638_JWK)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });

  it('is the one of RFC 8037 A.3', () => {
    expect(thumbprint(RFC_8037_JWK)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it.each([
    ['RSA', RSA, ['e', 'kty', 'n']], ['EC', P384.jwk, ['crv', 'kty', 'x', 'y']], ['OKP', OKP, ['crv', 'kty', 'x']],
    ['oct', SECRET, ['k', 'kty']],
  ] as [string, Record<string, unknown>, string[]][])('of %s covers what is required (§3.2)', async (_, jwk, names) => {
    const json = `{${names.map((name) => `"${name}":${JSON.stringify(jwk[name])}`).join(',')}}`;
    const digest = await crypto.subtle.digest('SHA-256', Buffer.from(json));
    expect(thumbprint(jwk)).toBe(base64url(new Uint8Array(digest)));
  });

  it.each([
    RSA_1, P256, ED_1,
  ])('is the same for a private key, and whatever else the JWK holds', ({ jwk, privateJwk }) => {
    expect(thumbprint(privateJwk)).toBe(thumbprint(jwk));
    expect(thumbprint({ use: 'enc', ...jwk, kid: 'x', alg: 7 })).toBe(thumbprint(jwk));
  });

  it.each([null, {}, { kty: 'RSA' }, { ...RSA, e: 'AAEAAQ' }, { ...EC, x: 'AA' }])('refuses %o', (jwk) => {
    expect(refusalOf(() => thumbprint(jwk)).code).toBe('key_unusable');
  });
});
