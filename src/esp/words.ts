/**
 * What each refusal is called, and its HTTP status, in the vocabularies of both proxies of Google's.
 *
 * The words of ESPv1 are those of its troubleshooting page, before 2019. Where the page and a proxy's code disagree
 * about what is refused, the page holds; the word is then the nearest that the proxy has.
 *
 * @module
 */

import type { EspCode, EspRefusal } from './decide.ts';
import type { EspCheckName } from './verifiers.ts';

/** Text, or what gives it for what is known of the refusal: its claim, its part of the token, the check. */
type Words = string | ((refusal: EspRefusal) => string);

interface Row {
  readonly status: 400 | 401 | 403 | 404 | 405;
  readonly espv1: Words;
  readonly espv2: Words;
  /** Where ESPv1 has another status. */
  readonly espv1Status?: (refusal: EspRefusal) => 403 | 404;
}

const BAD_FORMAT = 'BAD_FORMAT';
const TIME = 'TIME_CONSTRAINT_FAILURE';
const KEYS = 'KEY_RETRIEVAL_ERROR';
const UNKNOWN = 'UNKNOWN';
const FAILS = 'Jwt verification fails';
const NOT_COMPACT = 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections';
const NO_KEY = "Jwks doesn't have key to match kid or alg from Jwt";

/** A refusal of a token: 401, but for the audience. */
function refused(espv1: Words, espv2: Words): Row {
  return { status: 401, espv1, espv2 };
}

/**
 * The table. It does not compile without a row for every code.
 */
const WORDS = {
  token_too_long: refused(BAD_FORMAT, NOT_COMPACT),
  malformed_compact: refused(BAD_FORMAT, NOT_COMPACT),
  invalid_base64url: refused(BAD_FORMAT, (refusal) => `Jwt ${partOf(refusal)} is an invalid Base64url encoded`),
  invalid_utf8: refused(BAD_FORMAT, (refusal) => `Jwt ${partOf(refusal)} is an invalid JSON`),
  invalid_json: refused(BAD_FORMAT, (refusal) => `Jwt ${partOf(refusal)} is an invalid JSON`),
  duplicate_member: refused(BAD_FORMAT, (refusal) => `Jwt ${partOf(refusal)} is an invalid JSON`),

  header_invalid: refused(BAD_FORMAT, headerWords),
  algorithm_not_allowed: refused(BAD_FORMAT, 'Jwt header [alg] is not supported'),
  critical_header_unsupported: refused(BAD_FORMAT, FAILS),
  type_not_allowed: refused(BAD_FORMAT, FAILS),

  key_not_found: refused(KEYS, NO_KEY),
  key_unusable: refused(KEYS, "Jwks doesn't have any valid public key"),
  keys_unavailable: refused(KEYS, 'Jwks remote fetch is failed'),

  signature_invalid: refused('BAD_SIGNATURE', FAILS),

  claim_missing: refused(({ error }) => (error?.claim === 'exp' ? TIME : BAD_FORMAT), missingWords),
  claim_invalid: refused(BAD_FORMAT, ({ error }) => typeWords(error?.claim)),
  issuer_not_allowed: refused('Issuer not allowed', 'Jwt issuer is not configured'),
  audience_not_allowed: { status: 403, espv1: 'Audience not allowed', espv2: 'Audiences in Jwt are not allowed' },
  authorized_party_not_allowed: refused(UNKNOWN, FAILS),
  subject_mismatch: refused(UNKNOWN, FAILS),
  token_expired: refused(TIME, 'Jwt is expired'),
  token_not_yet_valid: refused(TIME, 'Jwt not yet valid'),
  token_issued_in_future: refused(TIME, 'Jwt not yet valid'),
  token_too_old: refused(TIME, 'Jwt is expired'),
  lifetime_too_long: refused(TIME, FAILS),

  hosted_domain_not_allowed: refused(UNKNOWN, FAILS),
  email_not_verified: refused(UNKNOWN, FAILS),
  nonce_mismatch: refused(UNKNOWN, FAILS),
  access_token_mismatch: refused(UNKNOWN, FAILS),

  check_failed: refused(checkWord, checkWords),

  credentials_missing: refused('Missing or invalid credentials', 'Jwt is missing'),
  credentials_malformed: refused(BAD_FORMAT, NOT_COMPACT),
  credentials_repeated: refused(BAD_FORMAT, 'Found multiple Jwt tokens'),
  claims_not_forwardable: refused('Internal error', FAILS),

  request_refused: { status: 400, espv1: 'Bad request.', espv2: 'Bad request' },
  operation_not_found: {
    status: 404,
    espv1: 'Method does not exist.',
    espv2: 'The current request is not defined by this API.',
  },
  method_not_allowed: {
    status: 405,
    // ESPv1 knows no 405, and tells a preflight that it is not served.
    espv1: ({ method }) =>
      method === 'OPTIONS' ? 'The service does not allow CORS traffic.' : 'Method does not exist.',
    espv1Status: ({ method }) => (method === 'OPTIONS' ? 403 : 404),
    espv2: ({ template = '' }) =>
      `The current request is matched to the defined url template "${template}" but its http method is not allowed`,
  },
} satisfies Record<EspCode, Row>;

/** The vocabularies of Google's proxies. */
export type EspVocabulary = 'espv1' | 'espv2';

/**
 * A refusal in the words of a proxy. Of ESPv1 without "JWT validation failed: ", which {@link isTokenRefusal} calls
 * for.
 */
export interface EspWords {
  readonly status: number;
  readonly text: string;
}

/** Says a refusal in the words of ESPv1 or ESPv2. */
export function wordsFor(refusal: EspRefusal, vocabulary: EspVocabulary): EspWords {
  const row: Row = WORDS[refusal.code];
  const words = row[vocabulary];
  const text = typeof words === 'string' ? words : words(refusal);
  const status = vocabulary === 'espv1' && row.espv1Status !== undefined ? row.espv1Status(refusal) : row.status;
  return { status, text };
}

/** The status of a refusal, in our own vocabulary. */
export function statusOf({ code }: EspRefusal): number {
  return WORDS[code].status;
}

/** Whether a refusal is about a token or its absence, and not about the request or the document. */
export function isTokenRefusal({ code }: EspRefusal): boolean {
  return code !== 'request_refused' && code !== 'operation_not_found' && code !== 'method_not_allowed';
}

/**
 * Whether the signature had held before the token was refused.
 *
 * Only then was the token the issuer's own, and whoever shows it may be told what is wrong with it. About "iss" we ask
 * before: it chooses the keys.
 */
export function signatureHeld({ code, error }: EspRefusal): boolean {
  return HELD.has(code) && error?.claim !== 'iss';
}

const HELD: ReadonlySet<EspCode> = new Set<EspCode>([
  'claim_missing', 'claim_invalid', 'audience_not_allowed', 'authorized_party_not_allowed', 'subject_mismatch',
  'token_expired', 'token_not_yet_valid', 'token_issued_in_future', 'token_too_old', 'lifetime_too_long',
  'hosted_domain_not_allowed', 'email_not_verified', 'nonce_mismatch', 'access_token_mismatch', 'check_failed',
  'claims_not_forwardable',
]);

/** Which part of the token a form code is about. The library's messages begin with the name of the part. */
function partOf({ error }: EspRefusal): string {
  const message = error?.message ?? '';
  if (/^the (?:JWS Payload|JWT Claims Set) /.test(message)) return 'payload';
  return message.startsWith('the JWS Signature ') ? 'signature' : 'header';
}

function headerWords({ error }: EspRefusal): string {
  if (error?.rule === 'RFC 7515 §4.1.1') return 'Jwt header [alg] field is required and must be a string';
  return error?.rule === 'RFC 7515 §4.1.4' ? 'Jwt header [kid] field is not a string' : FAILS;
}

/** ESPv2 asks for none of these; of a missing issuer it says that it does not know it. */
function missingWords({ error }: EspRefusal): string {
  if (error?.claim === 'iss') return 'Jwt issuer is not configured';
  return error?.claim === 'exp' ? FAILS : typeWords(error?.claim);
}

function typeWords(claim: string | undefined): string {
  switch (claim) {
    case 'iss':
    case 'sub':
    case 'jti':
      return `Jwt payload [${claim}] field is not a string`;
    case 'iat':
    case 'nbf':
    case 'exp':
      return `Jwt payload [${claim}] field is not an integer`;
    case 'aud':
      return 'Jwt payload [aud] field is not a string or string list';
    default:
      return FAILS;
  }
}

/** The claim of each check on times; the other check is about whom an e-mail issuer speaks for. */
const POSITIVE: Readonly<Record<EspCheckName, 'iat' | 'exp' | 'nbf' | undefined>> = {
  positive_iat: 'iat',
  positive_exp: 'exp',
  positive_nbf: 'nbf',
  self_issued: undefined,
};

function checkedTime({ error }: EspRefusal): string | undefined {
  const check = error?.check ?? '';
  return Object.hasOwn(POSITIVE, check) ? POSITIVE[check as EspCheckName] : undefined;
}

function checkWord(refusal: EspRefusal): string {
  return checkedTime(refusal) === undefined ? UNKNOWN : BAD_FORMAT;
}

function checkWords(refusal: EspRefusal): string {
  const time = checkedTime(refusal);
  return time === undefined ? FAILS : `Jwt payload [${time}] field is not a positive 64 bit integer`;
}
