/**
 * Signing in with the local issuer, as a page with Google's button would: in both modes, and out again.
 *
 * @module
 */

import { ask, Refused } from './ask.ts';
import { find, make, show } from './element.ts';
import type { DemoAccount, SignInState } from './wire.ts';

const chooser = find('chooser', HTMLDialogElement);
const greeting = find('greeting', HTMLElement);
const replay = find('replay', HTMLButtonElement);

let nonce = '';
/** The last token that this page has sent, to be sent again. */
let sent = '';

async function refresh(hint?: string): Promise<void> {
  showState(await ask<SignInState>('/api/sign-in/state'), hint);
}

function showState({ session, nonce: given, accounts, log, googleClientId }: SignInState, hint?: string): void {
  nonce = given ?? '';
  find('signed-in', HTMLElement).hidden = session === undefined;
  find('signed-out', HTMLElement).hidden = session !== undefined;
  replay.hidden = sent === '';
  show(greeting,
    make('p', { class: 'hello' }, session === undefined ? 'Nobody is signed in.' : `Signed in: ${session.account}.`),
    hint === undefined ? undefined : make('p', { class: 'problem' }, hint));
  if (session !== undefined) {
    show(find('session', HTMLElement), ...[
      ['account', session.account], ['sub', session.subject], ['since', session.since], ['until', session.until],
    ].flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
  }
  show(find('nonce', HTMLElement), given);
  show(find('accounts', HTMLElement), ...accounts.map(accountButton));
  show(find('log', HTMLElement), ...(log.length === 0 ? [make('li', { class: 'none' }, 'Nothing yet.')] : log.map(({ at, text, good }) =>
    make('li', {}, make('time', {}, at), make('span', good ? {} : { class: 'bad' }, text)))));
  showGoogle(googleClientId);
  const done = session === undefined ? ['nonce'] : ['nonce', 'choice', 'post', 'verify', 'match', 'session'];
  for (const step of document.querySelectorAll('#way > li')) markStep(step, done.includes(step.id.slice('step-'.length)));
}

/** A mark, and a word: it is not the colour alone that says so. */
function markStep(step: Element, done: boolean): void {
  step.classList.toggle('done', done);
  step.querySelector('.done-word')?.remove();
  if (done) step.querySelector('h3')?.append(make('span', { class: 'done-word' }, 'done'));
}

function showGoogle(googleClientId: string | undefined): void {
  const note = find('google-note', HTMLElement);
  if (googleClientId === undefined) {
    show(note, 'Google\'s own button is here too, if the playground is started with ', make('code', {}, 'GOOGLE_CLIENT_ID'), '.');
  } else show(note, 'Or with ', make('a', { href: '/sign-in-google' }, 'Google\'s own button'), ', which needs a network.');
}

function accountButton(account: DemoAccount): HTMLElement {
  const button = make('button', { type: 'button', 'data-sub': account.sub }, account.name, make('span', { class: 'email' }, account.email));
  button.addEventListener('click', () => void safely(() => choose(account)));
  return make('li', {}, button);
}

/** The issuer's half: a token for this account and this nonce. */
async function choose({ sub }: DemoAccount): Promise<void> {
  chooser.close();
  const { credential } = await ask<{ readonly credential: string }>('/api/sign-in/choose', { sub, nonce });
  showCredential(credential);
  const mode = document.querySelector<HTMLInputElement>('input[name="mode"]:checked')?.value;
  if (mode === 'form') postForm(credential);
  else await post(credential);
}

/** As `callback` does: the page's own script sends it. */
async function post(credential: string): Promise<void> {
  sent = credential;
  const headers = { 'content-type': 'application/json' };
  const response = await fetch('/sign-in/credential', { method: 'POST', headers, body: JSON.stringify({ credential }) });
  // Where to go, which is here, or a problem (RFC 9457).
  const { title } = (await response.json()) as { readonly title?: string };
  await refresh(title);
  find('application', HTMLElement).focus();
}

/** As Google's script does for `login_uri`: an anti-forgery token in a cookie and in the form, and the browser goes along. */
function postForm(credential: string): void {
  const token = crypto.randomUUID();
  document.cookie = `g_csrf_token=${token}; path=/sign-in; samesite=strict; max-age=60`;
  const field = (name: string, value: string): HTMLElement => make('input', { type: 'hidden', name, value });
  const form = make('form', { method: 'post', action: '/sign-in/credential' }, field('credential', credential), field('g_csrf_token', token));
  document.body.append(form);
  form.submit();
}

function showCredential(credential: string): void {
  const inks = ['header', 'payload', 'signature'];
  show(find('credential', HTMLElement), ...credential.split('.').flatMap((part, index) => [
    index === 0 ? undefined : '.', make('span', { class: inks[index] }, part),
  ]));
}

async function safely(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    show(greeting, make('p', { class: 'problem' }, error.message));
  }
}

find('open', HTMLButtonElement).addEventListener('click', () => chooser.showModal());
find('revoke', HTMLButtonElement).addEventListener('click', () => void safely(async () => {
  await ask('/api/sign-in/revoke');
  await refresh();
}));
replay.addEventListener('click', () => void safely(() => post(sent)));
await safely(() => refresh());
