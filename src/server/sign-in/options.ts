/**
 * How to sign people in: the options, read and checked.
 *
 * @module
 */

import type { JwtClaimsSet } from '../../jose/index.ts';
import { expectBoolean, expectFunction, expectNumber, expectString, readOptions } from '../../jose/options.ts';
import { readClock, readClockOption, type Clock } from '../../verifier/verifier.ts';
import type { Verifier, VerifyOptions } from '../../verifier/index.ts';
import { createBrowserCookie, type BrowserCookie } from './browser-cookie.ts';
import { isOwnPath } from './return-path.ts';
import { createSealer, type Sealer } from './sealed-value.ts';
import type { SessionVersion } from './session.ts';
import { createUsedNonces, type NonceUse } from './used-nonces.ts';

/** A verifier that binds a token to a nonce, as `createGoogleVerifier` makes it. */
export type SignInVerifier<C extends JwtClaimsSet = JwtClaimsSet> = Verifier<C, VerifyOptions & { readonly nonce?: string }>;

/**
 * Uses up a nonce: says whether this is the first time, and remembers it until `expiresAt`, in seconds.
 *
 * Look-up and storing must be one step, as `SET key 1 NX EXAT time` is in Redis.
 */
export type UseNonce = (nonce: string, expiresAt: number) => boolean | Promise<boolean>;

/** Options of `createSignIn`. All durations are seconds. */
export interface SignInOptions<C extends JwtClaimsSet = JwtClaimsSet> {
  readonly verifier: SignInVerifier<C>;
  /**
   * Where your pages are, as a browser writes it: `https://app.example`. Whether cookies are Secure follows from this
   * and not from the request, which has come through a proxy that speaks http to you.
   */
  readonly origin: string;
  /**
   * Keys of the cookies' MACs, each of 32 random octets or more; all servers of one application share them. The first one
   * seals, all of them open: to rotate, put a new one in front, and take the last one away after `sessionLifetime`.
   */
  readonly secrets: readonly Uint8Array[];
  /**
   * The application's own ID for the account of a `sub`, or undefined if there is none and none is to be made.
   *
   * Match by `sub`, which never changes, and never by the e-mail address, which changes hands.
   */
  readonly findAccount: (sub: string, claims: C) => string | undefined | Promise<string | undefined>;
  /**
   * The current version of an account's sessions, by `sub`: a session is good while this returns what it did at sign-in.
   * Change it to end all sessions of an account. Asked with every request. null: sessions end by time alone.
   */
  readonly sessionVersion: SessionVersion | null;
  /** From sign-in to the end of the session, however much it is used. Default: 12 hours. */
  readonly sessionLifetime?: number;
  /** From the page with the button to the credential. Default: 20 minutes. */
  readonly nonceLifetime?: number;
  /** A path of yours, for who has not asked for another. Default: `/`. */
  readonly afterSignIn?: string;
  /** A path of yours. Default: `/`. */
  readonly afterSignOut?: string;
  /** The cookies are `__Host-NAME` and `__Host-NAME-nonce`. Default: `session`. */
  readonly cookieName?: string;
  /**
   * Lets `origin` be http on localhost, 127.0.0.0/8 or [::1], for development. The cookies are called `dev-NAME` then,
   * and are not Secure. Google's button must not redirect there: its form would come without them.
   */
  readonly allowLoopbackHttp?: boolean;
  /** Default: the memory of this process, of 100,000 nonces. Where several processes serve, give one over what they share. */
  readonly useNonce?: UseNonce;
  /** Default: the system's. The verifier has its own. */
  readonly clock?: Clock;
}

/** The options, each with its value. */
export interface SignInTerms<C extends JwtClaimsSet> {
  readonly verifier: SignInVerifier<C>;
  readonly origin: string;
  readonly sealer: Sealer;
  readonly findAccount: SignInOptions<C>['findAccount'];
  readonly sessionVersion: SessionVersion | null;
  readonly sessionLifetime: number;
  readonly nonceLifetime: number;
  readonly afterSignIn: string;
  readonly afterSignOut: string;
  readonly sessionCookie: BrowserCookie;
  readonly nonceCookie: BrowserCookie;
  readonly useNonce: (nonce: string, expiresAt: number, now: number) => Promise<NonceUse>;
  readonly now: () => number;
}

const OPTION_NAMES: readonly (keyof SignInOptions)[] = [
  'verifier', 'origin', 'secrets', 'findAccount', 'sessionVersion', 'sessionLifetime', 'nonceLifetime', 'afterSignIn',
  'afterSignOut', 'cookieName', 'allowLoopbackHttp', 'useNonce', 'clock',
];

/** RFC 6265bis §5.5: no browser keeps a cookie for longer. Seconds. */
const LONGEST_SESSION = 400 * 86_400;

/** Google's own page may be where the time goes: an account to choose, a second factor. Seconds. */
const NONCE_LIFETIME = 1200;

/** @throws {TypeError} for a missing, wrong, unknown or undefined option. */
export function readSignInOptions<C extends JwtClaimsSet>(options: SignInOptions<C>): SignInTerms<C> {
  const given = readOptions(options, 'createSignIn', OPTION_NAMES);
  const origin = expectOrigin(given.origin, expectBoolean(given.allowLoopbackHttp ?? false, 'allowLoopbackHttp'));
  const secure = origin.startsWith('https:');
  const name = expectString(given.cookieName ?? 'session', 'cookieName');
  if (!/^[A-Za-z0-9-]{1,64}$/.test(name)) throw new TypeError('"cookieName" expected letters, digits and "-"');
  const clock = readClockOption(given.clock);
  const path = (value: unknown, what: string): string => {
    if (!isOwnPath(value, origin)) throw new TypeError(`"${what}" expected a path of the origin, such as "/"`);
    return value;
  };
  return Object.freeze({
    verifier: expectSignInVerifier<C>(given.verifier),
    origin,
    sealer: createSealer(given.secrets),
    findAccount: expectFunction<SignInOptions<C>['findAccount']>(given.findAccount, 'findAccount'),
    sessionVersion: given.sessionVersion === null ? null : expectFunction<SessionVersion>(given.sessionVersion, 'sessionVersion'),
    sessionLifetime: expectNumber(given.sessionLifetime ?? 43_200, 'sessionLifetime', 60, LONGEST_SESSION),
    nonceLifetime: expectNumber(given.nonceLifetime ?? NONCE_LIFETIME, 'nonceLifetime', 60, 86_400),
    afterSignIn: path(given.afterSignIn ?? '/', 'afterSignIn'),
    afterSignOut: path(given.afterSignOut ?? '/', 'afterSignOut'),
    sessionCookie: createBrowserCookie(name, secure, 'Lax'),
    // Where the button redirects, Google's page posts the form: across sites, where a Lax cookie does not go.
    nonceCookie: createBrowserCookie(`${name}-nonce`, secure, 'None'),
    useNonce: readUseNonce(given.useNonce),
    now: () => readClock(clock),
  });
}

const LOOPBACK_HOST = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

function expectOrigin(value: unknown, allowLoopbackHttp: boolean): string {
  const text = expectString(value, 'origin');
  // A browser's own spelling, and no other: it is compared with what browsers send.
  if (!URL.canParse(text) || new URL(text).origin !== text) {
    throw new TypeError('"origin" expected an origin as browsers write it, such as "https://app.example"');
  }
  const { protocol, hostname } = new URL(text);
  const loopback = protocol === 'http:' && allowLoopbackHttp && LOOPBACK_HOST.test(hostname);
  if (protocol !== 'https:' && !loopback) throw new TypeError('"origin" expected https, or with allowLoopbackHttp http on this machine');
  return text;
}

function expectSignInVerifier<C extends JwtClaimsSet>(value: unknown): SignInVerifier<C> {
  const verifier = value as SignInVerifier<C> | undefined;
  if (typeof verifier?.verify !== 'function' || typeof verifier.tryVerifySync !== 'function') {
    throw new TypeError('"verifier" is required: see createGoogleVerifier');
  }
  try {
    // One that knows no nonce says so now, and not to the first who signs in. No token, so no key is looked for.
    verifier.tryVerifySync('', { nonce: 'any' });
  } catch (cause) {
    throw new TypeError('"verifier" expected one that can bind a token to a nonce: see createGoogleVerifier', { cause });
  }
  return verifier;
}

function readUseNonce(value: unknown): SignInTerms<JwtClaimsSet>['useNonce'] {
  if (value === undefined) {
    const used = createUsedNonces();
    return async (nonce, expiresAt, now) => used.use(nonce, expiresAt, now);
  }
  const useNonce = expectFunction<UseNonce>(value, 'useNonce');
  // Only `true` is the first time: a store that answers nothing has not stored it.
  return async (nonce, expiresAt) => ((await useNonce(nonce, expiresAt)) === true ? 'first' : 'again');
}
