/**
 * Sign in with Google, from the button to the session cookie (Google Identity Services; OIDC Core §3.1.3.7, §15.5.2).
 *
 * @module
 */

import { JwtError, type JwtClaimsSet, type VerifiedJwt } from '../../jose/index.ts';
import type { IncomingRequest } from '../request-fields.ts';
import { formatSignedIn, formatSignInRefusal, type CredentialMode, type SignInCode, type SignInResponse } from './answers.ts';
import type { CookieField, ResponseField } from './browser-cookie.ts';
import { readCredential, type CredentialRequest } from './credential.ts';
import { createNonceBook, type PendingSignIn } from './nonce.ts';
import { readSignInOptions, type SignInOptions, type SignInTerms } from './options.ts';
import { isOwnPath } from './return-path.ts';
import { isFromOurPage } from './same-origin.ts';
import { createSessionBook, type Session } from './session.ts';

/** What may be said when a sign-in begins. */
export interface BeginOptions {
  /** Where to go afterwards. May come from a stranger: what is not a path of yours is passed over. */
  readonly returnTo?: string | null | undefined;
}

/**
 * A sign-in that begins: for the page with the button.
 *
 * Google's popup answers through its opener: the page wants no Cross-Origin-Opener-Policy, or same-origin-allow-popups.
 */
export interface BegunSignIn {
  /** To be given to the button: `data-nonce`, or `nonce` in `google.accounts.id.initialize`. */
  readonly nonce: string;
  /** To be sent with the page: the cookie that binds the nonce to this browser, and that the page is not to be cached. */
  readonly headers: readonly ResponseField[];
}

/** What became of a request to sign in. */
export type SignInResult<C extends JwtClaimsSet = JwtClaimsSet> =
  | {
      readonly signedIn: true;
      readonly session: Session;
      readonly jwt: VerifiedJwt<C>;
      readonly response: SignInResponse;
    }
  | {
      readonly signedIn: false;
      /** For logs. The browser is told what `response` says, and no more. */
      readonly code: SignInCode;
      readonly response: SignInResponse;
    };

/** Signs people in and out. */
export interface SignIn<C extends JwtClaimsSet = JwtClaimsSet> {
  readonly begin: (request: IncomingRequest, options?: BeginOptions) => BegunSignIn;
  /**
   * Answers what Google Identity Services sends, in both modes: the form of `login_uri`, and JSON `{ credential }` that your
   * page sends from `callback`. Rejects only with what your own functions throw, and for mistakes of yours.
   */
  readonly complete: (request: CredentialRequest) => Promise<SignInResult<C>>;
  /** Who is signed in. Rejects only with what `sessionVersion` throws. */
  readonly readSession: (request: IncomingRequest) => Promise<Session | undefined>;
  /** Answers a POST of a page of yours by taking the cookies back. Sessions elsewhere are ended by `sessionVersion`. */
  readonly signOut: (request: IncomingRequest) => SignInResponse;
}

/**
 * Makes what signs people in with Google.
 *
 * @throws {TypeError} for a missing, wrong, unknown or undefined option.
 * @example
 * const signIn = createSignIn({
 *   verifier: createGoogleVerifier({ audience: clientId }),
 *   origin: 'https://app.example',
 *   secrets: [Buffer.from(sessionSecret, 'base64')],
 *   findAccount: (sub, claims) => accounts.findOrCreate(sub, claims),
 *   sessionVersion: (sub) => accounts.versionOf(sub),
 * });
 * const result = await signIn.complete(request);
 * response.writeHead(result.response.status, result.response.headers.flat()).end(result.response.body);
 */
export function createSignIn<C extends JwtClaimsSet>(options: SignInOptions<C>): SignIn<C> {
  return assembleSignIn(readSignInOptions(options));
}

/** Puts it together from checked parts. */
export function assembleSignIn<C extends JwtClaimsSet>(terms: SignInTerms<C>): SignIn<C> {
  const { origin, sealer, sessionCookie, nonceCookie, now } = terms;
  const nonces = createNonceBook(nonceCookie, sealer, terms.nonceLifetime);
  const sessions = createSessionBook(sessionCookie, sealer, terms.sessionLifetime, terms.sessionVersion);

  return Object.freeze({
    begin: (request: IncomingRequest, beginOptions: BeginOptions = {}) => {
      const { returnTo } = beginOptions;
      const { nonce, field } = nonces.begin(request, now(), isOwnPath(returnTo, origin) ? returnTo : undefined);
      return { nonce, headers: [field, ['cache-control', 'no-store'] as const] };
    },
    complete: async (request: CredentialRequest): Promise<SignInResult<C>> => {
      const read = await readCredential(request, origin);
      const refuse = refusalIn<C>(read.mode);
      if (!read.ok) return refuse(read.code);
      const time = now();
      const pending = nonces.find(request, time);
      if (pending === undefined) return refuse('nonce_missing', [nonceCookie.clear()]);
      const judged = await judge(read.credential, pending, time, terms);
      if (judged.code !== undefined) return refuse(judged.code, judged.over ? [nonceCookie.clear()] : []);
      const { jwt, sub, account } = judged;
      // A new session, whatever cookie came along: none that was there before is carried over.
      const { session, field } = await sessions.issue(sub, account, time);
      const response = formatSignedIn(read.mode, pending.returnTo ?? terms.afterSignIn, [field, nonceCookie.clear()]);
      return { signedIn: true, session, jwt, response };
    },
    readSession: async (request: IncomingRequest) => sessions.read(request, now()),
    signOut: (request: IncomingRequest) => {
      if (request.method !== 'POST') return formatSignInRefusal('method_not_allowed', 'form');
      if (!isFromOurPage(request, origin)) return formatSignInRefusal('origin_not_allowed', 'form');
      return formatSignedIn('form', terms.afterSignOut, [sessionCookie.clear(), nonceCookie.clear()]);
    },
  });
}

type Judged<C extends JwtClaimsSet> =
  | { readonly code?: never; readonly jwt: VerifiedJwt<C>; readonly sub: string; readonly account: string }
  /** `over`: whether the nonce is used up, and the browser may forget it. */
  | { readonly code: SignInCode; readonly over: boolean };

/** In this order: a nonce is used up by a token that holds, and nothing is asked of the application before. */
async function judge<C extends JwtClaimsSet>(
  credential: string,
  { nonce, expiresAt }: PendingSignIn,
  now: number,
  { verifier, useNonce, findAccount }: SignInTerms<C>,
): Promise<Judged<C>> {
  let jwt: VerifiedJwt<C>;
  try {
    jwt = await verifier.verify(credential, { nonce });
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    return { code: error.code, over: false };
  }
  const { sub } = jwt.claims;
  if (typeof sub !== 'string' || sub === '') return { code: 'claim_missing', over: false };
  // OIDC Core §2: at most 255 ASCII characters.
  if (sub.length > 255) return { code: 'claim_invalid', over: false };
  const use = await useNonce(nonce, expiresAt, now);
  if (use === 'full') return { code: 'nonces_exhausted', over: false };
  if (use === 'again') return { code: 'nonce_replayed', over: true };
  const account: unknown = await findAccount(sub, jwt.claims);
  if (account === undefined) return { code: 'account_not_found', over: true };
  if (typeof account !== 'string' || account === '' || account.length > 512) {
    throw new TypeError('"findAccount" expected to return an ID of 1 to 512 characters, or undefined');
  }
  return { jwt, sub, account };
}

function refusalIn<C extends JwtClaimsSet>(mode: CredentialMode) {
  return (code: SignInCode, cookies: readonly CookieField[] = []): SignInResult<C> =>
    ({ signedIn: false, code, response: formatSignInRefusal(code, mode, cookies) });
}
