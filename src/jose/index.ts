/**
 * JOSE for verifying: base64url, JWS, JWK, JWT. No clock, no network, no process.
 *
 * @module
 */

export { decodeBase64url, encodeBase64url } from './base64url.ts';
export type { ClaimCheck, ClaimRule, JwtClaimsSet, Leeway, NumericDate } from './claims.ts';
export { JwtError, REFUSALS } from './errors.ts';
export type { RefusalCode, RefusalDetails } from './errors.ts';
export type { JsonObject } from './json.ts';
export type { JwsAlgorithm, KeyType } from './jwa.ts';
export { importJwk, jwkToSpki, thumbprint } from './jwk.ts';
export type { VerificationKey } from './jwk.ts';
export type { KeySetInput, SkippedKey } from './key-set-input.ts';
export { createKeySet } from './key-set.ts';
export type { KeyLookup, KeySet, KeySetOptions } from './key-set.ts';
export { verifyJws } from './jws.ts';
export type { JoseHeader, VerifiedJws, VerifyJwsOptions } from './jws.ts';
export { createPolicy } from './policy.ts';
export type { JwtPolicy, PolicyOptions } from './policy.ts';
export { readUnverified, verifyJwt } from './jwt.ts';
export type { Trace, TraceEvent, UnverifiedJwt, VerifiedJwt, VerifyJwtOptions } from './jwt.ts';
export { signJwt } from './sign.ts';
export type { SigningKey, SignJwtOptions } from './sign.ts';
