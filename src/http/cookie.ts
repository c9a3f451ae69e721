/**
 * Cookies (RFC 6265 §4; the name prefixes and SameSite are of its revision, draft-ietf-httpbis-rfc6265bis).
 *
 * @module
 */

import { trimOptionalWhitespace } from './optional-whitespace.ts';

/** RFC 9110 §5.6.2, which RFC 6265 §4.1.1 makes the form of a cookie's name. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 6265 §4.1.1 cookie-octet: no control, no whitespace, no quote, comma, semicolon or backslash. */
const OCTETS = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;
/** RFC 6265 §4.1.1 path-value and domain-value, less what a browser would drop or read otherwise. */
const PATH = /^\/[\x21-\x3a\x3c-\x7e]*$/;
const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/;

/** RFC 6265bis §5.5: a browser need not keep one for longer. Seconds. */
const MAX_AGE = 400 * 86_400;

/** RFC 6265bis §5.6: a cookie whose name and value are longer together is dropped. Octets. */
const MAX_SIZE = 4096;

/** RFC 6265bis §5.6: an attribute whose value is longer is passed over: the cookie would have another path, or go to another host. */
const MAX_ATTRIBUTE = 1024;

/**
 * The value of one cookie of a request, or undefined.
 *
 * A cookie that is there twice is as good as absent: the order in which browsers send two of one name is no authority,
 * and whoever can set a cookie for a sibling domain would be choosing (RFC 6265 §8.6). A neighbour that is not of the
 * grammar is passed over and not repaired: other people's cookies must not lock our users out.
 *
 * @param fields the values of all Cookie fields of the request.
 * @example
 * readCookie(['theme=dark; __Host-session=abc'], '__Host-session'); // 'abc'
 */
export function readCookie(fields: readonly string[], name: string): string | undefined {
  const found = parseCookies(fields).filter((cookie) => cookie.name === name);
  return found.length === 1 ? found[0]?.value : undefined;
}

/** A name and a value, as the browser sent them. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
}

/** The cookies of a request that are of the grammar (RFC 6265 §4.2.1), in the order sent. */
export function parseCookies(fields: readonly string[]): readonly Cookie[] {
  return fields.flatMap((field) => field.split(';').flatMap(parsePair));
}

function parsePair(pair: string): readonly Cookie[] {
  const text = trimOptionalWhitespace(pair);
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(equals, 0));
  const quoted = text.slice(equals + 1);
  // RFC 6265 §4.1.1: cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE )
  const value = /^"[^"]*"$/.test(quoted) ? quoted.slice(1, -1) : quoted;
  return TOKEN.test(name) && OCTETS.test(value) ? [{ name, value }] : [];
}

/** A cookie to be set. What is not said is the careful choice: Secure, HttpOnly, SameSite=Lax, Path=/. */
export interface SetCookie extends Cookie {
  /** Seconds from now; 0 deletes. Absent: until the browser closes. */
  readonly maxAge?: number;
  readonly path?: string;
  /** Absent: for this host alone. */
  readonly domain?: string;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
}

/**
 * Writes a Set-Cookie field value (RFC 6265 §4.1).
 *
 * A browser drops in silence a cookie that breaks the promise of its prefix, so here that is a mistake: `__Host-` needs
 * Secure, Path=/ and no Domain, `__Secure-` needs Secure, and so does SameSite=None.
 *
 * @throws {TypeError} for anything that a browser would drop, cut, or read otherwise.
 * @example
 * serializeCookie({ name: '__Host-session', value: 'abc', maxAge: 3600 });
 */
export function serializeCookie(cookie: SetCookie): string {
  const { name, value, maxAge, path = '/', domain, secure = true, httpOnly = true, sameSite = 'Lax' } = cookie;
  if (!TOKEN.test(name)) throw new TypeError('"name" expected a token (RFC 6265 §4.1.1)');
  if (!OCTETS.test(value)) throw new TypeError('"value" expected cookie octets (RFC 6265 §4.1.1): encode it first');
  if (name.length + value.length > MAX_SIZE) throw new TypeError(`a cookie expected at most ${MAX_SIZE} octets`);
  if (!PATH.test(path) || path.length > MAX_ATTRIBUTE) throw new TypeError('"path" expected an absolute path without ";", not too long');
  if (domain !== undefined && (!DOMAIN.test(domain) || domain.length > MAX_ATTRIBUTE)) {
    throw new TypeError('"domain" expected a lower-case host name, not too long');
  }
  if (maxAge !== undefined && !(Number.isInteger(maxAge) && maxAge >= 0 && maxAge <= MAX_AGE)) {
    throw new TypeError(`"maxAge" expected whole seconds, at most ${MAX_AGE}`);
  }
  expectPrefixKept({ name, secure, path, domain, sameSite });
  return [
    `${name}=${value}`,
    ...(maxAge === undefined ? [] : [`Max-Age=${maxAge}`]),
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    `Path=${path}`,
    ...(secure ? ['Secure'] : []),
    ...(httpOnly ? ['HttpOnly'] : []),
    `SameSite=${expectSameSite(sameSite)}`,
  ].join('; ');
}

interface Promised {
  readonly name: string;
  readonly secure: boolean;
  readonly path: string;
  readonly domain: string | undefined;
  readonly sameSite: string;
}

/** RFC 6265bis §4.1.3: browsers compare the prefixes without regard to case. */
function expectPrefixKept({ name, secure, path, domain, sameSite }: Promised): void {
  const prefix = /^__(host|secure)-/i.exec(name)?.[1]?.toLowerCase();
  if (prefix !== undefined && !secure) throw new TypeError(`a "__${prefix}-" cookie expected "secure"`);
  if (prefix === 'host' && (path !== '/' || domain !== undefined)) {
    throw new TypeError('a "__Host-" cookie expected the path "/" and no domain');
  }
  if (sameSite === 'None' && !secure) throw new TypeError('"sameSite" None expected "secure"');
}

function expectSameSite(sameSite: string): string {
  if (!['Strict', 'Lax', 'None'].includes(sameSite)) throw new TypeError('"sameSite" expected Strict, Lax or None');
  return sameSite;
}
