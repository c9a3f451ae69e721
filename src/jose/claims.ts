/**
 * The JWT Claims Set (RFC 7519 §4), and how rules are asked of it. The rules themselves are in `claim-rules.ts`.
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
  readonly nonce?: string | undefined;
  readonly accessToken?: string | undefined;
}

/** One rule that claims are asked. */
export interface ClaimRule {
  /** What a token that breaks it is refused with. */
  readonly code: RefusalCode;
  /** The section it comes from. */
  readonly rule: string;
  /** The claim it looks at, where that is one. */
  readonly claim?: string | undefined;
  /** Whether claims and policy alone decide, so that the same claims need not be asked again under the same policy. */
  readonly settled?: boolean | undefined;
  /** Undefined when the claims keep the rule or were not asked for it; otherwise what is wrong. */
  readonly check: (claims: JwtClaimsSet, context: ClaimContext) => RefusalDetails | undefined;
}

/** Told of each rule that was asked, as it ends. */
export type ClaimObserver = (rule: ClaimRule, error: JwtError | undefined) => void;

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
 * With an observer the rules after the broken one are asked too, so that an explanation can show them; the first broken one
 * is still the verdict. The caller's own checks are not: they are for tokens that all else has passed.
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
    // Not for a token that is refused anyway: a caller's check may count what it sees, and expects claims of the right types.
    if (verdict !== undefined && rule.code === 'check_failed') continue;
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

/** "aud" as a list of strings (RFC 7519 §4.1.3: one string stands for an array of one); empty where it is not there. */
export function audiencesOf(claims: JwtClaimsSet): readonly string[] {
  const aud: unknown = member(claims, 'aud');
  if (typeof aud === 'string') return [aud];
  return Array.isArray(aud) ? aud.filter((audience) => typeof audience === 'string') : [];
}
