/**
 * Keys to be shown, not to verify with: those of a file, or those that an issuer publishes at a URL right now.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import { parseJsonObject, type JsonObject } from '../jose/json.ts';
import { createKeySet, type KeySet } from '../jose/key-set.ts';
import { getOnce, GetError, withDeadline, type GetAnswer } from '../keys/bounded-get.ts';
import { cacheLifetime, type LifetimeBounds } from '../keys/cache-lifetime.ts';
import { importKeyDocument } from '../keys/key-document.ts';
import { expectKeyUrl } from '../keys/key-url.ts';
import { readRemoteOptions, type RemoteKeySetOptions } from '../keys/remote-options.ts';
import { readKeyFile } from './key-file.ts';
import { FETCH_FLAGS } from './key-source.ts';
import { asUsage } from './usage-error.ts';

/** A set of keys, and what goes with it when it comes from a URL. */
export interface PublishedKeys {
  readonly set: KeySet;
  /** Why a verifier would not take this set in place of the one it has. */
  readonly refusal?: JwtError;
  /** Of a set from a URL that a verifier would take. */
  readonly cache?: CacheReport;
}

/** How long a verifier keeps a set before it fetches it anew. */
export interface CacheReport {
  /** Seconds. */
  readonly lifetime: number;
  readonly from: 'Cache-Control' | 'default';
  /** Seconds: what the headers come to, where that is out of our bounds. */
  readonly said?: number;
}

/**
 * Reads the set in a file.
 *
 * @throws {UsageError} when it cannot be read.
 * @throws {JwtError} when it is refused whole.
 */
export async function readKeys(path: string): Promise<PublishedKeys> {
  return { set: createKeySet(await readKeyFile(path)) };
}

/**
 * Fetches the set at a URL, once, as a verifier would.
 *
 * @throws {UsageError} for a URL that no verifier takes.
 * @throws {JwtError} `keys_unavailable` when it could not be had, another code when the document is refused whole.
 */
export async function fetchKeys(url: string, options: RemoteKeySetOptions): Promise<PublishedKeys> {
  const settings = readRemoteOptions(options, 'fetchKeys');
  const flags = new Map([...FETCH_FLAGS, ['url', 'the URL']]);
  const href = asUsage(() => expectKeyUrl(url, 'url', settings.allowLoopbackHttp), flags);
  const get = withDeadline(settings.timeout, (signal) => getOnce(href, settings, signal));
  get.ref();
  const { body, headers } = await get.done.catch(unavailable);
  const document = parseJsonObject(body, 'the key document');
  const published = readSet(document);
  return published.refusal === undefined ? { ...published, cache: reportCache(headers, settings) } : published;
}

function unavailable(error: unknown): GetAnswer {
  if (!(error instanceof GetError)) throw error;
  throw new JwtError('keys_unavailable', { message: `the issuer's keys could not be had: ${error.message}` });
}

/** A set without a usable key is refused, but what is wrong with each of its members says more than that. */
function readSet(document: JsonObject): PublishedKeys {
  try {
    return { set: importKeyDocument(document).keys };
  } catch (refusal) {
    if (!(refusal instanceof JwtError) || Object.hasOwn(document, 'kty')) throw refusal;
    const set = createKeySet(document);
    if (set.keys.length > 0) throw refusal;
    return { set, refusal };
  }
}

function reportCache(headers: Headers, bounds: LifetimeBounds): CacheReport {
  const { defaultLifetime } = bounds;
  // Without bounds, and with nothing to fall back on: what the headers themselves say.
  const unbounded = (seconds: number): number =>
    cacheLifetime(headers, { minLifetime: 0, maxLifetime: Infinity, defaultLifetime: seconds });
  const from = Number.isNaN(unbounded(NaN)) ? 'default' : 'Cache-Control';
  const [lifetime, said] = [cacheLifetime(headers, bounds), unbounded(defaultLifetime)];
  return { lifetime, from, ...(said === lifetime ? {} : { said }) };
}
