/**
 * The session cookie: who is signed in, since when and until when, under our MAC.
 *
 * Nothing is kept on the server, so that a restart signs nobody out; what is, is the version that ends all sessions of
 * one account at once.
 *
 * @module
 */

import type { IncomingRequest } from '../request-fields.ts';
import type { BrowserCookie, CookieField } from './browser-cookie.ts';
import type { Sealer } from './sealed-value.ts';

/** Somebody is signed in. Times are NumericDates, in seconds. */
export interface Session {
  /** The application's own ID of the account, as `findAccount` has returned it. */
  readonly account: string;
  /** Google's ID of the account: the claim "sub". */
  readonly subject: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** To be sent with the answer. Empty, but where the cookie was sealed with an older secret: then sealed anew. */
  readonly headers: readonly CookieField[];
}

/** What tells sessions of one account from those before they were revoked. */
export type SessionVersion = (subject: string) =>
  string | number | undefined | Promise<string | number | undefined>;

/** Gives out session cookies, and reads them. */
export interface SessionBook {
  readonly issue: (subject: string, account: string, now: number) => Promise<{
    readonly session: Session;
    readonly field: CookieField;
  }>;
  readonly read: (request: IncomingRequest, now: number) => Promise<Session | undefined>;
}

/** What the cookie keeps, and no more: it travels with every request. */
interface SessionPayload {
  readonly sub: string;
  readonly acc: string;
  readonly iat: number;
  readonly exp: number;
  readonly ver?: string | number;
}

/** How far the clocks of our own servers may be apart. Seconds. */
const CLOCK_LEEWAY = 60;

/** @param lifetime how long a session lasts; shortened, it shortens sessions that have begun. Seconds. */
export function createSessionBook(
  cookie: BrowserCookie,
  sealer: Sealer,
  lifetime: number,
  versionOf: SessionVersion | null,
): SessionBook {
  const currentVersion = async (subject: string): Promise<string | number | undefined> => {
    if (versionOf === null) return undefined;
    const version: unknown = await versionOf(subject);
    if (version === undefined || (typeof version === 'string' && version.length <= 128)) return version;
    if (typeof version === 'number' && Number.isSafeInteger(version)) return version;
    throw new TypeError('"sessionVersion" expected to return a whole number, a string of at most 128 characters, or undefined');
  };
  return Object.freeze({
    issue: async (subject: string, account: string, now: number) => {
      const ver = await currentVersion(subject);
      const iat = Math.floor(now);
      const exp = iat + lifetime;
      const payload = { sub: subject, acc: account, iat, exp, ...(ver === undefined ? {} : { ver }) };
      const field = cookie.set(sealer.seal(cookie.name, payload), lifetime);
      return { session: { account, subject, issuedAt: iat, expiresAt: exp, headers: [] }, field };
    },
    read: async (request: IncomingRequest, now: number) => {
      const value = cookie.read(request);
      const opened = value === undefined ? undefined : sealer.open(cookie.name, value);
      if (opened === undefined) return undefined;
      // What the MAC holds is what we have written, so these are the types of `issue`.
      const payload = opened.payload as unknown as SessionPayload;
      const { sub, acc, iat, exp, ver } = payload;
      const expiresAt = Math.min(exp, iat + lifetime);
      // Said so that what is no number ends it as well.
      if (!(now < expiresAt && iat <= now + CLOCK_LEEWAY)) return undefined;
      // Also where no version is known any more: the account is gone.
      if (versionOf !== null) {
        const version = await currentVersion(sub);
        if (version === undefined || version !== ver) return undefined;
      }
      // As long as before and no longer: a new secret is no new sign-in.
      const headers = opened.current ? [] : [cookie.set(sealer.seal(cookie.name, { ...payload }), expiresAt - now)];
      return Object.freeze({ account: acc, subject: sub, issuedAt: iat, expiresAt, headers });
    },
  });
}
