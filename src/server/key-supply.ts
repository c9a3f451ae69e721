/**
 * The keys of a policy's providers: where they come from, how long a request waits for them, and what became of them.
 *
 * @module
 */

import { keySourceOf, type AuthProvider, type EspPolicy, type ProviderKeys } from '../esp/index.ts';
import {
  createRemoteKeySet, discoverKeySet, type KeyEvent, type RemoteKeySet, type RemoteKeySetOptions,
} from '../keys/index.ts';
import type { Metrics } from './metrics.ts';

/** The keys of a service. */
export interface KeySupply {
  readonly keysFor: (provider: AuthProvider) => ProviderKeys;
  /** Starts to fetch what is not here, where an attempt is due. Waits for nothing, and never fails. */
  readonly prefetch: () => void;
  /** The providers whose keys were never to be had yet. */
  readonly missing: () => readonly string[];
  /** Seconds since each provider's keys were fetched, by the wall clock. */
  readonly ages: () => ReadonlyMap<string, number>;
}

/** Where keys come from, and how. */
export interface KeySupplyOptions {
  /** Keys that are here already: from a file, say. By issuer. */
  readonly given?: ReadonlyMap<string, ProviderKeys>;
  /** Algorithms of keys that are fetched. Default: those of esp. */
  readonly algorithms?: ProviderKeys['algorithms'];
  readonly fetch: Omit<RemoteKeySetOptions, 'onEvent' | 'initial'>;
  /** For how long a request waits for keys, at most. Seconds. */
  readonly wait: number;
  readonly metrics: Metrics;
  /** Told of fetches that failed and of keys that cannot be used. */
  readonly onEvent?: (provider: AuthProvider, event: KeyEvent) => void;
}

/**
 * Makes the key sets of a policy. Nothing is fetched yet.
 *
 * @throws {TypeError} for a provider whose keys have no address.
 */
export function createKeySupply({ providers }: EspPolicy, options: KeySupplyOptions): KeySupply {
  const { given = new Map<string, ProviderKeys>(), algorithms, metrics, wait } = options;
  const remote = new Map<string, RemoteKeySet>();
  const supplied = new Map<AuthProvider, ProviderKeys>();
  for (const provider of providers) {
    const known = given.get(provider.issuer);
    if (known !== undefined) {
      supplied.set(provider, known);
      continue;
    }
    const onEvent = (event: KeyEvent): void => {
      if (event.type === 'fetched' || event.type === 'failed') metrics.countFetch(provider.id, event.type);
      options.onEvent?.(provider, event);
    };
    const keys = openRemote(provider, { ...options.fetch, onEvent });
    remote.set(provider.id, keys);
    const patient = withPatience(keys, wait);
    supplied.set(provider, algorithms === undefined ? { keys: patient } : { keys: patient, algorithms });
  }
  return Object.freeze({
    keysFor: (provider: AuthProvider) => {
      const keys = supplied.get(provider);
      if (keys === undefined) throw new TypeError('the provider is not of this policy');
      return keys;
    },
    prefetch: () => {
      for (const keys of remote.values()) keys.load().catch(() => undefined);
    },
    missing: () => [...remote].filter(([, keys]) => keys.snapshot() === undefined).map(([id]) => id),
    ages: () => new Map([...remote].flatMap(([id, keys]) => {
      const at = keys.snapshot()?.fetchedAt;
      return at === undefined ? [] : [[id, Math.max(0, Date.now() / 1000 - at)] as const];
    })),
  });
}

function openRemote(provider: AuthProvider, options: RemoteKeySetOptions): RemoteKeySet {
  const source = keySourceOf(provider);
  if (source === undefined) throw new TypeError(`"keys": those of the issuer "${provider.issuer}" have no address`);
  return source.kind === 'jwks' ? createRemoteKeySet(source.url, options) : discoverKeySet(source.issuer, options);
}

/** Of the whole wait; the rest is left to go on with the keys that are here, should there be some. */
const SHARE = 0.8;

/**
 * The same key set, with waits that end: then what is here serves on, or `keys_unavailable` is said.
 *
 * The wait is counted from the start of the fetch and not of the request: behind a key server that hangs, requests do
 * not queue up, each with a wait of its own.
 */
export function withPatience(keys: RemoteKeySet, seconds: number): RemoteKeySet {
  let since: number | undefined;
  const bounded = async <T>(wait: () => Promise<T>, otherwise: T): Promise<T> => {
    const left = (since ?? performance.now()) + seconds * SHARE * 1000 - performance.now();
    if (left <= 0) return otherwise;
    since ??= performance.now();
    const done = wait();
    void done.then(() => (since = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<T>((resolve) => {
      timer = setTimeout(() => resolve(otherwise), left);
    });
    return Promise.race([done, late]).finally(() => clearTimeout(timer));
  };
  return Object.freeze({
    ...keys,
    settle: () => bounded(() => keys.settle(), undefined),
    underWay: () => {
      const flight = keys.underWay();
      return flight && bounded(() => flight, false);
    },
  });
}
