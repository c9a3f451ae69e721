/**
 * The answer to a request that is refused, in three vocabularies: our own, ESPv1's and ESPv2's.
 *
 * @module
 */

import { formatChallenge } from '../http/bearer.ts';
import { formatProblem, PROBLEM_TYPE, type Problem } from '../http/problem.ts';
import { REFUSALS } from '../jose/errors.ts';
import type { EspRefusal } from './decide.ts';
import { parseRequestPath } from './request-path.ts';
import type { EspRequest } from './request.ts';
import { isTokenRefusal, signatureHeld, statusOf, wordsFor } from './words.ts';

/** An answer, whole. */
export interface EspResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Empty for HEAD. */
  readonly body: string;
}

/** Whose words to speak: ours, or one of Google's proxies'. */
export type ResponseVocabulary = 'assay' | 'espv1' | 'espv2';

/** How to answer. */
export interface ResponseOptions {
  readonly vocabulary: ResponseVocabulary;
  /** Names the service in the challenge. */
  readonly realm: string;
  /**
   * Says everything about every refusal, for development. In production it would tell a stranger which keys we know,
   * and a forger how far a forgery gets.
   */
  readonly verbose?: boolean;
  /**
   * Answers 503, in our own vocabulary, when the keys of an issuer cannot be had: the fault is then not the client's.
   * Only where no proxy stands behind the answer that would make an error, or a pass, of it.
   */
  readonly unavailable?: boolean;
  /** Answers 403 for what is neither 401 nor 403: for proxies that make a server error of the rest. */
  readonly authOnly?: boolean;
}

/**
 * Writes the answer to a refused request.
 *
 * In our own vocabulary every refusal before the signature has held is the same, octet for octet. The words of Google's
 * proxies tell these apart; who chooses them chooses that.
 *
 * @example
 * const { status, headers, body } = formatRefusal(refusal, request, { vocabulary: 'assay', realm: 'api.example' });
 */
export function formatRefusal(refusal: EspRefusal, request: EspRequest, options: ResponseOptions): EspResponse {
  const answer = WRITERS[options.vocabulary](refusal, request, options);
  const ours = options.authOnly === true && answer.status !== 401 ? 403 : answer.status;
  const methods = ours === 405 ? [['allow', (refusal.methods ?? []).join(', ')] as const] : [];
  const challenge = answer.challenge === undefined ? [] : [['www-authenticate', answer.challenge] as const];
  return {
    status: ours,
    // RFC 9111 §5.2.2.5: a refusal is about one request, and is not to be kept for the next.
    headers: [['content-type', answer.type], ['cache-control', 'no-store'], ...challenge, ...methods],
    body: request.method === 'HEAD' ? '' : answer.body(ours),
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly challenge: string | undefined;
  /** Given the status that it is sent with. */
  readonly body: (status: number) => string;
}

type Writer = (refusal: EspRefusal, request: EspRequest, options: ResponseOptions) => Answer;

const WRITERS: Readonly<Record<ResponseVocabulary, Writer>> = {
  assay: writeAssay,
  espv1: writeEspv1,
  espv2: writeEspv2,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  503: 'Service Unavailable',
};

function writeAssay(refusal: EspRefusal, _request: EspRequest, options: ResponseOptions): Answer {
  const unavailable = refusal.code === 'keys_unavailable' && options.unavailable === true;
  const status = unavailable ? 503 : statusOf(refusal);
  const told = tell(refusal, unavailable || options.verbose === true);
  return {
    status,
    type: PROBLEM_TYPE,
    challenge: isTokenRefusal(refusal) && !unavailable ? challengeOf(refusal, options) : undefined,
    body: (sent) => formatProblem({ status: sent, title: TITLES[sent] ?? 'Refused', ...told }),
  };
}

/** What the client may know, in the body. */
function tell(refusal: EspRefusal, all: boolean): Pick<Problem, 'detail' | 'extensions'> {
  const { code, error, reason } = refusal;
  if (isTokenRefusal(refusal) && code !== 'credentials_missing' && !all && !signatureHeld(refusal)) {
    return { detail: 'the token was not accepted', extensions: { code: 'invalid_token' } };
  }
  const detail = error?.message ?? reason ?? REASONS[code as keyof typeof REASONS];
  const named = error === undefined ? {} : {
    rule: error.rule,
    ...(error.claim === undefined ? {} : { claim: error.claim }),
    ...(error.skew === undefined ? {} : { skew: error.skew }),
    ...(error.check === undefined ? {} : { check: error.check }),
  };
  return { ...(detail === undefined ? {} : { detail }), extensions: { code, ...named } };
}

const REASONS = {
  credentials_missing: 'a token is required',
  credentials_malformed: 'the credentials hold no token',
  credentials_repeated: 'there is more than one token in one place',
  claims_not_forwardable: 'a claim cannot be passed on',
  operation_not_found: 'there is no such operation',
  method_not_allowed: 'the path has no such method',
};

/** RFC 6750 §3: who has not tried is not told of an error; who has, is told the same until the signature has held. */
function challengeOf(refusal: EspRefusal, { realm, verbose }: ResponseOptions): string {
  if (refusal.code === 'credentials_missing') return formatChallenge({ realm });
  const error = 'invalid_token';
  const mayTell = signatureHeld(refusal) || verbose === true;
  if (refusal.error === undefined || !mayTell) return formatChallenge({ realm, error });
  // The general words and not the message, which may name claims in quotes.
  return formatChallenge({ realm, error, errorDescription: REFUSALS[refusal.error.code][1] });
}

/** google.rpc.Code of each status. */
const RPC_CODES: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 404: 5 };

/** A google.rpc.Status, indented by one space. The challenge is not of RFC 6750's form, and is as ESPv1 writes it. */
function writeEspv1(refusal: EspRefusal): Answer {
  const { status, text } = wordsFor(refusal, 'espv1');
  const ofToken = isTokenRefusal(refusal);
  const detail = {
    '@type': 'type.googleapis.com/google.rpc.DebugInfo',
    stackEntries: [],
    detail: ofToken ? 'auth' : 'service_control',
  };
  const message = ofToken ? `JWT validation failed: ${text}` : text;
  const missing = refusal.code === 'credentials_missing';
  return {
    status,
    type: 'application/json',
    challenge: !ofToken ? undefined : missing ? 'Bearer' : 'Bearer, error="invalid_token"',
    body: (sent) => `${JSON.stringify({ code: RPC_CODES[sent], message, details: [detail] }, null, 1)}\n`,
  };
}

function writeEspv2(refusal: EspRefusal, request: EspRequest, { realm }: ResponseOptions): Answer {
  const { status, text } = wordsFor(refusal, 'espv2');
  const error = refusal.code === 'credentials_missing' ? {} : { error: 'invalid_token' as const };
  return {
    status,
    type: 'application/json',
    challenge: isTokenRefusal(refusal) ? formatChallenge({ realm: urlRealm(request) ?? realm, ...error }) : undefined,
    body: (sent) => JSON.stringify({ code: sent, message: text }),
  };
}

/** Envoy cuts the realm here. Characters. */
const MAX_REALM = 256;

/**
 * The URL of the request, which is ESPv2's realm, or undefined where it is not known to be safe in quotes.
 *
 * Without the query: it may hold a token, and a challenge is kept in logs.
 */
function urlRealm({ scheme, host, target }: EspRequest): string | undefined {
  const path = parseRequestPath(target);
  if (scheme === undefined || host === undefined || !path.ok) return undefined;
  if (!/^https?$/.test(scheme) || !/^[A-Za-z0-9.\-:[\]_]+$/.test(host)) return undefined;
  return `${scheme}://${host}${path.path}`.slice(0, MAX_REALM);
}
