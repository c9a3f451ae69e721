/**
 * What is asked of a Google ID token beyond RFC 7519 (OIDC Core §3.1.3.7, §3.1.3.8, §5.1).
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { encodeBase64url } from '../jose/base64url.ts';
import { isAllowed, isString, typedClaim } from '../jose/claim-rules.ts';
import { audiencesOf, type ClaimRule } from '../jose/claims.ts';
import type { RefusalDetails } from '../jose/errors.ts';
import { schemeOf } from '../jose/jwa.ts';
import { member } from '../jose/json.ts';

/** What a Google verifier was configured with; null is not asked. */
export interface IdTokenExpectations {
  readonly hostedDomains: readonly string[] | null;
  readonly authorizedParties: readonly string[] | null;
  readonly requireVerifiedEmail: boolean;
}

export const EMAIL_TYPED: ClaimRule = typedClaim('email', 'OIDC Core §5.1', 'a string', ({ email }) => isString(email));
export const HOSTED_DOMAIN_TYPED: ClaimRule = typedClaim('hd', 'OIDC Core §5.1.2', 'a string', ({ hd }) => isString(hd));

/** The rules, in the order in which they are asked. */
export function idTokenRules(expected: IdTokenExpectations): readonly ClaimRule[] {
  return Object.freeze([
    typedClaim('azp', 'OIDC Core §2', 'a string', ({ azp }) => isString(azp)),
    EMAIL_TYPED,
    // Google once sent "true" as a string from another endpoint; a string is not verified.
    typedClaim('email_verified', 'OIDC Core §5.1', 'true or false', ({ email_verified: is }) => typeof is === 'boolean'),
    HOSTED_DOMAIN_TYPED,
    typedClaim('nonce', 'OIDC Core §2', 'a string', ({ nonce }) => isString(nonce)),
    typedClaim('at_hash', 'OIDC Core §3.1.3.6', 'a string', ({ at_hash }) => isString(at_hash)),
    everyAudienceOurs,
    authorizedPartyNamed,
    authorizedPartyAllowed(expected.authorizedParties),
    hostedDomainAllowed(expected.hostedDomains),
    emailVerified(expected.requireVerifiedEmail),
    nonceEqual,
    accessTokenFits,
  ]);
}

const BROKEN: RefusalDetails = Object.freeze({});

/** OIDC Core §3.1.3.7 step 3: an audience we do not know, beside us, is a reason to refuse. */
const everyAudienceOurs: ClaimRule = {
  code: 'audience_not_allowed',
  rule: 'OIDC Core §3.1.3.7 step 3',
  claim: 'aud',
  settled: true,
  check: (claims, { expected: { audiences } }) =>
    audiencesOf(claims).every((audience) => audiences?.includes(audience)) ? undefined : BROKEN,
};

/** OIDC Core §3.1.3.7 step 4. That it must be there is our policy: with several audiences nothing else says who asked. */
const authorizedPartyNamed: ClaimRule = {
  code: 'claim_missing',
  rule: 'OIDC Core §3.1.3.7 step 4',
  claim: 'azp',
  settled: true,
  check: (claims) => (audiencesOf(claims).length < 2 || Object.hasOwn(claims, 'azp') ? undefined : BROKEN),
};

/** OIDC Core §3.1.3.7 step 5. */
function authorizedPartyAllowed(parties: readonly string[] | null): ClaimRule {
  return {
    code: 'authorized_party_not_allowed',
    rule: 'OIDC Core §3.1.3.7 step 5',
    claim: 'azp',
    settled: true,
    check: (claims) => (isAllowed(member(claims, 'azp'), parties) ? undefined : BROKEN),
  };
}

/** Google's guide: "hd" is there only for accounts of an organisation, so a missing one is a consumer's account. */
function hostedDomainAllowed(domains: readonly string[] | null): ClaimRule {
  return {
    code: 'hosted_domain_not_allowed',
    rule: 'OIDC Core §5.1.2',
    claim: 'hd',
    settled: true,
    check: (claims) => (isAllowed(member(claims, 'hd'), domains) ? undefined : BROKEN),
  };
}

function emailVerified(asked: boolean): ClaimRule {
  return {
    code: 'email_not_verified',
    rule: 'OIDC Core §5.1',
    claim: 'email_verified',
    settled: true,
    check: (claims) => (!asked || member(claims, 'email_verified') === true ? undefined : BROKEN),
  };
}

/** OIDC Core §3.1.3.7 step 11: if a nonce was sent, the claim must be there, and be that nonce. */
const nonceEqual: ClaimRule = {
  code: 'nonce_mismatch',
  rule: 'OIDC Core §3.1.3.7 step 11',
  claim: 'nonce',
  check: (claims, { nonce }) => (nonce === undefined || member(claims, 'nonce') === nonce ? undefined : BROKEN),
};

/** OIDC Core §3.1.3.8: "at_hash" is the left half of the access token's hash, by the hash of the token's algorithm. */
const accessTokenFits: ClaimRule = {
  code: 'access_token_mismatch',
  rule: 'OIDC Core §3.1.3.8',
  claim: 'at_hash',
  check: (claims, { accessToken, header }) =>
    accessToken === undefined || member(claims, 'at_hash') === leftHalfHash(accessToken, header.alg) ? undefined : BROKEN,
};

function leftHalfHash(accessToken: string, alg: string): string | undefined {
  const scheme = schemeOf(alg);
  const digest = scheme && createHash(scheme.hash).update(accessToken, 'utf8').digest();
  return digest && encodeBase64url(digest.subarray(0, digest.length / 2));
}
