/**
 * The sign-in demo: `createSignIn` as an application uses it, with the local issuer in Google's place, and with Google.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { distance, instant } from '../../explain/instants.ts';
import type { GoogleClaims } from '../../google/id-token.ts';
import { member, type JsonObject } from '../../jose/json.ts';
import type { SignInResponse } from '../sign-in/answers.ts';
import type { SignInVerifier } from '../sign-in/options.ts';
import { createSignIn, type SignIn, type SignInResult } from '../sign-in/sign-in.ts';
import { jsonAnswer, type PageAnswer } from './page-answers.ts';
import { PageRefusal, readOwnPost } from './page-guard.ts';
import type { DemoAccount, SignInLogLine, SignInState } from './page/wire.ts';
import type { Workshop } from './workshop.ts';

/** What answers the requests of the demo. */
export interface SignInDemo {
  /** The answer, or undefined for a path that is not the demo's. */
  readonly answer: (path: string, request: IncomingMessage, origin: string) => Promise<PageAnswer> | undefined;
}

/** An application that is known to Google. */
export interface GoogleApplication {
  readonly clientId: string;
  /** For its audience. */
  readonly verifier: SignInVerifier<GoogleClaims>;
}

/** Where a browser is sent after signing in or out. */
const SIGN_IN_PAGE = '/sign-in';
const MAX_LOG_LINES = 8;

/** The local issuer's accounts. The last one is known to the issuer, and not to the application. */
const ACCOUNTS: readonly (DemoAccount & { readonly account?: string })[] = Object.freeze([
  { sub: '110169484474386276334', name: 'Ada Lovelace', email: 'ada@example.com', account: 'account 1' },
  { sub: '110169484474386276335', name: 'Alan Turing', email: 'alan@example.com', account: 'account 2' },
  { sub: '110169484474386276336', name: 'A stranger', email: 'stranger@example.net' },
]);

/** @param google the application, for Google's real button */
export function createSignInDemo(workshop: Workshop, google: GoogleApplication | undefined): SignInDemo {
  const { clock, issuer } = workshop;
  const secrets = [randomBytes(32)];
  const versions = new Map<string, number>();
  const log: SignInLogLine[] = [];
  const note = (text: string, good: boolean): void => {
    log.unshift({ at: instant(Math.floor(clock())).slice(11, 19), text, good });
    log.length = Math.min(log.length, MAX_LOG_LINES);
  };
  // One for each name of ours: an application has one origin, and 127.0.0.1 and localhost are two.
  const makers = bothNames((origin) => {
    const common = {
      origin, secrets, clock, allowLoopbackHttp: true, afterSignIn: SIGN_IN_PAGE, afterSignOut: SIGN_IN_PAGE,
      sessionVersion: (sub: string) => versions.get(sub) ?? 1,
    };
    const findAccount = (sub: string): string | undefined => ACCOUNTS.find((one) => one.sub === sub)?.account;
    return {
      local: createSignIn({ ...common, verifier: workshop.verifier, findAccount }),
      // Whoever Google knows is welcome: this application has nothing to lose.
      withGoogle: google && createSignIn({ ...common, verifier: google.verifier, findAccount: (sub) => `Google's ${sub}` }),
    };
  });
  const stateFor = async (signIn: SignIn, request: IncomingMessage): Promise<PageAnswer> => {
    const standing = await signIn.readSession(request) ?? signIn.begin(request);
    const now = clock();
    const state: SignInState = {
      accounts: ACCOUNTS.map(({ sub, name, email }) => ({ sub, name, email })),
      log: [...log],
      ...(google && { googleClientId: google.clientId }),
      ...('nonce' in standing ? { nonce: standing.nonce } : {
        session: {
          account: standing.account, subject: standing.subject,
          since: `${instant(standing.issuedAt)}, ${distance(now - standing.issuedAt)} ago`,
          until: `${instant(standing.expiresAt)}, in ${distance(standing.expiresAt - now)}`,
        },
      }),
    };
    return { ...jsonAnswer(state), headers: Object.fromEntries(standing.headers) };
  };
  const revoke = async (signIn: SignIn, request: IncomingMessage): Promise<PageAnswer> => {
    const session = await signIn.readSession(request);
    if (session === undefined) throw new PageRefusal(403, 'nobody is signed in');
    versions.set(session.subject, (versions.get(session.subject) ?? 1) + 1);
    note(`all sessions of ${session.account} ended`, true);
    return jsonAnswer({});
  };
  const complete = async (signIn: Pick<SignIn, 'complete'>, request: IncomingMessage): Promise<PageAnswer> => {
    const result: SignInResult = await signIn.complete(request);
    note(result.signedIn ? `signed in: ${result.session.account}` : `refused: ${result.code}`, result.signedIn);
    return asPageAnswer(result.response);
  };
  const signOut = async (signIn: SignIn, request: IncomingMessage): Promise<PageAnswer> => {
    const response = signIn.signOut(request);
    note(response.status === 303 ? 'signed out' : 'sign-out refused', response.status === 303);
    return asPageAnswer(response);
  };
  const choose = (body: JsonObject): PageAnswer => {
    const account = ACCOUNTS.find(({ sub }) => sub === member(body, 'sub'));
    const nonce = member(body, 'nonce');
    if (account === undefined || typeof nonce !== 'string') throw new PageRefusal(400, 'no such account, or no nonce');
    const { sub, name, email } = account;
    return jsonAnswer({ credential: issuer.mint({ sub, name, email, email_verified: true, nonce }) });
  };
  return Object.freeze({
    answer: (path: string, request: IncomingMessage, origin: string) => {
      const { local, withGoogle } = makers(origin);
      const own = (run: (body: JsonObject) => PageAnswer | Promise<PageAnswer>) => readOwnPost(request, origin).then(run);
      switch (path) {
        case '/api/sign-in/state': return own(() => stateFor(local, request));
        case '/api/sign-in/choose': return own(choose);
        case '/api/sign-in/revoke': return own(() => revoke(local, request));
        case '/sign-in/credential': return complete(local, request);
        case '/sign-in/google': return withGoogle && complete(withGoogle, request);
        case '/sign-in/out': return signOut(local, request);
      }
      return undefined;
    },
  });
}

/** Makes what is needed under a name of ours once, when it is first asked for. There are two names. */
function bothNames<T>(make: (origin: string) => T): (origin: string) => T {
  const made = new Map<string, T>();
  return (origin) => {
    const known = made.get(origin) ?? make(origin);
    made.set(origin, known);
    return known;
  };
}

function asPageAnswer({ status, headers, body }: SignInResponse): PageAnswer {
  const { 'content-type': type = 'text/plain; charset=utf-8', ...others } = Object.fromEntries(headers);
  return { status, type: String(type), body, headers: others };
}
