/**
 * Tokens put together by hand, so that they can be wrong in ways that `signJwt` would not sign.
 *
 * @module
 */

import { sign } from 'node:crypto';
import { createKeySet, type KeySet } from '../../src/jose/key-set.ts';
import { createPolicy, type JwtPolicy, type PolicyOptions } from '../../src/jose/policy.ts';
import { ED_1 } from './keys.ts';
import { base64url } from './octets.ts';

/** The time at which tokens are verified. */
export const NOW = 1_700_000_000;

/** Claims that {@link policyOf} accepts at {@link NOW}. */
export const CLAIMS = { iss: 'https://issuer.example', aud: 'api', sub: 'user-1', iat: NOW - 60, exp: NOW + 600 };

/** The public half of the key that {@link mint} signs with. */
export const KEYS: KeySet = createKeySet(ED_1.jwk);

/** A part of a token: text as it stands, octets as they stand, anything else as JSON. */
export type Part = unknown;

export function encodePart(part: Part): string {
  return base64url(typeof part === 'string' || part instanceof Uint8Array ? part : JSON.stringify(part));
}

/** A token with a good signature of ED_1, whatever its parts are. */
export function mint(claims: Part = CLAIMS, header: Part = { alg: 'EdDSA' }): string {
  const signingInput = `${encodePart(header)}.${encodePart(claims)}`;
  return `${signingInput}.${sign(null, Buffer.from(signingInput), ED_1.privateKey).toString('base64url')}`;
}

/** The same token with a signature that does not hold. */
export function forged(token: string): string {
  return token.slice(0, token.lastIndexOf('.') + 1) + encodePart(Buffer.alloc(64, 1));
}

/** A policy for {@link CLAIMS}, with some options replaced. */
export function policyOf(options: Partial<PolicyOptions> = {}): JwtPolicy {
  return createPolicy({ issuer: 'https://issuer.example', audience: 'api', algorithms: ['EdDSA'], ...options });
}
