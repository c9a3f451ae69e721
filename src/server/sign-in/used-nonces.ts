/**
 * Nonces that have been used, until they expire of themselves: what makes a nonce good for one sign-in only.
 *
 * @module
 */

/** What became of the attempt to use a nonce. */
export type NonceUse = 'first' | 'again' | 'full';

/** Remembers used nonces, in bounded memory. */
export interface UsedNonces {
  readonly use: (nonce: string, expiresAt: number, now: number) => NonceUse;
}

/** A nonce gets here with a verified ID token only, so no stranger fills this by guessing. */
const CAPACITY = 100_000;

/** Makes an empty memory. When it is full of nonces that are alive it takes no more: to forget one would let it be used again. */
export function createUsedNonces(capacity: number = CAPACITY): UsedNonces {
  const used = new Map<string, number>();
  const forgetExpired = (now: number): void => {
    // In the order of use, which is nearly that of expiry: what is overlooked goes with the next sweep.
    for (const [nonce, expiresAt] of used) {
      if (expiresAt > now) return;
      used.delete(nonce);
    }
  };
  return Object.freeze({
    use: (nonce: string, expiresAt: number, now: number) => {
      forgetExpired(now);
      if (used.has(nonce)) return 'again';
      if (used.size >= capacity) return 'full';
      used.set(nonce, expiresAt);
      return 'first';
    },
  });
}
