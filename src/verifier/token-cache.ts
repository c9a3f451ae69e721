/**
 * The verified-token cache: what cannot have changed about a token is not verified twice.
 *
 * @module
 */

import { stillHolds, type Verification, type VerificationCall } from '../jose/jwt.ts';
import { expectNumber, readOptions } from '../jose/options.ts';
import type { Trusted } from './waiting.ts';

/** How many verified tokens to remember, and for how long. */
export interface TokenCacheOptions {
  /** 1 to 1,000,000. One takes two to three times its length in memory; the one that was not seen for longest gives way. */
  readonly maxTokens: number;
  /** Seconds, at least 1, after which a token is verified anew as a whole. By default it is remembered until it expires. */
  readonly maxAge?: number;
}

/** The spine, or something in front of it. */
export type Spine = (token: unknown, trusted: Trusted, now: number, call: VerificationCall) => Verification;

/**
 * Characters at the end of a token by which it is looked up: 32 octets of its signature. Hashing all of a token would cost five times as
 * much (measured), and they decide nothing: what is found must be the whole token.
 */
const TAIL = 43;

interface Entry extends Verification {
  readonly token: string;
  readonly tail: string;
  readonly storedAt: number;
  /** Seconds: from then on it is not remembered. */
  readonly until: number;
}

/**
 * Puts a cache in front of the spine. It belongs to one verifier, for what one accepts another need not.
 *
 * Remembered are tokens that were accepted, whole. For one that comes again, only this is left out: decoding, the signature check, and
 * reading JSON. Its key must be in the set as that very object, so a key that was revoked, replaced under the same ID or fetched anew
 * leads to a whole verification; times, nonce, access token and the caller's own checks are asked anew. A trace goes past the cache.
 */
export function rememberVerified(spine: Spine, { maxTokens, maxAge = Infinity }: TokenCacheOptions): Spine {
  // In the order in which they were last seen. A Map: the tail is text of an attacker's choosing.
  const entries = new Map<string, Entry>();

  function find(token: string, now: number): Entry | undefined {
    const entry = entries.get(token.slice(-TAIL));
    // CVE-2026-35039: part of a token, or a name made of it, is not that token.
    if (entry === undefined || entry.token !== token) return undefined;
    entries.delete(entry.tail);
    // A clock that was set back cannot say how old the entry is.
    if (now >= entry.until || now < entry.storedAt) return undefined;
    entries.set(entry.tail, entry);
    return entry;
  }

  function remember(token: string, verification: Verification, until: number, now: number): void {
    // A copy: a token that was cut out of a larger text would keep all of that in memory.
    const own = Buffer.from(token, 'latin1').toString('latin1');
    const tail = own.slice(-TAIL);
    entries.delete(tail);
    entries.set(tail, { ...verification, token: own, tail, storedAt: now, until });
    if (entries.size <= maxTokens) return;
    for (const [oldest] of entries) {
      entries.delete(oldest);
      return;
    }
  }

  return (token, trusted, now, call) => {
    if (typeof token !== 'string' || call.trace !== undefined) return spine(token, trusted, now, call);
    const entry = find(token, now);
    if (entry !== undefined && stillHolds(entry, trusted, now, call)) return entry;
    const verification = spine(token, trusted, now, call);
    const { exp = now } = verification.jwt.claims;
    remember(token, verification, Math.min(exp + trusted.policy.leeway.exp, now + maxAge), now);
    return verification;
  };
}

/** @throws {TypeError} for a missing, wrong or unknown option. */
export function readTokenCacheOptions(given: unknown): TokenCacheOptions {
  const { maxTokens, maxAge } = readOptions(given, 'cache', ['maxTokens', 'maxAge']);
  const count = expectNumber(maxTokens, 'cache.maxTokens', 1, 1_000_000);
  if (!Number.isInteger(count)) throw new TypeError('"cache.maxTokens" expected a whole number');
  return { maxTokens: count, ...(maxAge === undefined ? {} : { maxAge: expectNumber(maxAge, 'cache.maxAge', 1, 1e11) }) };
}
