/**
 * A cookie of ours: its name, where it may travel, and how it is set, read and taken back (RFC 6265, RFC 6265bis §4.1.3).
 *
 * @module
 */

import { readCookie, serializeCookie } from '../../http/index.ts';
import { fieldsOf, type IncomingRequest } from '../request-fields.ts';

/**
 * A field to be sent with an answer. Several values are as many fields of that name.
 *
 * They are in one list because Node's `writeHead` keeps the last of two fields of one name, once anything, Express say, has
 * set a field before.
 */
export type ResponseField = readonly [name: string, value: string | string[]];

/** A Set-Cookie field, and one cookie. */
export type CookieField = readonly [name: 'set-cookie', value: string];

/** Several cookies in the form in which nothing loses one of them. */
export function cookieFields(fields: readonly CookieField[]): readonly ResponseField[] {
  return fields.length === 0 ? [] : [['set-cookie', fields.map(([, value]) => value)]];
}

/** One cookie of ours. */
export interface BrowserCookie {
  /** With its prefix: what goes under the MAC. */
  readonly name: string;
  /** Its value, or undefined where there is none, or more than one (RFC 6265 §8.6). */
  readonly read: (request: IncomingRequest) => string | undefined;
  /** @param maxAge seconds; a part of one is dropped. */
  readonly set: (value: string, maxAge: number) => CookieField;
  readonly clear: () => CookieField;
}

/**
 * Makes a cookie. It is HttpOnly and has the path "/".
 *
 * Over https it is Secure and its name begins with `__Host-`: browsers take such a cookie only from this very host over
 * https, so that no sibling domain, and nobody on the wire, can plant one. Over http on a loopback address neither can
 * be had; the name begins with `dev-` then, and is nothing that a production server would read.
 */
export function createBrowserCookie(bareName: string, secure: boolean, sameSite: 'Lax' | 'None'): BrowserCookie {
  const name = `${secure ? '__Host-' : 'dev-'}${bareName}`;
  // RFC 6265bis §5.7: SameSite=None without Secure is dropped.
  const terms = { name, secure, httpOnly: true, path: '/', sameSite: secure ? sameSite : 'Lax' } as const;
  return Object.freeze({
    name,
    read: (request: IncomingRequest) => readCookie(fieldsOf(request, 'cookie'), name),
    set: (value: string, maxAge: number) =>
      ['set-cookie', serializeCookie({ ...terms, value, maxAge: Math.floor(maxAge) })] as const,
    clear: () => ['set-cookie', serializeCookie({ ...terms, value: '', maxAge: 0 })] as const,
  });
}
