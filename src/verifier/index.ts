/**
 * Verifiers.
 *
 * @module
 */

export type { IssuerPolicy, OneIssuerOptions, SeveralIssuersOptions } from './authorities.ts';
export type { TokenCacheOptions } from './token-cache.ts';
export { createVerifier } from './verifier.ts';
export type { Clock, Verifier, VerifierOptions, VerifyOptions, VerifySyncOptions, WithOnRefused } from './verifier.ts';
