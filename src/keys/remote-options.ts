/**
 * The options of key sets from the network, read and checked.
 *
 * @module
 */

import type { JsonObject } from '../jose/json.ts';
import { expectBoolean, expectFunction, expectNumber, isPlainObject, readOptions } from '../jose/options.ts';
import type { FetchFunction, GetLimits } from './bounded-get.ts';
import type { LifetimeBounds } from './cache-lifetime.ts';
import type { KeyEvent } from './key-events.ts';

/** How keys are fetched and kept. All durations are seconds. */
export interface RemoteKeySetOptions {
  /** Lets http through to literal loopback addresses. Default: https only. */
  readonly allowLoopbackHttp?: boolean;
  /** Default: Node's own. */
  readonly fetch?: FetchFunction;
  /** The cache's clock, seconds. Default: a monotonic one. It governs lifetimes and intervals, never a token's times. */
  readonly clock?: () => number;
  /** For a whole fetch. Default 5. */
  readonly timeout?: number;
  /** Octets of a body, decoded. Default 262,144. */
  readonly maxBytes?: number;
  /** Between two fetches that unknown key IDs cause. Default 30. */
  readonly cooldown?: number;
  /** Bounds on what the issuer's Cache-Control says. Default 60 and 86,400. */
  readonly minLifetime?: number;
  readonly maxLifetime?: number;
  /** Where the issuer says nothing. Default 3,600. */
  readonly defaultLifetime?: number;
  /** How long the last good set serves on past its lifetime while fetching fails. Default 3,600. */
  readonly staleFor?: number;
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A set to begin with: a snapshot of an earlier process, or a plain key set, which counts as past its lifetime. */
  readonly initial?: KeySetSnapshot | object;
  /** Told of what happens. What it throws, or rejects with, is dropped. */
  readonly onEvent?: (event: KeyEvent) => void;
}

/** A fetched set, to be kept elsewhere and handed to another process as `initial`. Plain JSON. */
export interface KeySetSnapshot {
  readonly url: string;
  readonly document: JsonObject;
  /** When it was fetched: seconds since 1970, by the wall clock, the one clock that two processes share. */
  readonly fetchedAt: number;
  /** Seconds. */
  readonly lifetime: number;
}

/** The options, checked, with every default in place. */
export interface RemoteSettings extends GetLimits, LifetimeBounds {
  readonly allowLoopbackHttp: boolean;
  readonly clock: () => number;
  readonly cooldown: number;
  readonly staleFor: number;
  readonly initial?: unknown;
  readonly onEvent?: (event: KeyEvent) => void;
}

/** The names of {@link RemoteKeySetOptions}. */
export const REMOTE_OPTIONS: readonly (keyof RemoteKeySetOptions)[] = [
  'allowLoopbackHttp', 'fetch', 'clock', 'timeout', 'maxBytes', 'cooldown', 'minLifetime', 'maxLifetime',
  'defaultLifetime', 'staleFor', 'headers', 'initial', 'onEvent',
];

/** Sent with every request, unless the caller says otherwise. */
export const DEFAULT_HEADERS: Readonly<Record<string, string>> = Object.freeze({ accept: 'application/json' });

const YEAR = 31_536_000;

/** @throws {TypeError} for a wrong, unknown or undefined option. */
export function readRemoteOptions(options: unknown, what: string): RemoteSettings {
  const given = readOptions(options, what, REMOTE_OPTIONS);
  const { fetch, clock, onEvent, allowLoopbackHttp = false, timeout = 5, maxBytes = 262_144, cooldown = 30 } = given;
  const { minLifetime: shortest = 60, defaultLifetime = 3600, staleFor = 3600 } = given;
  const minLifetime = expectNumber(shortest, 'minLifetime', 1, YEAR);
  const { maxLifetime = Math.max(86_400, minLifetime) } = given;
  return Object.freeze({
    allowLoopbackHttp: expectBoolean(allowLoopbackHttp, 'allowLoopbackHttp'),
    // Looked up at each call, so that an instrumented or patched global fetch is the one that is used.
    fetch: fetch === undefined ? (url, init) => globalThis.fetch(url, init) : expectFunction<FetchFunction>(fetch, 'fetch'),
    clock: clock === undefined ? monotonicSeconds : expectFunction<() => number>(clock, 'clock'),
    timeout: expectNumber(timeout, 'timeout', 0.001, 300),
    maxBytes: expectNumber(maxBytes, 'maxBytes', 1, 16_777_216),
    // Not under a second: this is what stands between a stranger and the issuer.
    cooldown: expectNumber(cooldown, 'cooldown', 1, YEAR),
    minLifetime,
    maxLifetime: expectNumber(maxLifetime, 'maxLifetime', minLifetime, YEAR),
    defaultLifetime: expectNumber(defaultLifetime, 'defaultLifetime', 1, YEAR),
    staleFor: expectNumber(staleFor, 'staleFor', 0, YEAR),
    headers: readHeaders(given.headers),
    ...(given.initial === undefined ? {} : { initial: given.initial }),
    ...(onEvent === undefined ? {} : { onEvent: expectFunction<(event: KeyEvent) => void>(onEvent, 'onEvent') }),
  } satisfies RemoteSettings);
}

function monotonicSeconds(): number {
  return performance.now() / 1000;
}

/** RFC 9110 §5.1: the name of a field is a token. */
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 §5.5: visible characters, spaces and tabs; of others than ASCII, those that one octet can be. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Checked here: what cannot be sent would fail in each fetch, and look like a server that is not there. */
function readHeaders(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return DEFAULT_HEADERS;
  // A Headers or a Map has no members of its own: nothing of what it holds would be sent.
  if (!isPlainObject(value)) throw new TypeError('"headers" expected a plain object');
  const entries = Object.entries(value).map(([name, text]: [string, unknown]) => {
    // A line end behind a value, as a file of one line has it, is left out by fetch.
    if (typeof text !== 'string' || !FIELD_VALUE.test(text.trim()) || !FIELD_NAME.test(name)) {
      throw new TypeError(`"headers": "${name}" expected a name and a string that HTTP can send`);
    }
    return [name.toLowerCase(), text] as const;
  });
  const headers = Object.fromEntries(entries);
  if (Object.keys(headers).length !== entries.length) throw new TypeError('"headers" has one name twice');
  return Object.freeze({ ...DEFAULT_HEADERS, ...headers });
}
