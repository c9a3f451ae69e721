/**
 * How the local issuer and the key cache stand, in words.
 *
 * @module
 */

import { distance, instant } from '../../explain/instants.ts';
import type { KeyEvent } from '../../keys/index.ts';
import { ATTACKS } from './attacks.ts';
import { keyViewOf } from './key-view.ts';
import type { IssuerState, JournalEntry } from './page/wire.ts';
import type { Workshop } from './workshop.ts';

/** Lines of the journal that are shown: the latest first. */
const SHOWN_NOTES = 8;

/** The state of a workshop. Makes the issuer's first key if there is none. */
export function stateOf({ issuer, clock, moved, notes }: Workshop): IssuerState {
  const offset = moved();
  return {
    issuer: issuer.issuer,
    audience: issuer.audience,
    clock: instant(Math.floor(clock())),
    moved: offset === 0 ? '' : `${distance(offset)} ${offset > 0 ? 'ahead' : 'behind'}`,
    down: issuer.failing !== 'none',
    keys: issuer.jwks.keys.map((jwk, index) => keyViewOf(jwk, index === 0)),
    journal: notes().slice(-SHOWN_NOTES).reverse().map(({ at, event }): JournalEntry => ({
      at: instant(Math.floor(at)).slice(11, 19), ...tellEvent(event),
    })),
    attacks: ATTACKS.map(({ name, title, story }) => ({ name, title, story })),
  };
}

function tellEvent(event: KeyEvent): Omit<JournalEntry, 'at'> {
  switch (event.type) {
    case 'fetched':
      return { kind: 'good', text: `keys fetched: ${event.keys}, to be kept for ${distance(event.lifetime)}` };
    case 'failed':
      return { kind: 'bad', text: `keys not fetched: ${event.reason}; next attempt in ${distance(event.retryIn)}` };
    case 'stale':
      return { kind: 'plain', text: `the keys at hand are past their time, and serve on for ${distance(event.servesFor)} at most` };
    case 'unknownKid':
      return event.refetching
        ? { kind: 'plain', text: 'a key ID that is not known: the issuer is asked whether it is new' }
        : { kind: 'plain', text: 'a key ID that is not known: the issuer was asked a moment ago, and is not asked again' };
    case 'skippedKey':
      return { kind: 'bad', text: `a key was skipped: ${event.reason}` };
  }
}
