/**
 * What the browser is told, and what the log is.
 *
 * @module
 */

import { formatProblem, PROBLEM_TYPE } from '../../http/index.ts';
import type { RefusalCode } from '../../jose/index.ts';
import { cookieFields, type CookieField, type ResponseField } from './browser-cookie.ts';

/** How a credential comes, and so how it is answered: as a form that a browser posts, or as JSON from a script. */
export type CredentialMode = 'form' | 'json';

/**
 * An answer, to be sent as it is.
 *
 * @example
 * response.writeHead(status, headers.flat()).end(body); // node:http, Express
 */
export interface SignInResponse {
  readonly status: number;
  readonly headers: readonly ResponseField[];
  readonly body: string;
}

/** Why a request to sign in or out was refused, beside the reasons that an ID token is refused for. */
type RequestCode =
  | 'method_not_allowed' | 'media_type_not_supported' | 'body_too_large' | 'body_malformed'
  | 'origin_not_allowed' | 'csrf_token_missing' | 'csrf_token_mismatch'
  | 'nonce_missing' | 'nonce_replayed' | 'nonces_exhausted' | 'account_not_found';

/** Why somebody was not signed in or out. For logs. */
export type SignInCode = RequestCode | RefusalCode;

const REQUEST_ANSWERS: Readonly<Record<RequestCode, readonly [status: number, words: string]>> = Object.freeze({
  method_not_allowed: [405, 'Only POST is answered here.'],
  media_type_not_supported: [415, 'The content is neither a form nor JSON.'],
  body_too_large: [413, 'The content is too long.'],
  body_malformed: [400, 'The content is not what Google Identity Services sends.'],
  origin_not_allowed: [403, 'The request does not come from a page of ours.'],
  csrf_token_missing: [403, 'The anti-forgery token is missing. Are cookies allowed?'],
  csrf_token_mismatch: [403, 'The anti-forgery token does not match.'],
  nonce_missing: [403, 'The sign-in was not begun in this browser, or too long ago. Load the page again.'],
  nonce_replayed: [403, 'This sign-in is over. Load the page again.'],
  nonces_exhausted: [503, 'Too many people are signing in. Try again in a while.'],
  account_not_found: [403, 'There is no account for you here.'],
});

/** Of a token only this much is told: whoever presents one need not learn which check it failed. */
const TOKEN_REFUSED = [403, 'The sign-in could not be verified. Load the page again.'] as const;
const KEYS_UNAVAILABLE = [503, 'The sign-in cannot be verified at the moment. Try again in a while.'] as const;

/** Fields of every answer: what it says is for this browser now, and the address it led from is nobody's business. */
const COMMON: readonly ResponseField[] = Object.freeze([
  ['cache-control', 'no-store'], ['referrer-policy', 'no-referrer'], ['x-content-type-options', 'nosniff'],
]);

/** The answer to a refused request. It repeats nothing of it. */
export function formatSignInRefusal(
  code: SignInCode,
  mode: CredentialMode,
  cookies: readonly CookieField[] = [],
): SignInResponse {
  const own = Object.hasOwn(REQUEST_ANSWERS, code) ? (code as RequestCode) : undefined;
  const [status, words] = own !== undefined ? REQUEST_ANSWERS[own]
    : code === 'keys_unavailable' ? KEYS_UNAVAILABLE : TOKEN_REFUSED;
  const told = own ?? (code === 'keys_unavailable' ? code : 'credential_refused');
  const headers: readonly ResponseField[] = [
    ...COMMON,
    ...(status === 405 ? [['allow', 'POST'] as const] : []),
    ...(status === 503 ? [['retry-after', '30'] as const] : []),
    // The rest of what is too long is not read, so that nothing else can come over this connection.
    ...(status === 413 ? [['connection', 'close'] as const] : []),
    ...cookieFields(cookies),
  ];
  if (mode === 'form') return { status, headers: [...headers, ['content-type', 'text/plain; charset=utf-8']], body: words };
  const body = formatProblem({ status, title: words, extensions: { code: told } });
  return { status, headers: [...headers, ['content-type', PROBLEM_TYPE]], body };
}

/** The answer to who was signed in or out: a form is sent on (RFC 9110 §15.4.4), a script is told where it may go. */
export function formatSignedIn(mode: CredentialMode, location: string, cookies: readonly CookieField[]): SignInResponse {
  if (mode === 'form') return { status: 303, headers: [...COMMON, ...cookieFields(cookies), ['location', location]], body: '' };
  const headers: readonly ResponseField[] = [...COMMON, ...cookieFields(cookies), ['content-type', 'application/json']];
  return { status: 200, headers, body: JSON.stringify({ location }) };
}
