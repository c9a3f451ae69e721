/**
 * Where tokens stand in a request, and which there are (RFC 6750 §2, and the locations of ESP).
 *
 * @module
 */

import { parseBearer, type Credentials } from '../http/bearer.ts';
import { parseCookies } from '../http/cookie.ts';
import { trimOptionalWhitespace } from '../http/optional-whitespace.ts';
import type { JwtLocation } from './policy.ts';
import type { EspRequest } from './request.ts';

/** What stands in one location. */
export type Located =
  /** Nothing, or something that is no token by any reading: another scheme's credentials, say. */
  | { readonly kind: 'none' }
  /** A candidate, as it came. Nothing about it has been checked. */
  | { readonly kind: 'token'; readonly token: string }
  /** Something that was meant as a token and holds none. */
  | { readonly kind: 'malformed' }
  /** More than one, where the next reader might take the other. */
  | { readonly kind: 'repeated' };

const NONE: Located = Object.freeze({ kind: 'none' });
const MALFORMED: Located = Object.freeze({ kind: 'malformed' });
const REPEATED: Located = Object.freeze({ kind: 'repeated' });

/**
 * Looks for a token in one location of a request.
 *
 * @param query of the request-target, without its "?"; undefined where there is none.
 */
export function locateToken(location: JwtLocation, request: EspRequest, query: string | undefined): Located {
  switch (location.in) {
    case 'header':
      return inHeader(location.name, location.prefix, request.headers.get(location.name) ?? []);
    case 'query':
      return query === undefined ? NONE : inQuery(location.name, query);
    case 'cookie':
      return inCookie(location.name, request.headers.get('cookie') ?? []);
  }
}

/** One name for each location, so that providers that share one share the look. */
export function locationKey(location: JwtLocation): string {
  // A list of names also gives the order in which members are written.
  return JSON.stringify(location, ['in', 'name', 'prefix']);
}

function inHeader(name: string, prefix: string, values: readonly string[]): Located {
  // The scheme of RFC 6750 is read by its grammar, wherever it stands; other prefixes are text, and must come first.
  if (/^bearer ?$/i.test(prefix)) return fromCredentials(parseBearer(values));
  if (values.length > 1) return REPEATED;
  const value = trimOptionalWhitespace(values[0] ?? '');
  if (value === '') return NONE;
  if (value.startsWith(prefix)) return { kind: 'token', token: value.slice(prefix.length) };
  // Another prefix may be another location's. But what no scheme would send in Authorization was meant for us.
  return name === 'authorization' && parseBearer(values).kind === 'malformed' ? MALFORMED : NONE;
}

function fromCredentials(credentials: Credentials): Located {
  switch (credentials.kind) {
    case 'bearer':
      return { kind: 'token', token: credentials.token };
    case 'malformed':
      return MALFORMED;
    case 'repeated':
      return REPEATED;
    case 'none':
    case 'foreign':
      return NONE;
  }
}

/** RFC 6750 §2.3, read as a form (WHATWG URL): names and values percent-decoded, names compared with regard to case. */
function inQuery(name: string, query: string): Located {
  const values: string[] = [];
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    if (decodeFormText(equals === -1 ? pair : pair.slice(0, equals)) !== name) continue;
    const value = decodeFormText(equals === -1 ? '' : pair.slice(equals + 1));
    if (value === undefined) return MALFORMED;
    values.push(value);
  }
  return oneOf(values);
}

/**
 * RFC 6265 §4.2.1. What has the name and is not of the grammar is not passed over, as other cookies are: the service may read
 * it, and take it for a token that was looked at.
 */
function inCookie(name: string, fields: readonly string[]): Located {
  const pairs = fields.flatMap((field) => field.split(';'))
    .filter((pair) => trimOptionalWhitespace(pair.split('=', 1)[0] ?? '') === name && pair.includes('='));
  if (pairs.length > 1) return REPEATED;
  const cookies = parseCookies(pairs);
  return cookies.length < pairs.length ? MALFORMED : oneOf(cookies.map(({ value }) => value));
}

function oneOf(values: readonly string[]): Located {
  const [value = ''] = values;
  if (values.length > 1) return REPEATED;
  return value === '' ? NONE : { kind: 'token', token: value };
}

/** Undefined where the percent-encoding is broken. */
function decodeFormText(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/**
 * The query with the values of token parameters taken out, for a log.
 *
 * @param names of the parameters that hold tokens.
 */
export function redactQuery(query: string, names: readonly string[]): string {
  return query
    .split('&')
    .map((pair) => {
      const name = pair.split('=', 1)[0] ?? '';
      const decoded = decodeFormText(name);
      // What cannot be decoded is not shown either: it might be read as one of the names further on.
      const secret = decoded === undefined || names.some((known) => known.toLowerCase() === decoded.toLowerCase());
      return secret && pair.includes('=') ? `${name}=REDACTED` : pair;
    })
    .join('&');
}
