/**
 * Tokens to time with: distinct ones, such as Google issues, made anew for each run.
 *
 * @module
 */

import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { signJwt, type JwsAlgorithm } from '../src/index.ts';
import { exportJwk } from '../src/jose/pem.ts';

export const GOOGLE_ISSUER = 'https://accounts.google.com';
export const CLIENT_ID = '407408718192-8vqk5m0v3f2p9c1d7h6t4n2b0a8s6r4e.apps.googleusercontent.com';
const KID = '7d2e4b9a1c6f8035e4d7b2a9c1f60835e7d4b2a9';

/** A key pair, and the JWK Set that its issuer would publish. */
export interface TokenKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwks: { readonly keys: readonly JsonWebKey[] };
}

export type KeyKind = 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'P-256' | 'P-384' | 'P-521' | 'Ed25519';

export function makeKey(kind: KeyKind, alg: JwsAlgorithm): TokenKey {
  const { privateKey, publicKey } = generate(kind);
  return {
    privateKey,
    publicKey,
    jwks: { keys: [{ ...exportJwk(publicKey), kid: KID, alg, use: 'sig' }] },
  };
}

function generate(kind: KeyKind): { privateKey: KeyObject; publicKey: KeyObject } {
  if (kind === 'Ed25519') return generateKeyPairSync('ed25519');
  if (kind.startsWith('rsa-')) return generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(4)) });
  return generateKeyPairSync('ec', { namedCurve: kind });
}

export interface Minted {
  readonly token: string;
  readonly sub: string;
}

/** Google-like claims: with an RS256 signature of 2048 bits, a token of about 1 KB. */
export function googleClaims(index: number): { sub: string; [name: string]: unknown } {
  const now = Math.floor(Date.now() / 1000);
  const person = `person.${index}`;
  return {
    iss: GOOGLE_ISSUER,
    azp: CLIENT_ID,
    aud: CLIENT_ID,
    sub: `1076915${String(index).padStart(14, '0')}`,
    hd: 'example.com',
    email: `${person}@example.com`,
    email_verified: true,
    at_hash: 'HK6E_P6Dh8Y93mRNtsDB1Q',
    name: `Person ${index}`,
    picture: `https://lh3.googleusercontent.com/a/photo-${index}=s96-c`,
    given_name: 'Person',
    family_name: String(index),
    iat: now - 10,
    exp: now + 7200,
  };
}

/** @param more claims to add, or to put in place of the usual ones */
export function mint(key: KeyObject, alg: JwsAlgorithm, count: number, more: object = {}): Minted[] {
  return Array.from({ length: count }, (_, index) => {
    const claims = { ...googleClaims(index), ...more };
    return { token: signJwt(claims, key, { alg, kid: KID }), sub: claims.sub };
  });
}

/** What the floor is given: a token already taken apart. */
export interface Signed {
  readonly input: Buffer;
  readonly signature: Buffer;
}

export function takeApart(token: string): Signed {
  const end = token.lastIndexOf('.');
  return {
    input: Buffer.from(token.slice(0, end), 'latin1'),
    signature: Buffer.from(token.slice(end + 1), 'base64url'),
  };
}

/** What a fresh process is handed to verify its first token with. Plain JSON. */
export interface ColdInputs {
  readonly token: string;
  readonly sub: string;
  readonly jwks: TokenKey['jwks'];
  readonly pem: string;
  readonly issuer: string;
  readonly audience: string;
}

/** @throws {Error} for no token. */
export function tokenInputs(
  [first]: readonly Minted[],
  { jwks, publicKey }: TokenKey,
  issuer: string,
  audience: string,
): ColdInputs {
  if (first === undefined) throw new Error('no token');
  return { ...first, jwks, pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(), issuer, audience };
}
