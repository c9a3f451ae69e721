/**
 * What the local issuer answers: JWK Set (RFC 7517 §5), map of certificates, discovery document (OpenID Connect
 * Discovery §4.2), and each of them on a bad day.
 *
 * @module
 */

import { setTimeout as delay } from 'node:timers/promises';
import { expectNumber, readOptions } from '../jose/options.ts';
import type { IssuerKey } from './issuer-key.ts';
import type { DocumentName, Publication } from './publication.ts';

/**
 * A way to fail.
 *
 *   none        all is well
 *   down        no connection: `fetch` rejects; the server resets
 *   hang        never answers
 *   drip        the right answer, an octet every 100 ms
 *   error       status 500, with the right body, which must not be believed
 *   garbage     status 200 and a page of HTML
 *   wrong-keys  somebody else's key, under the right key IDs: that of `mint(claims, { key: 'unpublished' })`
 *   empty       a set without keys, a discovery document without members
 *   redirect    status 302 to another address, where the right answer is
 *   huge        the right answer, after 64 MiB of white space
 */
export type FailureMode =
  | 'none' | 'down' | 'hang' | 'drip' | 'error' | 'garbage' | 'wrong-keys' | 'empty' | 'redirect' | 'huge';

/** Every {@link FailureMode}. */
export const FAILURE_MODES: readonly FailureMode[] = Object.freeze([
  'none', 'down', 'hang', 'drip', 'error', 'garbage', 'wrong-keys', 'empty', 'redirect', 'huge',
]);

/** How long an answer may be kept (RFC 9111 §5). Seconds. */
export interface CacheTerms {
  /** `Cache-Control: public, max-age=N`. */
  readonly maxAge: number;
  /** `Age: N`: how long a cache on the way has kept it already. Absent: no such header. */
  readonly age?: number;
}

/** An answer, and how it is brought. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly manner: 'at once' | 'reset' | 'hang' | 'drip' | 'padded';
}

/** What an answer depends on. */
export interface IssuerState {
  readonly published: readonly IssuerKey[];
  /** Makes the key that is never published, if need be. */
  readonly stranger: () => IssuerKey;
  readonly failing: FailureMode;
  /** null: nothing is said about caching. */
  readonly cacheControl: CacheTerms | null;
}

/** Octets of white space before a padded answer, and how many of them come at a time. */
const PADDING = 64 * 1024 * 1024;
const PADDING_CHUNK = 64 * 1024;

/** Milliseconds between two octets of a dripping answer. */
const DRIP_INTERVAL = 100;

/** The query that marks the address which a redirect leads to. */
const MOVED = '?moved';

/** @throws {TypeError} unless the value is a {@link FailureMode}. */
export function expectFailureMode(mode: unknown): FailureMode {
  const known = FAILURE_MODES.find((name) => name === mode);
  if (known === undefined) throw new TypeError(`"mode" expected one of ${FAILURE_MODES.join(' ')}`);
  return known;
}

/** @throws {TypeError} unless the value is {@link CacheTerms} of whole seconds, or null. */
export function expectCacheTerms(value: unknown): CacheTerms | null {
  if (value === null) return null;
  const { maxAge, age } = readOptions(value, 'cacheControl', ['maxAge', 'age']);
  const seconds = (number: unknown, what: string): number => Math.floor(expectNumber(number, what, 0, 1e12));
  const passed = age === undefined ? {} : { age: seconds(age, 'age') };
  return Object.freeze({ maxAge: seconds(maxAge, 'maxAge'), ...passed });
}

/** The JWK Set of some keys. */
export function jwkSetOf(keys: readonly IssuerKey[]): { readonly keys: readonly object[] } {
  return { keys: keys.map(({ jwk }) => jwk) };
}

/** The map `{ kid: certificate }` of some keys. */
export function certificatesOf(keys: readonly IssuerKey[]): Readonly<Record<string, string>> {
  return Object.fromEntries(keys.map(({ kid, certificate }) => [kid, certificate()]));
}

/** The answer to a GET of one of an issuer's documents. */
export function answerWith(name: DocumentName, publication: Publication, url: URL, state: IssuerState): Answer {
  const good = answerJson(documentOf(name, publication, state.published), cacheHeaders(state.cacheControl));
  switch (state.failing) {
    case 'none':
      return good;
    case 'down':
      return { ...good, manner: 'reset' };
    case 'hang':
      return { ...good, manner: 'hang' };
    case 'drip':
      return { ...good, manner: 'drip' };
    case 'huge':
      return { ...good, manner: 'padded' };
    case 'error':
      return { ...good, status: 500 };
    case 'garbage':
      return { ...good, headers: { ...good.headers, 'content-type': 'text/html; charset=utf-8' }, body: GARBAGE };
    case 'wrong-keys':
      return { ...good, body: toJson(documentOf(name, publication, underTheirNames(state))) };
    case 'empty':
      return { ...good, body: toJson(name === 'jwks' ? jwkSetOf([]) : {}) };
    case 'redirect':
      if (url.search === MOVED) return good;
      return { ...good, status: 302, headers: { location: `${url.origin}${url.pathname}${MOVED}` }, body: '' };
  }
}

/** An answer of JSON, brought at once. */
export function answerJson(body: object, headers: Readonly<Record<string, string>> = {}, status = 200): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers },
    body: toJson(body),
    manner: 'at once',
  };
}

/** An answer of plain text, not to be kept, brought at once. */
export function answerText(status: number, body: string): Answer {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
  return { status, headers, body: `${body}\n`, manner: 'at once' };
}

/**
 * The octets of an answer that takes its time, chunk by chunk.
 *
 * @throws {Error} an AbortError as soon as the signal aborts.
 */
export async function* chunksOf({ body, manner }: Answer, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
  const octets = Buffer.from(body, 'utf8');
  if (manner === 'drip') {
    for (const octet of octets) {
      await delay(DRIP_INTERVAL, undefined, { signal });
      yield Uint8Array.of(octet);
    }
    return;
  }
  for (let sent = 0; manner === 'padded' && sent < PADDING; sent += PADDING_CHUNK) {
    signal.throwIfAborted();
    yield new Uint8Array(PADDING_CHUNK).fill(0x20);
  }
  yield octets;
}

const GARBAGE = '<!doctype html><title>502</title><h1>Our engineers have been notified</h1>\n';

function documentOf(name: DocumentName, publication: Publication, keys: readonly IssuerKey[]): object {
  if (name === 'jwks') return jwkSetOf(keys);
  if (name === 'certificates') return certificatesOf(keys);
  // The members that a verifier has use for. There are no endpoints to name: nobody signs in here.
  return {
    issuer: publication.issuer,
    jwks_uri: publication.jwksUri,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(keys.map(({ alg }) => alg))],
  };
}

function underTheirNames({ published, stranger }: IssuerState): readonly IssuerKey[] {
  const key = stranger();
  return published.map(({ kid }) => ({ ...key, kid, jwk: { ...key.jwk, kid } }));
}

function cacheHeaders(terms: CacheTerms | null): Readonly<Record<string, string>> {
  if (terms === null) return {};
  const age: Record<string, string> = terms.age === undefined ? {} : { age: String(terms.age) };
  return { 'cache-control': `public, max-age=${terms.maxAge}`, ...age };
}

function toJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
