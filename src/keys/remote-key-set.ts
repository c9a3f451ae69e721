/**
 * A key set that lives at a URL: fetched when needed, kept while it may be, and never at a stranger's bidding.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import type { VerificationKey } from '../jose/jwk.ts';
import type { KeyLookup } from '../jose/key-set.ts';
import { expectString } from '../jose/options.ts';
import { getOnce, GetError, withDeadline, type Deadlined, type GetAnswer } from './bounded-get.ts';
import { cacheLifetime } from './cache-lifetime.ts';
import { FetchSchedule } from './fetch-schedule.ts';
import { freshnessOf, readInitial, rebase, type HeldKeys } from './held-keys.ts';
import { readKeyDocument } from './key-document.ts';
import { announce, type KeyEvent } from './key-events.ts';
import { expectKeyUrl } from './key-url.ts';
import { readRemoteOptions, type KeySetSnapshot, type RemoteKeySetOptions, type RemoteSettings } from './remote-options.ts';

/** A key set from the network. All that waits for it shares one fetch, and only one set is in force at a time. */
export interface RemoteKeySet extends KeyLookup {
  readonly url: string;
  /** Makes sure that there is a set to serve. @throws {JwtError} `keys_unavailable`. */
  readonly load: () => Promise<void>;
  /** Fetches now, or joins the fetch under way; at most one a second begins. @throws {JwtError} `keys_unavailable`. */
  readonly refresh: () => Promise<void>;
  /** The set in force, as plain JSON for another process; undefined where there is none. Revocations are not part of it. */
  readonly snapshot: () => KeySetSnapshot | undefined;
  /** From now on no key with this ID verifies, whatever the issuer publishes. For a key that leaked. */
  readonly revoke: (kid: string) => void;
  /** For verifiers: whether a look-up now needs nothing from the network first. */
  readonly isFresh: () => boolean;
  /** For verifiers: waits, where waiting can help, for a set that is not past its lifetime. Rejects only where the clock of the set fails. */
  readonly settle: () => Promise<void>;
  /** For verifiers: the fetch under way, if one is; resolves to whether it brought a set. Never rejects. */
  readonly underWay: () => Promise<boolean> | undefined;
}

/**
 * Makes a key set out of a URL. Nothing is fetched yet: the first verification does, or `load()`.
 *
 * @throws {TypeError} for a URL that is not https, or wrong options.
 * @throws {JwtError} for an `initial` that is no key set, or has no usable key.
 * @example
 * const keys = createRemoteKeySet('https://www.googleapis.com/oauth2/v3/certs');
 */
export function createRemoteKeySet(url: string | URL, options: RemoteKeySetOptions = {}): RemoteKeySet {
  const settings = readRemoteOptions(options, 'createRemoteKeySet');
  const href = expectKeyUrl(url, 'url', settings.allowLoopbackHttp);
  return new KeyCache(href, settings, (signal) => getOnce(href, settings, signal)).asKeySet();
}

const REMOTE_KEY_SETS = new WeakSet<object>();

/** Whether {@link createRemoteKeySet} or `discoverKeySet` made it, so that it can be relied on. */
export function isRemoteKeySet(keys: KeyLookup): keys is RemoteKeySet {
  return REMOTE_KEY_SETS.has(keys);
}

/** The state behind a remote key set, and the rules by which it changes. */
export class KeyCache {
  readonly #url: string;
  readonly #settings: RemoteSettings;
  readonly #get: (signal: AbortSignal) => Promise<GetAnswer>;
  readonly #schedule: FetchSchedule;
  readonly #revoked = new Set<string | undefined>();
  #held: HeldKeys | undefined;
  #flight: Deadlined<boolean> | undefined;
  #lastFailure = 'nothing was fetched yet';
  #saidStale = false;

  constructor(url: string, settings: RemoteSettings, get: (signal: AbortSignal) => Promise<GetAnswer>) {
    this.#url = url;
    this.#settings = settings;
    this.#get = get;
    this.#schedule = new FetchSchedule(settings.cooldown);
    const { initial, maxLifetime } = settings;
    if (initial !== undefined) this.#held = readInitial(initial, url, this.#now(), maxLifetime);
  }

  asKeySet(): RemoteKeySet {
    const set: RemoteKeySet = Object.freeze({
      url: this.#url,
      find: (kid: string | undefined) => this.#find(kid),
      load: () => this.#load(),
      refresh: () => this.#refresh(),
      snapshot: () => this.#snapshot(),
      revoke: (kid: string) => void this.#revoked.add(expectString(kid, 'kid')),
      isFresh: () => this.#isCurrent(this.#now()),
      settle: () => this.#settle(),
      underWay: () => this.#flight && this.#waitFor(this.#flight),
    });
    REMOTE_KEY_SETS.add(set);
    return set;
  }

  /** What a synchronous look-up may do: serve, and set a fetch going that it does not wait for. */
  #find(kid: string | undefined): readonly VerificationKey[] {
    if (this.#revoked.has(kid)) return [];
    const now = this.#now();
    const held = this.#serving(now);
    const found = held.keys.find(kid);
    const keys = this.#revoked.size === 0 ? found : found.filter((key) => !this.#revoked.has(key.kid));
    if (keys.length === 0 && kid !== undefined) this.#noteUnknownKid(now);
    return keys;
  }

  /** The set in force. @throws {JwtError} `keys_unavailable`. */
  #serving(now: number): HeldKeys {
    // Nothing was ever fetched: that is for load() or an asynchronous verification, which can wait.
    if (this.#held === undefined) throw this.#unavailable();
    const held = (this.#held = rebase(this.#held, now));
    const freshness = freshnessOf(held, now, this.#settings.staleFor);
    if (freshness === 'fresh') return held;
    if (this.#schedule.mayFetch(now)) this.#startFetch();
    if (freshness === 'over') throw this.#unavailable();
    if (freshness === 'stale' && !this.#saidStale) {
      this.#saidStale = true;
      this.#announce({ type: 'stale', url: this.#url, servesFor: held.fetchedAt + held.lifetime + this.#settings.staleFor - now });
    }
    return held;
  }

  /** It may mean that the issuer rotated its keys, or that someone makes key IDs up: from here both look the same. */
  #noteUnknownKid(now: number): void {
    const refetching = this.#flight !== undefined || this.#schedule.takeUnknownKid(now);
    if (refetching) this.#startFetch();
    this.#announce({ type: 'unknownKid', url: this.#url, refetching });
  }

  /** Within its lifetime. */
  #isCurrent(now: number): boolean {
    if (this.#held === undefined || now < this.#held.fetchedAt) return false;
    return now - this.#held.fetchedAt < this.#held.lifetime;
  }

  async #settle(): Promise<void> {
    const now = this.#now();
    if (this.#isCurrent(now)) return;
    // A stale set serves while attempts go on in the background: in an outage nobody waits twice.
    const serves = this.#held !== undefined && freshnessOf(rebase(this.#held, now), now, this.#settings.staleFor) === 'stale';
    if (serves && this.#schedule.failedLately(now)) return;
    if (this.#flight !== undefined || this.#schedule.mayFetch(now)) await this.#waitFor(this.#startFetch());
  }

  async #load(): Promise<void> {
    await this.#settle();
    this.#serving(this.#now());
  }

  async #refresh(): Promise<void> {
    if (this.#flight === undefined && !this.#schedule.takeForced(this.#now())) {
      // One has just been: it counts, for better or worse.
      if (this.#schedule.failing || this.#held === undefined) throw this.#unavailable();
      return;
    }
    // Fails closed: who forces a refresh does not want the keys that are here.
    if (!(await this.#waitFor(this.#startFetch()))) throw this.#unavailable();
  }

  #snapshot(): KeySetSnapshot | undefined {
    if (this.#held === undefined) return undefined;
    const { document, wallTime, lifetime } = this.#held;
    return Object.freeze({ url: this.#url, document, fetchedAt: wallTime, lifetime });
  }

  /** One flight, however many wait. */
  #startFetch(): Deadlined<boolean> {
    if (this.#flight !== undefined) return this.#flight;
    const get = withDeadline(this.#settings.timeout, async (signal) => {
      await undefined; // so that this flight is known: a fetch of the caller's may look keys up, and must find it under way
      return this.#get(signal);
    });
    const done = get.done
      .then((answer) => this.#accept(answer))
      .catch((error: unknown) => this.#fail(error))
      // Should the clock fail even here: nobody may be waiting, and a rejection would end the process.
      .catch(() => false)
      .finally(() => (this.#flight = undefined));
    return (this.#flight = { done, ref: get.ref });
  }

  #waitFor(flight: Deadlined<boolean>): Promise<boolean> {
    flight.ref();
    return flight.done;
  }

  /** Replaces the set: keys that have left it stop verifying. @throws when there is nothing to replace it with. */
  #accept({ body, headers }: GetAnswer): true {
    const { document, keys } = readKeyDocument(body);
    const lifetime = cacheLifetime(headers, this.#settings);
    this.#held = Object.freeze({ document, keys, fetchedAt: this.#now(), lifetime, wallTime: Date.now() / 1000 });
    this.#saidStale = false;
    this.#schedule.succeeded();
    for (const { index, kid, error } of keys.skipped) {
      const named = kid === undefined ? {} : { kid };
      this.#announce({ type: 'skippedKey', url: this.#url, index, ...named, reason: error.message });
    }
    this.#announce({ type: 'fetched', url: this.#url, keys: keys.keys.length, lifetime });
    return true;
  }

  /** The set in force stays. */
  #fail(error: unknown): false {
    this.#lastFailure = error instanceof GetError || error instanceof JwtError ? error.message : 'unexpected error';
    const retryIn = this.#schedule.failed(this.#now());
    this.#announce({ type: 'failed', url: this.#url, reason: this.#lastFailure, retryIn });
    return false;
  }

  #announce(event: KeyEvent): void {
    announce(Object.freeze(event), this.#settings.onEvent);
  }

  #unavailable(): JwtError {
    return new JwtError('keys_unavailable', { message: `the issuer's keys could not be had: ${this.#lastFailure}` });
  }

  #now(): number {
    try {
      const now = this.#settings.clock();
      if (Number.isFinite(now)) return now;
    } catch {
      // Told below, as a mistake of the caller's.
    }
    throw new TypeError('"clock" of a key set expected a finite number of seconds');
  }
}
