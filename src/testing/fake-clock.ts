/**
 * A clock that stands still until it is moved, in NumericDate seconds (RFC 7519 §2).
 *
 * @module
 */

import { expectNow } from '../jose/jwt.ts';
import { expectNumber } from '../jose/options.ts';

/** Returns the time it was last set to, in seconds. Fits every `clock` option of this library. */
export interface FakeClock {
  (): number;
  /** Moves the clock by so many seconds, backwards if they are negative, and returns the new time. */
  readonly advance: (seconds: number) => number;
  /** Sets the clock, in seconds since 1970-01-01T00:00:00Z, and returns the new time. */
  readonly set: (seconds: number) => number;
}

/**
 * Makes a clock for tests.
 *
 * It starts at the system's time, so that what forgets to use it still agrees with what does, until it is moved.
 *
 * @param start seconds; default: the system's time, without its fraction.
 * @throws {TypeError} for a time that is not finite, or that looks like milliseconds; `advance` and `set` do too.
 * @example
 * const clock = createFakeClock(1_700_000_000);
 * clock.advance(60); // 1700000060
 */
export function createFakeClock(start: number = Math.floor(Date.now() / 1000)): FakeClock {
  let now = expectNow(start);
  const set = (seconds: number): number => (now = expectNow(seconds));
  const advance = (seconds: number): number => set(now + expectNumber(seconds, 'seconds', -1e11, 1e11));
  return Object.freeze(Object.assign(() => now, { advance, set }));
}
