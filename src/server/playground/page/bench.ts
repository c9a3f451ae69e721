/**
 * The bench: what happens when something on it is touched. All verdicts come from the server.
 *
 * @module
 */

import { ask, Refused } from './ask.ts';
import { showAttacks, showCatcher, showChanges } from './attacks.ts';
import { clearCertificate, showCertificate } from './certificate.ts';
import { showDecoded } from './decoded.ts';
import { find, make, show } from './element.ts';
import { showIssuer, watchLevers } from './issuer.ts';
import { watchLight } from './light.ts';
import { showKey, showSeal } from './octets.ts';
import { drawInk, setToken, tokenText, watchToken } from './token-field.ts';
import type { AttackResult, Certificate, IssuerState, MintResult } from './wire.ts';

/** The last token that was accepted: what an attack begins with. */
let good = '';
/** What is done on the bench is numbered, so that a late answer does not undo what was done since. */
let turn = 0;
let typing: number | undefined;

/** Has the token on the bench judged, and shows what comes of it, unless something else has been done since. */
async function judge(): Promise<Certificate | undefined> {
  const token = tokenText();
  const mine = ++turn;
  if (token === '') {
    clearCertificate();
    show(find('parts', HTMLElement));
    show(find('belief', HTMLElement));
    showSeal(undefined);
    return undefined;
  }
  const certificate = await ask<Certificate>('/api/judge', { token });
  if (mine !== turn) return undefined;
  if (certificate.verdict === 'accepted') good = token;
  drawInk(certificate.parts);
  showCertificate(certificate);
  showDecoded(certificate);
  showSeal(certificate.seal);
  await refresh();
  return certificate;
}

async function refresh(): Promise<void> {
  showState(await ask<IssuerState>('/api/state'));
}

function showState(state: IssuerState): void {
  showIssuer(state);
  showKey(state.keys);
  showAttacks(state.attacks, (name) => void safely(() => attack(name)));
}

async function mint(): Promise<void> {
  const mine = ++turn;
  const { token, problem } = await ask<MintResult>('/api/mint', { claims: find('claims', HTMLTextAreaElement).value });
  if (mine !== turn) return;
  show(find('claims-problem', HTMLElement), problem);
  if (token === undefined) {
    find('claims-editor', HTMLDetailsElement).open = true;
    return;
  }
  put(token);
  await judge();
}

async function attack(name: string): Promise<void> {
  const mine = ++turn;
  const result = await ask<AttackResult>('/api/attack', { name, token: good });
  if (mine !== turn) return;
  setToken(result.token, result.changes.map(({ span }) => span));
  showChanges(name, result);
  const certificate = await judge();
  if (certificate !== undefined) showCatcher(certificate);
}

function put(token: string): void {
  setToken(token);
  showChanges(undefined, undefined);
}

/** Whatever fails is told where the verdict would be. */
async function safely(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const verdict = find('verdict', HTMLElement);
    verdict.className = 'verdict';
    show(verdict, make('p', { class: 'problem' }, error instanceof Refused ? error.message : 'The page has a fault of its own.'));
    if (!(error instanceof Refused)) throw error;
  }
}

async function copy(): Promise<void> {
  await navigator.clipboard.writeText(tokenText());
  show(find('copied', HTMLElement), 'Copied.');
}

function watchBench(): void {
  const on = (id: string, run: () => Promise<unknown>): void =>
    find(id, HTMLButtonElement).addEventListener('click', () => void safely(run));
  on('mint', mint);
  on('copy', copy);
  on('clear', async () => {
    put('');
    await judge();
    find('token', HTMLTextAreaElement).focus();
  });
  watchToken(() => {
    turn++;
    showChanges(undefined, undefined);
    show(find('copied', HTMLElement));
    clearTimeout(typing);
    typing = setTimeout(() => void safely(judge), 150);
  });
  // What the issuer or the clock does may change the verdict.
  watchLevers((path, body) => safely(async () => {
    showState(await ask<IssuerState>(path, body));
    await judge();
  }));
  watchLight();
}

watchBench();
// A browser that comes back to the page keeps what was in the field.
await safely(tokenText() === '' ? mint : judge);
