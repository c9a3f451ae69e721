/**
 * Google's own button (Google Identity Services, JavaScript API). The one script of ours beside one of somebody else's.
 *
 * @module
 */

import { ask, Refused } from './ask.ts';
import { find, make, show } from './element.ts';
import type { SignInState } from './wire.ts';

/** What of Google's script is used. */
interface GoogleAccounts {
  readonly accounts: {
    readonly id: {
      readonly initialize: (options: {
        readonly client_id: string;
        readonly nonce: string;
        readonly callback: (answer: { readonly credential: string }) => void;
      }) => void;
      readonly renderButton: (parent: HTMLElement, options: { readonly theme: string; readonly size: string }) => void;
    };
  };
}

declare const google: GoogleAccounts | undefined;

const hello = find('greeting', HTMLElement);

async function showButton(): Promise<void> {
  const { googleClientId, nonce, session } = await ask<SignInState>('/api/sign-in/state');
  if (session !== undefined) {
    show(hello, `Signed in: ${session.account}. `, make('a', { href: '/sign-in' }, 'Look at the session'));
    return;
  }
  // Google knows origins by names, and no addresses.
  if (location.hostname !== 'localhost') {
    show(find('place', HTMLElement), 'Google wants a name: go to ', make('a', { href: `http://localhost:${location.port}/sign-in-google` }, 'localhost'), '.');
  }
  if (typeof google === 'undefined' || googleClientId === undefined || nonce === undefined) return;
  google.accounts.id.initialize({ client_id: googleClientId, nonce, callback: ({ credential }) => void send(credential) });
  google.accounts.id.renderButton(find('button', HTMLElement), { theme: 'outline', size: 'large' });
  show(hello, 'Nobody is signed in.');
}

async function send(credential: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch('/sign-in/google', { method: 'POST', headers, body: JSON.stringify({ credential }) });
  if (response.ok) location.assign('/sign-in');
  else show(hello, ((await response.json()) as { readonly title: string }).title);
}

try {
  await showButton();
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  show(hello, error.message);
}
