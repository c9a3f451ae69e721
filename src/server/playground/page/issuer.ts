/**
 * The local issuer's levers: keys, key server, clock; and the journal of the verifier's key cache.
 *
 * @module
 */

import { find, make, show } from './element.ts';
import type { IssuerState } from './wire.ts';

/** Asks the server to move something. */
export type Pull = (path: string, body?: object) => Promise<void>;

/** Shows how the issuer stands. */
export function showIssuer({ keys, down, clock, moved, journal }: IssuerState): void {
  const current = keys.find((key) => key.current);
  const others = keys.length - 1;
  show(find('keys-held', HTMLElement), 'Signs with ', make('code', {}, current?.kid.slice(0, 12), '\u2026'),
    others === 0 ? '; publishes that one alone.' : `; publishes ${others} older ${others === 1 ? 'one' : 'ones'} too.`);
  show(find('server-state', HTMLElement), down ? 'Down: no connection.' : 'Up: it answers.');
  show(find('clock', HTMLElement), `${clock.replace('T', ' ').replace('Z', ' UTC')}${moved === '' ? '' : `, ${moved}`}`);
  find('retire', HTMLButtonElement).disabled = others === 0;
  find('down', HTMLButtonElement).disabled = down;
  find('up', HTMLButtonElement).disabled = !down;
  find('clock-reset', HTMLButtonElement).disabled = moved === '';
  const lines = journal.map(({ at, text, kind }) => make('li', {}, make('time', {}, at), make('span', { class: kind }, text)));
  const none = make('li', { class: 'none' }, 'Nothing yet: no token has needed a key.');
  show(find('journal', HTMLElement), ...(lines.length > 0 ? lines : [none]));
}

/** Connects the levers. */
export function watchLevers(pull: Pull): void {
  for (const name of ['rotate', 'retire', 'down', 'up']) {
    find(name, HTMLButtonElement).addEventListener('click', () => void pull(`/api/${name}`));
  }
  find('clock-reset', HTMLButtonElement).addEventListener('click', () => void pull('/api/clock/reset'));
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-seconds]')) {
    button.addEventListener('click', () => void pull('/api/clock', { seconds: Number(button.dataset['seconds']) }));
  }
}
