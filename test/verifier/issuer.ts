/**
 * An issuer for tests: fixed keys, a fixed time, and tokens that are right in everything but what a test changes.
 *
 * @module
 */

import { JwtError, createKeySet, signJwt, type RefusalCode, type SignJwtOptions } from '../../src/jose/index.ts';
import { privateKey, publicJwk, secret } from '../../spec-vectors/generate/keys.ts';

/** 2023-11-14T22:13:20Z. */
export const NOW = 1_700_000_000;
export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'client-1';
export const KEYS = createKeySet(publicJwk('rsa-1'));

/** Options under which {@link mint} makes tokens that are accepted. */
export const OPTIONS = { issuer: ISSUER, audience: AUDIENCE, keys: KEYS, clock: () => NOW };

/** What a claims set holds unless a test says otherwise. */
export const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: 'user-1', iat: NOW - 60, exp: NOW + 3600 };

/** A genuine token by a key of the store, with its name for "kid". A claim given as undefined is left out. */
export function mint(claims: object = {}, key = 'rsa-1', options: SignJwtOptions = {}): string {
  const signingKey = key.startsWith('hs-') ? { kty: 'oct', k: secret(key).toString('base64url') } : privateKey(key);
  return signJwt({ ...CLAIMS, ...claims }, signingKey, { kid: key, ...options });
}

/** The refusal that a function throws. @throws {Error} when it throws none, or something else. */
export function refusalOf(run: () => unknown): JwtError {
  try {
    run();
  } catch (error) {
    if (error instanceof JwtError) return error;
    throw new Error(`expected a JwtError, got ${String(error)}`, { cause: error });
  }
  throw new Error('expected a JwtError, got a value');
}

/** The code that a function refuses with. */
export function codeOf(run: () => unknown): RefusalCode {
  return refusalOf(run).code;
}

/** What a test feeds against the types, on purpose. */
export function untyped<T>(value: unknown): T {
  return value as T;
}
