/**
 * Every reason a token can be refused, and the one error that says so.
 *
 * @module
 */

/** Why a token was refused. Stable across versions: match on this, never on the message. */
export type RefusalCode =
  // form
  | 'token_too_long' | 'malformed_compact' | 'invalid_base64url' | 'invalid_utf8' | 'invalid_json' | 'duplicate_member'
  // JOSE Header
  | 'header_invalid' | 'algorithm_not_allowed' | 'critical_header_unsupported' | 'type_not_allowed'
  // key
  | 'key_not_found' | 'key_unusable' | 'keys_unavailable'
  // signature
  | 'signature_invalid'
  // claims
  | 'claim_missing' | 'claim_invalid' | 'issuer_not_allowed' | 'audience_not_allowed' | 'authorized_party_not_allowed'
  | 'subject_mismatch' | 'token_expired' | 'token_not_yet_valid' | 'token_issued_in_future' | 'token_too_old'
  | 'lifetime_too_long'
  // Google
  | 'hosted_domain_not_allowed' | 'email_not_verified' | 'nonce_mismatch' | 'access_token_mismatch'
  // the caller's own
  | 'check_failed';

/**
 * Refusal code -> the rule it enforces, and what happened in plain words.
 *
 * The code is the contract and never changes its meaning; the words are for people and may improve. Where one code
 * enforces several sections, this names the general one and the branch that refuses names the exact one.
 */
export const REFUSALS: Readonly<Record<RefusalCode, readonly [rule: string, meaning: string]>> = Object.freeze({
  token_too_long: ['RFC 8259 §9', 'the token is longer than this verifier accepts'],
  malformed_compact: ['RFC 7515 §7.1', 'a compact JWS is a string of exactly three parts joined by dots'],
  invalid_base64url: ['RFC 7515 §2', 'not canonical base64url without padding'],
  invalid_utf8: ['RFC 7515 §5.2', 'not valid UTF-8'],
  invalid_json: ['RFC 8259 §2', 'not one valid JSON object'],
  duplicate_member: ['RFC 7515 §4', 'a JSON object has two members of the same name'],
  header_invalid: ['RFC 7515 §4.1', 'a Header Parameter is missing or of the wrong type'],
  algorithm_not_allowed: ['RFC 8725 §3.1', 'the algorithm is not one that this verifier and this key allow'],
  critical_header_unsupported: ['RFC 7515 §4.1.11', 'the token demands an extension that is not supported'],
  type_not_allowed: ['RFC 8725 §3.11', 'the token is of a type that is not accepted here'],
  key_not_found: ['RFC 7515 §4.1.4', 'no key of the set has the key ID of the token'],
  key_unusable: ['RFC 7517 §4', 'the key must not be used for this'],
  keys_unavailable: ['OIDC Core §10.1.1', "the issuer's keys could not be had"],
  signature_invalid: ['RFC 7515 §5.2 step 8', 'the signature does not hold'],
  claim_missing: ['RFC 7519 §4', 'a required claim is missing'],
  claim_invalid: ['RFC 7519 §4.1', 'a claim is of the wrong type'],
  issuer_not_allowed: ['RFC 7519 §4.1.1', 'the issuer is not the one expected'],
  audience_not_allowed: ['RFC 7519 §4.1.3', 'the token is meant for another audience'],
  authorized_party_not_allowed: ['OIDC Core §3.1.3.7 step 5', 'the token was issued to another party'],
  subject_mismatch: ['RFC 7519 §4.1.2', 'the subject is not the one expected'],
  token_expired: ['RFC 7519 §4.1.4', 'the token has expired'],
  token_not_yet_valid: ['RFC 7519 §4.1.5', 'the token is not valid yet'],
  token_issued_in_future: ['RFC 7519 §4.1.6', 'the token claims to have been issued in the future'],
  token_too_old: ['RFC 7519 §4.1.6', 'the token was issued too long ago'],
  lifetime_too_long: ['RFC 7519 §4.1.4', 'the token lives longer than is accepted here'],
  hosted_domain_not_allowed: ['OIDC Core §5.1.2', 'the account does not belong to an accepted hosted domain'],
  email_not_verified: ['OIDC Core §5.1', 'the e-mail address is not verified'],
  nonce_mismatch: ['OIDC Core §3.1.3.7 step 11', 'the nonce is not the one of this sign-in'],
  access_token_mismatch: ['OIDC Core §3.1.3.8', 'the token does not belong to this access token'],
  check_failed: ['RFC 7519 §4.3', "one of the caller's own checks did not pass"],
});

for (const row of Object.values(REFUSALS)) Object.freeze(row);

/** What a refusal may say beyond its code. Names and distances only: never octets or claim values of the token. */
export interface RefusalDetails {
  /** The exact section enforced, where it is narrower than the code's own. */
  readonly rule?: string;
  /** What happened, in place of the code's general meaning. Must be fixed text or made of configured names. */
  readonly message?: string;
  /** The claim that was looked at. */
  readonly claim?: string;
  /** Seconds by which the claim misses the time of verification, before leeway. */
  readonly skew?: number;
  /** Name of the caller's own check. */
  readonly check?: string;
}

/**
 * A token, or a key, was refused.
 *
 * It carries no octet of the token and no claim value, in message, stack, cause or inspection, so it can be logged. It
 * carries no stack trace either: a refusal is an expected answer, the frames would all be ours, and collecting them
 * costs more than the refusal itself.
 */
export class JwtError extends Error {
  declare readonly name: 'JwtError';
  /** Which rule was broken. */
  declare readonly code: RefusalCode;
  /** The section that states the rule, such as `RFC 7519 §4.1.4`. */
  declare readonly rule: string;
  /** The claim concerned, if one is. */
  declare readonly claim?: string;
  /** For times: seconds by which the claim misses the time of verification, before leeway. Never negative. */
  declare readonly skew?: number;
  /** For `check_failed`: the name the caller gave the check. */
  declare readonly check?: string;

  constructor(code: RefusalCode, details: RefusalDetails = {}) {
    const [rule, meaning] = REFUSALS[code];
    const message = String(details.message ?? meaning);
    const depth = Error.stackTraceLimit;
    limitStackTrace(undefined);
    super(message);
    limitStackTrace(depth);
    this.stack = `JwtError: ${message}`; // loggers expect one
    this.code = code;
    this.rule = details.rule ?? rule;
    if (details.claim !== undefined) this.claim = details.claim;
    if (details.skew !== undefined) this.skew = details.skew;
    if (details.check !== undefined) this.check = details.check;
  }
}

/** As V8 has it: without a number, errors collect no frames. */
const LIMITED: { stackTraceLimit: number | undefined } = Error;

/**
 * Says how many frames the errors that follow collect. For zero V8 still visits the stack; for undefined it does not, and a refusal before
 * any cryptography takes a tenth less (measured). Reflect.set would report failure without a throw, but take 0.07 µs more.
 */
function limitStackTrace(frames: number | undefined): void {
  try {
    LIMITED.stackTraceLimit = frames;
  } catch {
    // Under --frozen-intrinsics it stays as it is.
  }
}

// On the prototype, like the built-in errors, so that it does not repeat in every inspection.
Object.defineProperty(JwtError.prototype, 'name', { value: 'JwtError', writable: true, configurable: true });
