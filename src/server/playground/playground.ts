/**
 * The playground: a local page that shows how a token is verified, with an issuer of its own.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../verifier/verifier.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { listenOn, type Listener } from '../listener.ts';
import { actionsOf, type PageAction } from './actions.ts';
import { GOOGLE_PAGE_HEADERS, jsonAnswer, plainAnswer, sendAnswer, type PageAnswer } from './page-answers.ts';
import { readPageFiles, type PageFolders } from './page-files.ts';
import { expectOwnHost, PageRefusal, readOwnPost } from './page-guard.ts';
import { createSignInDemo, type GoogleApplication, type SignInDemo } from './sign-in-demo.ts';
import { createWorkshop } from './workshop.ts';

/** What a playground is made of. */
export interface PlaygroundParts {
  readonly folders: PageFolders;
  /** Seconds. The time of the world outside. */
  readonly clock: Clock;
  /** With it there is a page with Google's own button. */
  readonly google?: GoogleApplication;
}

/**
 * Listens on a port of 127.0.0.1, and on no other address: whoever reaches it can have a token for any account of the
 * local issuer.
 *
 * @param port 0 lets the system choose one
 * @throws {Error} what node:net says when the port cannot be had, or node:fs when the page is not there.
 */
export async function listenPlayground(port: number, { folders, clock, google }: PlaygroundParts): Promise<Listener> {
  const workshop = createWorkshop(clock);
  const site: Site = {
    files: withGoogle(readPageFiles(folders), google !== undefined),
    actions: actionsOf(workshop),
    signIn: createSignInDemo(workshop, google),
  };
  const handlers = {
    request: async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      sendAnswer(response, await answerFor(request, site).catch(tellRefusal));
    },
  };
  return listenOn(port, '127.0.0.1', handlers, DEFAULT_LIMITS);
}

/** What is where. */
interface Site {
  readonly files: ReadonlyMap<string, PageAnswer>;
  readonly actions: ReadonlyMap<string, PageAction>;
  readonly signIn: SignInDemo;
}

const GOOGLE_PAGE = '/sign-in-google';

/** The page with Google's button has a policy of its own, or is not there. */
function withGoogle(files: ReadonlyMap<string, PageAnswer>, wanted: boolean): ReadonlyMap<string, PageAnswer> {
  return new Map([...files].filter(([path]) => wanted || path !== GOOGLE_PAGE)
    .map(([path, file]) => [path, path === GOOGLE_PAGE ? { ...file, headers: GOOGLE_PAGE_HEADERS } : file]));
}

async function answerFor(request: IncomingMessage, { files, actions, signIn }: Site): Promise<PageAnswer> {
  const origin = expectOwnHost(request);
  // By exact name: nothing is decoded, joined or looked up on a disk. A query means nothing here.
  const path = String(request.url).replace(/\?.*/, '');
  const action = actions.get(path);
  if (action !== undefined) return jsonAnswer(await action(await readOwnPost(request, origin)));
  const signedIn = signIn.answer(path, request, origin);
  if (signedIn !== undefined) return signedIn;
  const file = files.get(path);
  if (file === undefined) return plainAnswer(404, 'not found');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return plainAnswer(405, 'GET only', { allow: 'GET, HEAD', connection: 'close' });
  }
  return file;
}

function tellRefusal(error: unknown): PageAnswer {
  if (error instanceof PageRefusal) return plainAnswer(error.status, error.message, error.headers);
  throw error;
}
