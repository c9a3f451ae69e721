/**
 * Bearer credentials and challenges (RFC 6750 §2.1, §3; RFC 9110 §11).
 *
 * @module
 */

import { trimOptionalWhitespace } from './optional-whitespace.ts';

/** What the Authorization fields of one request hold. */
export type Credentials =
  /** No field, or an empty one. */
  | { readonly kind: 'none' }
  /** Credentials of another scheme: not for us, and not a mistake. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'bearer'; readonly token: string }
  /** A field that no scheme would send, or a Bearer one that does not hold one token. */
  | { readonly kind: 'malformed' }
  /** More than one field: which of them the next reader will take is anyone's guess. */
  | { readonly kind: 'repeated' };

/** RFC 6750 §2.1: credentials = "Bearer" 1*SP b64token. Schemes are case-insensitive (RFC 9110 §11.1). */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
/**
 * Also behind a comma: what a hop has joined out of two fields is not credentials of the first one's scheme. And with a space
 * behind it anywhere: some readers, Envoy's among them, look for "Bearer " within the value.
 */
const BEARER_SCHEME = /(?:^|,[ \t]*)bearer(?![!#$%&'*+\-.^_`|~0-9A-Za-z])|bearer[ \t]/i;
/** RFC 9110 §11.4: a scheme, spaces, and something after them. */
const OTHER_SCHEME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ +[^ ]/;

/**
 * Reads the values of all Authorization fields of a request.
 *
 * A bare token without a scheme is `malformed` and not `foreign`: who sends one means to be authenticated, and must not
 * pass for someone who did not try.
 *
 * @example
 * parseBearer(['Bearer mF_9.B5f-4.1JqM']); // { kind: 'bearer', token: 'mF_9.B5f-4.1JqM' }
 */
export function parseBearer(values: readonly string[]): Credentials {
  if (values.length > 1) return { kind: 'repeated' };
  // RFC 9110 §5.5: a field value has no whitespace around it. No other whitespace is forgiven.
  const value = trimOptionalWhitespace(values[0] ?? '');
  if (value === '') return { kind: 'none' };
  const token = BEARER.exec(value)?.[1];
  if (token !== undefined) return { kind: 'bearer', token };
  return { kind: !BEARER_SCHEME.test(value) && OTHER_SCHEME.test(value) ? 'foreign' : 'malformed' };
}

/** The attributes of a Bearer challenge. */
export interface BearerChallenge {
  readonly realm: string;
  /** Left out where the request had no credentials: RFC 6750 §3.1 wants no reason given to who has not tried. */
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope';
  readonly errorDescription?: string;
}

/**
 * Writes a WWW-Authenticate field value (RFC 6750 §3).
 *
 * @throws {TypeError} for text that has no place in the attribute; so that nothing of a request gets out of its quotes.
 * @example
 * formatChallenge({ realm: 'api', error: 'invalid_token' }); // 'Bearer realm="api", error="invalid_token"'
 */
export function formatChallenge({ realm, error, errorDescription }: BearerChallenge): string {
  const attributes = [`realm="${expectRealm(realm)}"`];
  if (error !== undefined) attributes.push(`error="${expectQuotable(error, 'error')}"`);
  if (errorDescription !== undefined) {
    attributes.push(`error_description="${expectQuotable(errorDescription, 'errorDescription')}"`);
  }
  return `Bearer ${attributes.join(', ')}`;
}

/** RFC 6750 §3: error and error_description are of %x20-21 / %x23-5B / %x5D-7E, which need no escape. */
function expectQuotable(text: string, what: string): string {
  if (!/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(text)) throw new TypeError(`"${what}" expected ASCII without " and \\`);
  return text;
}

/** RFC 9110 §5.6.4: a quoted-string. Escapes are legal, and read differently by different clients, so we need none. */
function expectRealm(realm: string): string {
  return realm === '' ? realm : expectQuotable(realm, 'realm');
}
