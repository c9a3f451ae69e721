/**
 * What stands on the bench: a local issuer, a clock that can be moved, and a verifier with a key cache of its own.
 *
 * @module
 */

import { createGoogleVerifier, GOOGLE_ISSUERS, type GoogleClaims, type GoogleVerifyOptions } from '../../google/id-token.ts';
import type { KeyEvent } from '../../keys/index.ts';
import { createRemoteKeySet } from '../../keys/index.ts';
import { createTestIssuer, type TestIssuer } from '../../testing/issuer.ts';
import type { Verifier } from '../../verifier/index.ts';
import type { Clock } from '../../verifier/verifier.ts';

/** The client ID of the application that the playground plays. */
export const PLAYGROUND_AUDIENCE = 'playground.apps.googleusercontent.com';

/** For how long the issuer lets its keys be kept: less than its tokens live, so that the clock can outrun them. Seconds. */
const KEYS_KEPT = 600;
/** Clocks may be moved so far, either way. Seconds. */
const MAX_MOVE = 10 * 365 * 86_400;
const MAX_NOTES = 40;

/** Something that the key cache did. */
export interface CacheNote {
  /** Seconds, by the clock of the workshop. */
  readonly at: number;
  readonly event: KeyEvent;
}

/** One issuer, one clock, one verifier. */
export interface Workshop {
  readonly issuer: TestIssuer<Clock>;
  readonly verifier: Verifier<GoogleClaims, GoogleVerifyOptions>;
  /** Seconds. Runs on. */
  readonly clock: Clock;
  /** Seconds by which the clock was moved. */
  readonly moved: () => number;
  /** Moves the clock; further than ten years from now, it stays. */
  readonly move: (seconds: number) => void;
  readonly resetClock: () => void;
  /** What the key cache did, the latest last. */
  readonly notes: () => readonly CacheNote[];
}

/**
 * Sets the bench up. It makes no key and opens no socket until it must.
 *
 * @param now seconds; the time of the world outside
 */
export function createWorkshop(now: Clock): Workshop {
  let moved = 0;
  let elapsed = 0;
  const clock = (): number => now() + moved;
  const started = now();
  const issuer = createTestIssuer({
    issuer: String(GOOGLE_ISSUERS[0]), audience: PLAYGROUND_AUDIENCE, clock, cacheControl: { maxAge: KEYS_KEPT },
  });
  const notes: CacheNote[] = [];
  const keys = createRemoteKeySet(issuer.jwksUri, {
    fetch: issuer.fetch,
    // A cache's clock never runs backwards: a move back is none to it.
    clock: () => Math.max(0, now() - started) + elapsed,
    // Visitors press buttons faster than issuers rotate.
    cooldown: 1,
    onEvent: (event) => {
      notes.push({ at: clock(), event });
      if (notes.length > MAX_NOTES) notes.shift();
    },
  });
  const verifier = createGoogleVerifier({ audience: PLAYGROUND_AUDIENCE, keys, clock });
  return Object.freeze({
    issuer,
    verifier,
    clock,
    moved: () => moved,
    move: (seconds: number) => {
      if (Math.abs(moved + seconds) > MAX_MOVE) return;
      moved += seconds;
      elapsed += Math.max(0, seconds);
    },
    resetClock: () => {
      moved = 0;
    },
    notes: () => [...notes],
  });
}
