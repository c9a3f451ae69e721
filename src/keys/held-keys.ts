/**
 * A fetched set in force, and its age.
 *
 * @module
 */

import { isJsonObject, parseJsonObject, type JsonObject } from '../jose/json.ts';
import type { KeySet } from '../jose/key-set.ts';
import { expectNumber } from '../jose/options.ts';
import { importKeyDocument } from './key-document.ts';
import type { KeySetSnapshot } from './remote-options.ts';

/** A set in force. Seconds of the cache's clock, but for `wallTime`. Frozen. */
export interface HeldKeys {
  readonly document: JsonObject;
  readonly keys: KeySet;
  readonly fetchedAt: number;
  readonly lifetime: number;
  /** When it was fetched, by the wall clock: seconds since 1970. */
  readonly wallTime: number;
}

/** How a set stands in time. `due`: still good, but it is time to fetch it anew. `stale`: past its lifetime, serving on. */
export type Freshness = 'fresh' | 'due' | 'stale' | 'over';

/** In the last fifth of its lifetime a set is fetched anew in the background, before anyone has to wait for it. */
const DUE_AFTER = 0.8;

/** @param staleFor seconds for which a set serves on past its lifetime */
export function freshnessOf(held: HeldKeys, now: number, staleFor: number): Freshness {
  const age = now - held.fetchedAt;
  if (age < held.lifetime * DUE_AFTER) return 'fresh';
  if (age < held.lifetime) return 'due';
  return age < held.lifetime + staleFor ? 'stale' : 'over';
}

/** A set whose age cannot be known, the clock having gone back: past its lifetime from now on. */
export function rebase(held: HeldKeys, now: number): HeldKeys {
  return now >= held.fetchedAt ? held : Object.freeze({ ...held, fetchedAt: now - held.lifetime });
}

/**
 * Reads the option `initial`: a snapshot, which is as old as the wall clock says, or a plain key set, which counts as
 * past its lifetime.
 *
 * @throws {TypeError} for a snapshot of another URL, or anything else that is neither.
 * @throws {JwtError} for a document with no usable key.
 */
export function readInitial(initial: unknown, url: string, now: number, maxLifetime: number): HeldKeys {
  if (!isJsonObject(initial)) throw new TypeError('"initial" expected a snapshot or a key set');
  const wallNow = Date.now() / 1000;
  if (!Object.hasOwn(initial, 'fetchedAt')) {
    return Object.freeze({ ...importKeyDocument(strictCopy(initial)), fetchedAt: now, lifetime: 0, wallTime: wallNow });
  }
  const snapshot = initial as Partial<KeySetSnapshot>;
  if (snapshot.url !== url) throw new TypeError('"initial" is a snapshot of another URL');
  if (!isJsonObject(snapshot.document)) throw new TypeError('"initial" has no document');
  const lifetime = Math.min(expectNumber(snapshot.lifetime, 'initial.lifetime', 0, 1e11), maxLifetime);
  const wallTime = expectNumber(snapshot.fetchedAt, 'initial.fetchedAt', 0, 1e11);
  // From the future, by this machine's clock: its age cannot be known, so it counts as past its lifetime.
  const age = wallTime <= wallNow ? wallNow - wallTime : lifetime;
  return Object.freeze({ ...importKeyDocument(strictCopy(snapshot.document)), fetchedAt: now - age, lifetime, wallTime });
}

/** Read as if it had come from the network, and frozen: what the caller does with the original changes nothing here. */
function strictCopy(document: JsonObject): JsonObject {
  return parseJsonObject(Buffer.from(asText(document), 'utf8'), '"initial"');
}

/** @throws {TypeError} for what JSON has no form for: a bigint, a cycle, a `toJSON` that throws or says nothing. */
function asText(document: JsonObject): string {
  try {
    const text: unknown = JSON.stringify(document);
    if (typeof text === 'string') return text;
  } catch {
    // Told below, whatever was thrown.
  }
  throw new TypeError('"initial" cannot be written as JSON');
}
