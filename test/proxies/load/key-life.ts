/**
 * What may be said of tokens while the keys that signed them come and go: not before a key is known, and not after it is
 * gone, can the two answers change more than once.
 *
 * @module
 */

/** What a token of a key may come to now. */
export type Expectation = 'accepted' | 'refused' | 'either';

/** The life of one signing key, as the gateway's answers show it. Times are seconds of one clock. */
export interface KeyLife {
  /** Whether new tokens are signed with it. */
  readonly signs: () => boolean;
  /** Another key signs from now on. */
  readonly supersede: () => void;
  /** It is no longer published. */
  readonly retire: (now: number) => void;
  /** What a request may come to that is sent now. */
  readonly expectation: () => Expectation;
  /** Notes an answer. What was expected when the request was sent counts, for it may have been under way for a while. */
  readonly note: (accepted: boolean, now: number) => void;
  /** Whether it took longer than it may to be known or to be gone, as far as the time until `end` was enough to tell. */
  readonly isLate: (knownWithin: number, goneWithin: number, end: number) => boolean;
  /** Seconds from publication to the first token that was accepted, and from removal to the first that was refused. */
  readonly delays: () => { readonly known: number | undefined; readonly gone: number | undefined };
}

/** Starts the life of a key that is published now. */
export function beginKeyLife(now: number): KeyLife {
  let signs = true;
  let retiredAt: number | undefined;
  let knownAt: number | undefined;
  let goneAt: number | undefined;
  return {
    signs: () => signs,
    supersede: () => void (signs = false),
    retire: (at) => (retiredAt ??= at),
    expectation: () => {
      if (goneAt !== undefined) return 'refused';
      return knownAt !== undefined && retiredAt === undefined ? 'accepted' : 'either';
    },
    note: (accepted, at) => {
      if (accepted) knownAt ??= at;
      else if (retiredAt !== undefined) goneAt ??= at;
    },
    isLate: (knownWithin, goneWithin, end) => {
      const [removed, over] = [retiredAt ?? Infinity, (since: number, limit: number) => since + limit < end];
      const unknown = (knownAt ?? Infinity) > now + knownWithin && over(now, knownWithin) && removed > now + knownWithin;
      return unknown || (over(removed, goneWithin) && (goneAt ?? Infinity) > removed + goneWithin);
    },
    delays: () => ({
      known: knownAt === undefined ? undefined : knownAt - now,
      gone: goneAt === undefined || retiredAt === undefined ? undefined : goneAt - retiredAt,
    }),
  };
}
