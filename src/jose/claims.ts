/**
 * The JWT Claims Set (RFC 7519 §4) and the rules it is validated by (RFC 7519 §4.1, RFC 8725 §3, OIDC Core §3.1.3.7).
 *
 * The rules are data, in the order in which they are asked: types first, then presence, times, issuer, audience, and the
 * caller's own last. Nothing here runs before the signature has held.
 *
 * @module
 */

import { JwtError, type RefusalCode, type RefusalDetails } from './errors.ts';
import { member, parseJsonObject, type JsonObject } from './json.ts';
import type { JoseHeader } from './jws.ts';

/** Seconds since 1970-01-01T00:00:00Z, leap seconds ignored; may have a fraction (RFC 7519 §2). */
export type NumericDate = number;

/** A claims set. Its registered claims have these types, or the token was refused. Frozen at every depth. */
export interface JwtClaimsSet extends JsonObject {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly exp?: NumericDate;
  readonly nbf?: NumericDate;
  readonly iat?: NumericDate;
  readonly jti?: string;
}

/** Seconds by which clocks may differ, for each of the three times. */
export interface Leeway {
  readonly exp: number;
  readonly nbf: number;
  readonly iat: number;
}

/** A check of the caller's own. Only the value `true` passes. */
export type ClaimCheck = (claims: JwtClaimsSet, header: JoseHeader) => boolean;

/** What a policy expects of the claims. All durations are seconds. */
export interface ClaimExpectations {
  /** The spellings of the one issuer; null when deliberately unchecked. */
  readonly issuers: readonly string[] | null;
  /** The audiences that are us; null when deliberately unchecked. */
  readonly audiences: readonly string[] | null;
  readonly leeway: Leeway;
  /** Claims that must be there, whatever their value. */
  readonly required: readonly string[];
  readonly maxAge?: number;
  readonly maxLifetime?: number;
  readonly subject?: string;
  /** The caller's own, by name, in the order given. */
  readonly checks: readonly (readonly [name: string, check: ClaimCheck])[];
}

/** All that a rule may look at beside the claims. */
export interface ClaimContext {
  readonly expected: ClaimExpectations;
  readonly header: JoseHeader;
  /** Seconds. */
  readonly now: number;
  /** What this one token must be bound to (OIDC Core §3.1.3.7 step 11, §3.1.3.8); for rules of presets. */
  readonly nonce?: string;
  readonly accessToken?: string;
}

/** One rule. */
export interface ClaimRule {
  /** What a token that breaks it is refused with. */
  readonly code: RefusalCode;
  /** The section it comes from. */
  readonly rule: string;
  /** The claim it looks at, where that is one. */
  readonly claim?: string;
  /** Undefined when the claims keep the rule or were not asked for it; otherwise what is wrong. */
  readonly check: (claims: JwtClaimsSet, context: ClaimContext) => RefusalDetails | undefined;
}

/** Told of each rule that was asked, as it ends. */
export type ClaimObserver = (rule: ClaimRule, error: JwtError | undefined) => void;

const BROKEN: RefusalDetails = Object.freeze({});

/** RFC 7519 §4.1: a registered claim that is there is of its type. Null is there, and of no such type. */
export function typedClaim(claim: string, rule: string, isType: (value: unknown) => boolean, type: string): ClaimRule {
  const broken = Object.freeze({ message: `"${claim}" is not ${type}` });
  return {
    code: 'claim_invalid',
    rule,
    claim,
    check: (claims) => (!Object.hasOwn(claims, claim) || isType(claims[claim]) ? undefined : broken),
  };
}

export const isString = (value: unknown): boolean => typeof value === 'string';
/** JSON numbers are finite: {@link parseJsonObject} has seen to it. */
const isNumericDate = (value: unknown): boolean => typeof value === 'number';
const isAudience = (value: unknown): boolean => isString(value) || (Array.isArray(value) && value.every(isString));

/** RFC 7519 §4: which claims must be there is for the application to say. */
const required: ClaimRule = {
  code: 'claim_missing',
  rule: 'RFC 7519 §4',
  check: (claims, { expected }) => {
    const claim = expected.required.find((name) => !Object.hasOwn(claims, name));
    return claim === undefined ? undefined : { claim, message: `the required claim "${claim}" is missing` };
  },
};

/** "exp" is required, so a token without one has been refused before. It is dead in the second that "exp" names. */
const notExpired: ClaimRule = {
  code: 'token_expired',
  rule: 'RFC 7519 §4.1.4',
  claim: 'exp',
  check: ({ exp }, { now, expected }) =>
    exp === undefined || now < exp + expected.leeway.exp ? undefined : { skew: now - exp },
};

const alreadyValid: ClaimRule = {
  code: 'token_not_yet_valid',
  rule: 'RFC 7519 §4.1.5',
  claim: 'nbf',
  check: ({ nbf }, { now, expected }) =>
    nbf === undefined || nbf - expected.leeway.nbf <= now ? undefined : { skew: nbf - now },
};

/** RFC 7519 gives "iat" no check of its own; a token from the future has a wrong clock or a forger behind it. */
const alreadyIssued: ClaimRule = {
  code: 'token_issued_in_future',
  rule: 'RFC 7519 §4.1.6',
  claim: 'iat',
  check: ({ iat }, { now, expected }) =>
    iat === undefined || iat - expected.leeway.iat <= now ? undefined : { skew: iat - now },
};

const youngEnough: ClaimRule = {
  code: 'token_too_old',
  rule: 'RFC 7519 §4.1.6',
  claim: 'iat',
  check: ({ iat }, { now, expected: { maxAge, leeway } }) =>
    maxAge === undefined || iat === undefined || now - iat <= maxAge + leeway.exp
      ? undefined
      : { skew: now - iat - maxAge },
};

/** An issuer's mistake, milliseconds for seconds say, must not make a token that lives for ever. */
const lifetimeBounded: ClaimRule = {
  code: 'lifetime_too_long',
  rule: 'RFC 8725 §3.10',
  claim: 'exp',
  check: ({ exp, iat }, { expected: { maxLifetime } }) =>
    maxLifetime === undefined || exp === undefined || iat === undefined || exp - iat <= maxLifetime
      ? undefined
      : BROKEN,
};

/** Compared octet for octet: a StringOrURI has no other equality (RFC 7519 §2). */
const issuerAllowed: ClaimRule = {
  code: 'issuer_not_allowed',
  rule: 'RFC 7519 §4.1.1',
  claim: 'iss',
  check: ({ iss }, { expected: { issuers } }) =>
    issuers === null || (iss !== undefined && issuers.includes(iss)) ? undefined : BROKEN,
};

/** A recipient that does not find itself in "aud" must refuse. */
const audienceAllowed: ClaimRule = {
  code: 'audience_not_allowed',
  rule: 'RFC 7519 §4.1.3',
  claim: 'aud',
  check: (claims, { expected: { audiences } }) =>
    audiences === null || audiencesOf(claims).some((audience) => audiences.includes(audience)) ? undefined : BROKEN,
};

const subjectMatches: ClaimRule = {
  code: 'subject_mismatch',
  rule: 'RFC 7519 §4.1.2',
  claim: 'sub',
  check: ({ sub }, { expected: { subject } }) => (subject === undefined || sub === subject ? undefined : BROKEN),
};

const ownChecks: ClaimRule = {
  code: 'check_failed',
  rule: 'RFC 7519 §4.3',
  check: (claims, { expected, header }) => {
    const failed = expected.checks.find(([, check]) => !passes(check, claims, header));
    return failed === undefined ? undefined : { check: failed[0], message: `the check "${failed[0]}" did not pass` };
  },
};

/** The rules every token is asked, in this order. Presets add theirs before the caller's own checks. */
const GENERAL_RULES: readonly ClaimRule[] = [
  typedClaim('iss', 'RFC 7519 §4.1.1', isString, 'a string'),
  typedClaim('sub', 'RFC 7519 §4.1.2', isString, 'a string'),
  typedClaim('aud', 'RFC 7519 §4.1.3', isAudience, 'a string or an array of strings'),
  typedClaim('exp', 'RFC 7519 §4.1.4', isNumericDate, 'a number'),
  typedClaim('nbf', 'RFC 7519 §4.1.5', isNumericDate, 'a number'),
  typedClaim('iat', 'RFC 7519 §4.1.6', isNumericDate, 'a number'),
  typedClaim('jti', 'RFC 7519 §4.1.7', isString, 'a string'),
  required,
  notExpired,
  alreadyValid,
  alreadyIssued,
  youngEnough,
  lifetimeBounded,
  issuerAllowed,
  audienceAllowed,
  subjectMatches,
];

/** The general rules, then a preset's, then the caller's checks: the whole list that a policy asks. */
export function orderRules(presetRules: readonly ClaimRule[]): readonly ClaimRule[] {
  return Object.freeze([...GENERAL_RULES, ...presetRules, ownChecks]);
}

/**
 * Reads the JWT Claims Set (RFC 7519 §7.2 step 10).
 *
 * @throws {JwtError} `invalid_utf8`, `invalid_json` or `duplicate_member`.
 */
export function parseClaimsSet(payload: Uint8Array): JwtClaimsSet {
  return parseJsonObject(payload, 'the JWT Claims Set');
}

/**
 * Asks the rules in order, and refuses with the first that is broken.
 *
 * With an observer all rules are asked, so that an explanation can show them; the first broken one is still the verdict.
 *
 * @throws {JwtError} with a claims code.
 */
export function validateClaims(
  claims: JwtClaimsSet,
  rules: readonly ClaimRule[],
  context: ClaimContext,
  observe?: ClaimObserver,
): void {
  let verdict: JwtError | undefined;
  for (const rule of rules) {
    const broken = rule.check(claims, context);
    if (broken === undefined) {
      observe?.(rule, undefined);
      continue;
    }
    const { code, rule: section, claim } = rule;
    const error = new JwtError(code, { rule: section, ...(claim === undefined ? {} : { claim }), ...broken });
    if (observe === undefined) throw error;
    observe(rule, error);
    verdict ??= error;
  }
  if (verdict !== undefined) throw verdict;
}

/** "aud" as a list (RFC 7519 §4.1.3: one string stands for an array of one). */
export function audiencesOf(claims: JwtClaimsSet): readonly string[] {
  const aud = member(claims, 'aud') as JwtClaimsSet['aud']; // typed by the rules asked before
  return typeof aud === 'string' ? [aud] : (aud ?? []);
}

/** Anything but `true` fails: a forgotten return, a truthy string, an async check that has not decided yet. */
function passes(check: ClaimCheck, claims: JwtClaimsSet, header: JoseHeader): boolean {
  try {
    const answer: unknown = check(claims, header);
    // A Promise has failed already; should it reject as well, that must not end the process.
    if (answer instanceof Promise) answer.catch(() => undefined);
    return answer === true;
  } catch {
    return false;
  }
}
