/**
 * What is asked of a Google ID token beyond RFC 7519 (OIDC Core §3.1.3.7, §3.1.3.8, §5.1).
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { encodeBase64url } from '../jose/base64url.ts';
import { askType, isOneOf, isString, ruleOf, typeRule } from '../jose/claim-rules.ts';
import { audiencesOf, type RuleGroup } from '../jose/claims.ts';
import { schemeOf } from '../jose/jwa.ts';
import { member } from '../jose/json.ts';

/** What a Google verifier was configured with; null is not asked. */
export interface IdTokenExpectations {
  readonly hostedDomains: readonly string[] | null;
  readonly authorizedParties: readonly string[] | null;
  readonly requireVerifiedEmail: boolean;
}

/** The rules, in the order in which they are asked. */
export function idTokenRules(expected: IdTokenExpectations): readonly RuleGroup[] {
  return [idTokenTypes, idTokenParties(expected), idTokenBindings];
}

const AZP = typeRule('azp', 'OIDC Core §2', 'a string');
const EMAIL = typeRule('email', 'OIDC Core §5.1', 'a string');
const EMAIL_VERIFIED = typeRule('email_verified', 'OIDC Core §5.1', 'true or false');
const HD = typeRule('hd', 'OIDC Core §5.1.2', 'a string');
const NONCE = typeRule('nonce', 'OIDC Core §2', 'a string');
const AT_HASH = typeRule('at_hash', 'OIDC Core §3.1.3.6', 'a string');

const idTokenTypes: RuleGroup = {
  rules: [AZP, EMAIL, EMAIL_VERIFIED, HD, NONCE, AT_HASH],
  settled: true,
  ask: (claims, _, judge) => {
    const { azp, email, email_verified, hd, nonce, at_hash } = claims;
    askType(isString(azp), AZP, claims, judge);
    askType(isString(email), EMAIL, claims, judge);
    // Google once sent "true" as a string from another endpoint; a string is not verified.
    askType(email_verified === undefined || typeof email_verified === 'boolean', EMAIL_VERIFIED, claims, judge);
    askType(isString(hd), HD, claims, judge);
    askType(isString(nonce), NONCE, claims, judge);
    askType(isString(at_hash), AT_HASH, claims, judge);
  },
};

/** The claims that the assertions of the Identity-Aware Proxy share with ID tokens. */
export const ACCOUNT_TYPES: RuleGroup = {
  rules: [EMAIL, HD],
  settled: true,
  ask: (claims, _, judge) => {
    const { email, hd } = claims;
    askType(isString(email), EMAIL, claims, judge);
    askType(isString(hd), HD, claims, judge);
  },
};

const EVERY_AUDIENCE_OURS = ruleOf({ code: 'audience_not_allowed', rule: 'OIDC Core §3.1.3.7 step 3', claim: 'aud' });
const AUTHORIZED_PARTY_NAMED = ruleOf({ code: 'claim_missing', rule: 'OIDC Core §3.1.3.7 step 4', claim: 'azp' });
const AUTHORIZED_PARTY_ALLOWED = ruleOf({ code: 'authorized_party_not_allowed', rule: 'OIDC Core §3.1.3.7 step 5', claim: 'azp' });
const HOSTED_DOMAIN_ALLOWED = ruleOf({ code: 'hosted_domain_not_allowed', rule: 'OIDC Core §5.1.2', claim: 'hd' });
const EMAIL_IS_VERIFIED = ruleOf({ code: 'email_not_verified', rule: 'OIDC Core §5.1', claim: 'email_verified' });

/** Who asked for the token, for whom, and whose account it is. */
function idTokenParties({ hostedDomains, authorizedParties, requireVerifiedEmail }: IdTokenExpectations): RuleGroup {
  return {
    rules: [EVERY_AUDIENCE_OURS, AUTHORIZED_PARTY_NAMED, AUTHORIZED_PARTY_ALLOWED, HOSTED_DOMAIN_ALLOWED, EMAIL_IS_VERIFIED],
    settled: true,
    ask: (claims, { expected }, judge) => {
      const audiences = audiencesOf(claims);
      // An audience we do not know, beside us, is a reason to refuse.
      if (!audiences.every((audience) => expected.audiences?.includes(audience))) judge(EVERY_AUDIENCE_OURS);
      // That it must be there is our policy: with several audiences nothing else says who asked.
      if (audiences.length > 1 && !Object.hasOwn(claims, 'azp')) judge(AUTHORIZED_PARTY_NAMED);
      if (authorizedParties !== null && !isOneOf(authorizedParties, member(claims, 'azp'))) judge(AUTHORIZED_PARTY_ALLOWED);
      // Google's guide: "hd" is there only for accounts of an organisation, so a missing one is a consumer's account.
      if (hostedDomains !== null && !isOneOf(hostedDomains, member(claims, 'hd'))) judge(HOSTED_DOMAIN_ALLOWED);
      if (requireVerifiedEmail && member(claims, 'email_verified') !== true) judge(EMAIL_IS_VERIFIED);
    },
  };
}

const NONCE_EQUAL = ruleOf({ code: 'nonce_mismatch', rule: 'OIDC Core §3.1.3.7 step 11', claim: 'nonce' });
const ACCESS_TOKEN_FITS = ruleOf({ code: 'access_token_mismatch', rule: 'OIDC Core §3.1.3.8', claim: 'at_hash' });

/** What this one token must be bound to: where it is asked for, the claim must be there. */
const idTokenBindings: RuleGroup = {
  rules: [NONCE_EQUAL, ACCESS_TOKEN_FITS],
  settled: false,
  ask: (claims, { nonce, accessToken, header }, judge) => {
    if (nonce !== undefined && member(claims, 'nonce') !== nonce) judge(NONCE_EQUAL);
    // "at_hash" is the left half of the access token's hash, by the hash of the token's algorithm.
    if (accessToken !== undefined && member(claims, 'at_hash') !== leftHalfHash(accessToken, header.alg)) judge(ACCESS_TOKEN_FITS);
  },
};

function leftHalfHash(accessToken: string, alg: string): string | undefined {
  const scheme = schemeOf(alg);
  const digest = scheme && createHash(scheme.hash).update(accessToken, 'utf8').digest();
  return digest && encodeBase64url(digest.subarray(0, digest.length / 2));
}
