/** @noprettier */ /* eslint-disable */ /* biome-ignore-all lint: vendored */ /* biome-ignore-all format: vendored */ // jwt-assay 0.1.0, src/jose/index.ts: do not edit (MIT)
/**
 * JOSE for verifying: base64url, JWS, JWK, JWT. No clock, no network, no process.
 *
 * @module
 */

export { decodeBase64url, encodeBase64url } from './base64url.js';
export type { ClaimCheck, ClaimRule, JwtClaimsSet, Leeway, NumericDate } from './claims.js';
export { JwtError, REFUSALS } from './errors.js';
export type { RefusalCode, RefusalDetails } from './errors.js';
export type { JsonObject } from './json.js';
export type { JwsAlgorithm, KeyType } from './jwa.js';
export { importJwk, jwkToSpki, thumbprint } from './jwk.js';
export type { VerificationKey } from './jwk.js';
export type { KeySetInput, SkippedKey } from './key-set-input.js';
export { createKeySet } from './key-set.js';
export type { KeyLookup, KeySet, KeySetOptions } from './key-set.js';
export { verifyJws } from './jws.js';
export type { JoseHeader, VerifiedJws, VerifyJwsOptions } from './jws.js';
export { createPolicy } from './policy.js';
export type { JwtPolicy, PolicyOptions } from './policy.js';
export { readUnverified, verifyJwt } from './jwt.js';
export type { Trace, TraceEvent, UnverifiedJwt, VerifiedJwt, VerifyJwtOptions } from './jwt.js';
