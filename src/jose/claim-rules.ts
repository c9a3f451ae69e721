/**
 * The rules that claims are asked (RFC 7519 §4.1, RFC 8725 §3), as data, in their order.
 *
 * Types first, then presence, times, issuer, audience, subject, a preset's rules, and the caller's own last. None is asked before the
 * signature has held.
 *
 * @module
 */

import { audiencesOf, type ClaimCheck, type ClaimRule, type JwtClaimsSet, type NumericDate } from './claims.ts';
import type { RefusalDetails } from './errors.ts';
import { member } from './json.ts';
import type { JoseHeader } from './jws.ts';
import { ignoreRejection } from './options.ts';

const BROKEN: RefusalDetails = Object.freeze({});

/**
 * RFC 7519 §4.1: a registered claim that is there is of its type. Null is there, and of no such type.
 *
 * @param isTyped reads the claim by a name in the code, so that each rule's look-up is its own and learns where that one claim lies
 */
export function typedClaim(claim: string, rule: string, type: string, isTyped: (claims: JwtClaimsSet) => boolean): ClaimRule {
  const broken = Object.freeze({ message: `"${claim}" is not ${type}` });
  return {
    code: 'claim_invalid',
    rule,
    claim,
    settled: true,
    // An inherited value of the right type is no claim, and passes as a missing one does.
    check: (claims) => (isTyped(claims) || !Object.hasOwn(claims, claim) ? undefined : broken),
  };
}

export const isString = (value: unknown): boolean => typeof value === 'string';
/** JSON numbers are finite here: the reader has seen to it. */
const isNumericDate = (value: unknown): boolean => typeof value === 'number';
const isAudience = (value: unknown): boolean => isString(value) || (Array.isArray(value) && value.every(isString));

/** RFC 7519 §4: which claims must be there is for the application to say. */
const required: ClaimRule = {
  code: 'claim_missing',
  rule: 'RFC 7519 §4',
  settled: true,
  check: (claims, { expected }) => {
    for (const claim of expected.required) {
      if (!Object.hasOwn(claims, claim)) return { claim, message: `the required claim "${claim}" is missing` };
    }
    return undefined;
  },
};

/** "exp" is required, so a token without one has been refused before. It is dead in the second that "exp" names. */
const notExpired: ClaimRule = {
  code: 'token_expired',
  rule: 'RFC 7519 §4.1.4',
  claim: 'exp',
  check: (claims, { now, expected }) => {
    const exp = timeOf(claims, 'exp');
    return exp === undefined || now < exp + expected.leeway.exp ? undefined : { skew: now - exp };
  },
};

const alreadyValid: ClaimRule = {
  code: 'token_not_yet_valid',
  rule: 'RFC 7519 §4.1.5',
  claim: 'nbf',
  check: (claims, { now, expected }) => {
    const nbf = timeOf(claims, 'nbf');
    return nbf === undefined || nbf - expected.leeway.nbf <= now ? undefined : { skew: nbf - now };
  },
};

/** RFC 7519 gives "iat" no check of its own; a token from the future has a wrong clock or a forger behind it. */
const alreadyIssued: ClaimRule = {
  code: 'token_issued_in_future',
  rule: 'RFC 7519 §4.1.6',
  claim: 'iat',
  check: (claims, { now, expected }) => {
    const iat = timeOf(claims, 'iat');
    return iat === undefined || iat - expected.leeway.iat <= now ? undefined : { skew: iat - now };
  },
};

const youngEnough: ClaimRule = {
  code: 'token_too_old',
  rule: 'RFC 7519 §4.1.6',
  claim: 'iat',
  check: (claims, { now, expected: { maxAge, leeway } }) => {
    const iat = timeOf(claims, 'iat');
    if (maxAge === undefined || iat === undefined) return undefined;
    return now - iat <= maxAge + leeway.exp ? undefined : { skew: now - iat - maxAge };
  },
};

/** An issuer's mistake, milliseconds for seconds say, must not make a token that lives for ever. */
const lifetimeBounded: ClaimRule = {
  code: 'lifetime_too_long',
  rule: 'RFC 7519 §4.1.4',
  claim: 'exp',
  settled: true,
  check: (claims, { expected: { maxLifetime } }) => {
    const [exp, iat] = [timeOf(claims, 'exp'), timeOf(claims, 'iat')];
    if (maxLifetime === undefined || exp === undefined || iat === undefined) return undefined;
    return exp - iat <= maxLifetime ? undefined : BROKEN;
  },
};

/** Compared octet for octet: a StringOrURI has no other equality (RFC 7519 §2). */
const issuerAllowed: ClaimRule = {
  code: 'issuer_not_allowed',
  rule: 'RFC 7519 §4.1.1',
  claim: 'iss',
  settled: true,
  check: (claims, { expected: { issuers } }) =>
    isAllowed(member(claims, 'iss'), issuers) ? undefined : BROKEN,
};

/** A recipient that does not find itself in "aud" must refuse. */
const audienceAllowed: ClaimRule = {
  code: 'audience_not_allowed',
  rule: 'RFC 7519 §4.1.3',
  claim: 'aud',
  settled: true,
  check: (claims, { expected: { audiences } }) =>
    audiences === null || audiencesOf(claims).some((audience) => audiences.includes(audience)) ? undefined : BROKEN,
};

const subjectMatches: ClaimRule = {
  code: 'subject_mismatch',
  rule: 'RFC 7519 §4.1.2',
  claim: 'sub',
  settled: true,
  check: (claims, { expected: { subject } }) =>
    subject === undefined || member(claims, 'sub') === subject ? undefined : BROKEN,
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
  typedClaim('iss', 'RFC 7519 §4.1.1', 'a string', ({ iss }) => isString(iss)),
  typedClaim('sub', 'RFC 7519 §4.1.2', 'a string', ({ sub }) => isString(sub)),
  typedClaim('aud', 'RFC 7519 §4.1.3', 'a string or an array of strings', ({ aud }) => isAudience(aud)),
  typedClaim('exp', 'RFC 7519 §4.1.4', 'a number', ({ exp }) => isNumericDate(exp)),
  typedClaim('nbf', 'RFC 7519 §4.1.5', 'a number', ({ nbf }) => isNumericDate(nbf)),
  typedClaim('iat', 'RFC 7519 §4.1.6', 'a number', ({ iat }) => isNumericDate(iat)),
  typedClaim('jti', 'RFC 7519 §4.1.7', 'a string', ({ jti }) => isString(jti)),
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
  const rules = [...GENERAL_RULES, ...presetRules, ownChecks];
  // Copies, frozen: what one policy hands out, to a trace say, must not change another. All of one shape, which is quicker to walk.
  return Object.freeze(rules.map(({ code, rule, claim, settled, check }) => Object.freeze({ code, rule, claim, settled, check })));
}

/** Whether a value is one of those that are allowed; null allows all. */
export function isAllowed(value: unknown, allowed: readonly unknown[] | null): boolean {
  return allowed === null || allowed.includes(value);
}

/** A NumericDate, or undefined where there is none. Its type has been asked for; with an observer the rules go on all the same. */
function timeOf(claims: JwtClaimsSet, claim: 'exp' | 'nbf' | 'iat'): NumericDate | undefined {
  const value = member(claims, claim);
  return typeof value === 'number' ? value : undefined;
}

/** Anything but `true` fails: a forgotten return, a truthy string, an async check that has not decided yet. */
function passes(check: ClaimCheck, claims: JwtClaimsSet, header: JoseHeader): boolean {
  try {
    const answer: unknown = check(claims, header);
    ignoreRejection(answer);
    return answer === true;
  } catch {
    return false;
  }
}
