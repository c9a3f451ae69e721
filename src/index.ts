/**
 * Assay: a strict verifier for JSON Web Tokens.
 *
 * @module
 */

export * from './jose/index.ts';
export * from './keys/index.ts';
export * from './verifier/index.ts';
export * from './google/index.ts';
