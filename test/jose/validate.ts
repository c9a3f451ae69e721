/**
 * Asks the claim rules alone, without a token.
 *
 * @module
 */

import { parseClaimsSet, validateClaims } from '../../src/jose/claims.ts';
import type { PolicyOptions } from '../../src/jose/policy.ts';
import { outcomeOf } from './refusal.ts';
import { CLAIMS, NOW, policyOf } from './tokens.ts';

export const HEADER = Object.freeze({ alg: 'EdDSA' });

/** Asks the rules of a policy about {@link CLAIMS} with some replaced. A claim that is undefined is absent. */
export function validate(claims: object = {}, options: Partial<PolicyOptions> = {}, now = NOW): void {
  const policy = policyOf(options);
  const octets = Buffer.from(JSON.stringify({ ...CLAIMS, ...claims }));
  validateClaims(parseClaimsSet(octets), policy.ruleGroups, { expected: policy, header: HEADER, now });
}

export function outcome(...parameters: Parameters<typeof validate>): string {
  return outcomeOf(() => validate(...parameters));
}
