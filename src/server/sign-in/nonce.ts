/**
 * The nonce of a sign-in: given to Google with the button, and bound to one browser by a cookie (OIDC Core §15.5.2).
 *
 * The browser keeps a secret under our MAC; Google, and so the ID token, is given a hash of it. A stolen ID token does
 * not tell the cookie, an attacker's ID token does not fit a victim's cookie (login CSRF), and no cookie can be made up.
 *
 * @module
 */

import { createHash, randomBytes } from 'node:crypto';
import type { IncomingRequest } from '../request-fields.ts';
import type { BrowserCookie, CookieField } from './browser-cookie.ts';
import type { Sealer } from './sealed-value.ts';

/** A sign-in that has begun in one browser. Times are seconds. */
export interface PendingSignIn {
  /** What the ID token must hold in its claim "nonce". */
  readonly nonce: string;
  readonly expiresAt: number;
  /** Where to go afterwards; it was checked when it was sealed. */
  readonly returnTo?: string;
}

/** Gives out nonces, and finds them again. */
export interface NonceBook {
  readonly begin: (request: IncomingRequest, now: number, returnTo: string | undefined) => {
    /** What the ID token must hold. */
    readonly nonce: string;
    readonly field: CookieField;
  };
  /** The sign-in that this browser has begun and not ended, unless it was too long ago. */
  readonly find: (request: IncomingRequest, now: number) => PendingSignIn | undefined;
}

/** What the cookie keeps. */
interface Kept extends PendingSignIn {
  readonly secret: string;
}

/** @param lifetime how long a page with the button is good for. Seconds. */
export function createNonceBook(cookie: BrowserCookie, sealer: Sealer, lifetime: number): NonceBook {
  const read = (request: IncomingRequest, now: number): Kept | undefined => {
    const value = cookie.read(request);
    const opened = value === undefined ? undefined : sealer.open(cookie.name, value);
    if (opened === undefined) return undefined;
    // What the MAC holds is what we have written, so these are the types of `begin`.
    const { rnd, exp, to } = opened.payload as { rnd: string; exp: number; to?: string };
    if (!(now < exp)) return undefined;
    return { secret: rnd, nonce: nonceOf(rnd), expiresAt: exp, ...(to === undefined ? {} : { returnTo: to }) };
  };
  return Object.freeze({
    find: read,
    begin: (request: IncomingRequest, now: number, returnTo: string | undefined) => {
      // A second tab must not spoil the first one: while half its time is left, a browser keeps its nonce.
      const kept = read(request, now);
      const fresh = kept === undefined || kept.expiresAt - now < lifetime / 2;
      const secret = fresh ? randomBytes(32).toString('base64url') : kept.secret;
      const expiresAt = fresh ? now + lifetime : kept.expiresAt;
      const value = sealer.seal(cookie.name, { rnd: secret, exp: expiresAt, to: returnTo });
      return { nonce: nonceOf(secret), field: cookie.set(value, expiresAt - now) };
    },
  });
}

function nonceOf(secret: string): string {
  return createHash('sha256').update(`nonce\n${secret}`, 'utf8').digest('base64url');
}
