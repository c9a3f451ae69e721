/**
 * When a fetch may begin: what stands between those who send us tokens and the issuer's server.
 *
 * All times are seconds of the cache's clock. A clock that has gone back makes us too eager once, never deaf: whatever lies in
 * the future of `now` is taken as long past.
 *
 * @module
 */

/** The longest pause between two attempts after failures. Seconds. */
const MAX_BACKOFF = 64;

/** Between two fetches that callers force. Seconds. */
const FORCE_INTERVAL = 1;

/** Decides when fetches may begin, from what has happened so far. */
export class FetchSchedule {
  readonly #cooldown: number;
  #failures = 0;
  #failedAt = -Infinity;
  #pause = 0;
  #unknownKidAt = -Infinity;
  #forcedAt = -Infinity;

  /** @param cooldown seconds between two fetches that unknown key IDs cause */
  constructor(cooldown: number) {
    this.#cooldown = cooldown;
  }

  /** Whether the last attempt failed. */
  get failing(): boolean {
    return this.#failures > 0;
  }

  /** Whether it failed so lately that attempts have gone on since, rather than stopped for want of tokens. */
  failedLately(now: number): boolean {
    return this.failing && !hasPassed(2 * MAX_BACKOFF, this.#failedAt, now);
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /**
   * Notes a failure, and returns the seconds until the next attempt.
   *
   * 1, 2, 4 .. 64 seconds after the first, second, third .. failure in a row, the upper half of each at random, so that the
   * many who lost the same issuer do not all come back at once.
   */
  failed(now: number): number {
    this.#failures++;
    this.#failedAt = now;
    this.#pause = Math.min(2 ** (this.#failures - 1), MAX_BACKOFF) * (1 - Math.random() / 2);
    return this.#pause;
  }

  /** Whether a fetch may begin that nobody has asked for in so many words. */
  mayFetch(now: number): boolean {
    return !this.failing || hasPassed(this.#pause, this.#failedAt, now);
  }

  /** Whether an unknown key ID may cause a fetch. If so it counts as having caused it. */
  takeUnknownKid(now: number): boolean {
    if (!this.mayFetch(now) || !hasPassed(this.#cooldown, this.#unknownKidAt, now)) return false;
    this.#unknownKidAt = now;
    return true;
  }

  /** Whether a caller may force a fetch. If so it counts as having been forced. */
  takeForced(now: number): boolean {
    if (!hasPassed(FORCE_INTERVAL, this.#forcedAt, now)) return false;
    this.#forcedAt = now;
    return true;
  }
}

function hasPassed(seconds: number, since: number, now: number): boolean {
  return now - since >= seconds || now < since;
}
