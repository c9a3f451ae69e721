/**
 * What each claim rule asks, what it found, and whether it was asked at all.
 *
 * The verdict of a rule is the spine's. This only says in words what the rule looked at.
 *
 * @module
 */

import {
  audiencesOf, brokenRules, isOfCaller,
  type ClaimContext, type ClaimExpectations, type ClaimRule, type JwtClaimsSet, type RuleGroup,
} from '../jose/claims.ts';
import { REFUSALS } from '../jose/errors.ts';
import { member } from '../jose/json.ts';
import { instant, instantOf } from './instants.ts';
import { plain, plainJson, plainList } from './plain-text.ts';

/** Claims that are not strings, and what they must be. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['aud', 'a string or strings'], ['exp', 'a number'], ['nbf', 'a number'], ['iat', 'a number'],
  ['email_verified', 'true or false'],
]);

/** Says in words what a rule demands under these expectations. Names only what was configured. */
export function demandOf({ code, rule, claim = '' }: ClaimRule, expected: ClaimExpectations): string {
  const { leeway, maxAge, maxLifetime, subject, checks } = expected;
  switch (code) {
    case 'claim_invalid': return `"${claim}" is ${TYPES.get(claim) ?? 'a string'}`;
    case 'claim_missing': return claim === '' ? areThere(expected.required) : `"${claim}" is there`;
    case 'token_expired': return `now is before "exp"${within(leeway.exp)}`;
    case 'token_not_yet_valid': return `now is not before "nbf"${within(leeway.nbf)}`;
    case 'token_issued_in_future': return `"iat" is not in the future${within(leeway.iat)}`;
    case 'token_too_old': return `"iat" is ${atMost(maxAge)} ago${within(leeway.exp)}`;
    case 'lifetime_too_long': return `"exp" is ${atMost(maxLifetime)} after "iat"`;
    case 'issuer_not_allowed': return `"iss" is ${oneOf(expected.issuers)}`;
    // OIDC Core's step is about every member of the list, RFC 7519 about one.
    case 'audience_not_allowed': return `"aud" names ${only(rule.startsWith('OIDC'))}${oneOf(expected.audiences)}`;
    case 'subject_mismatch': return `"sub" is ${subject === undefined ? 'the one expected' : plainJson(subject, 60)}`;
    case 'authorized_party_not_allowed': return '"azp" is a client that is accepted';
    case 'hosted_domain_not_allowed': return '"hd" is an organisation that is accepted';
    case 'email_not_verified': return '"email_verified" is true';
    case 'nonce_mismatch': return '"nonce" is the one of this sign-in';
    case 'access_token_mismatch': return '"at_hash" fits the access token';
    case 'check_failed': return ['your own checks', ...checks.map(([name]) => plain(name))].join(' ');
    default: return REFUSALS[code][1];
  }
}

/** What the rule had before it: the claim's value, and what it means as a time. */
export function foundBy({ code, claim }: ClaimRule, claims: JwtClaimsSet, { now, expected }: ClaimContext): string {
  if (code === 'check_failed') return '';
  if (claim === undefined) {
    const missing = expected.required.filter((name) => !Object.hasOwn(claims, name));
    return missing.length === 0 ? 'all are there' : `not there: ${plainList(missing, 8)}`;
  }
  if (!Object.hasOwn(claims, claim)) return `no "${claim}"`;
  const value = member(claims, claim);
  const time = code === 'claim_invalid' ? undefined : instantOf(claim, value, now);
  const compared = time !== undefined && code === 'token_expired' ? `; now ${instant(now)}` : '';
  return `${plainJson(value)}${time === undefined ? '' : ` (${time}${compared})`}`;
}

/** Rules that a caller switches on. Where they are on, a token without the claim breaks them. */
const SWITCHED: ReadonlySet<string> = new Set([
  'claim_missing', 'issuer_not_allowed', 'audience_not_allowed', 'subject_mismatch', 'authorized_party_not_allowed',
  'hosted_domain_not_allowed', 'email_not_verified', 'nonce_mismatch', 'access_token_mismatch',
]);

const NO_CLAIMS: JwtClaimsSet = Object.freeze({});

/**
 * The rules that a token with no claims at all breaks: of those that can be switched on, the ones that are.
 *
 * A preset's rules keep what they were configured with to themselves, so they are asked. The caller's own checks are not.
 */
export function brokenByNoClaims(groups: readonly RuleGroup[], context: ClaimContext): ReadonlySet<ClaimRule> {
  return new Set(groups.filter((group) => !isOfCaller(group)).flatMap((group) => [...brokenRules(group, NO_CLAIMS, context).keys()]));
}

/** Whether the rule had anything to ask of these claims: it is switched on, and its claim is there or must be. */
export function wasAsked(
  rule: ClaimRule,
  claims: JwtClaimsSet,
  { expected }: ClaimContext,
  switchedOn: ReadonlySet<ClaimRule>,
): boolean {
  const { code, claim } = rule;
  if (code === 'check_failed') return expected.checks.length > 0;
  if (code === 'token_too_old' && expected.maxAge === undefined) return false;
  if (code === 'lifetime_too_long' && expected.maxLifetime === undefined) return false;
  // OIDC Core §3.1.3.7 step 4: only beside several audiences.
  if (code === 'claim_missing' && claim === 'azp') return audiencesOf(claims).length > 1;
  const there = claim === undefined || Object.hasOwn(claims, claim);
  if (!SWITCHED.has(code) || switchedOn.has(rule)) return there || SWITCHED.has(code);
  // OIDC Core §3.1.3.7 step 3: the one switched rule that a token without the claim keeps.
  return there && code === 'audience_not_allowed' && expected.audiences !== null;
}

function only(every: boolean): string {
  return every ? 'only ' : '';
}

function within(leeway: number): string {
  return leeway === 0 ? '' : `, give or take ${leeway} s`;
}

function atMost(seconds: number | undefined): string {
  return seconds === undefined ? 'not too long' : `at most ${seconds} s`;
}

function areThere(names: readonly string[]): string {
  return `${plainList(names, 8)} ${names.length === 1 ? 'is' : 'are'} there`;
}

function oneOf(names: readonly string[] | null): string {
  return names === null ? 'anyone' : names.map((name) => plainJson(name, 100)).join(' or ');
}
