/**
 * The local issuer: everything that an OpenID Provider does for those who verify its tokens, and nothing else.
 *
 * @module
 */

import { createKeySet, type KeyLookup } from '../jose/key-set.ts';
import type { Clock } from '../verifier/verifier.ts';
import {
  answerWith,
  certificatesOf,
  expectCacheTerms,
  expectFailureMode,
  jwkSetOf,
  type Answer,
  type CacheTerms,
  type FailureMode,
} from './answers.ts';
import type { FakeClock } from './fake-clock.ts';
import { createFetch } from './fetch.ts';
import { readIssuerOptions, type TestIssuerOptions } from './issuer-options.ts';
import { createKeyRing, type KeyRing } from './key-ring.ts';
import { createListen, type ListeningIssuer } from './listening.ts';
import { mintToken, type MintClaims, type MintOptions } from './mint.ts';
import { documentAt, type Publication } from './publication.ts';
import { rememberRing } from './raw-token.ts';

/** A request for one of the issuer's documents. */
export interface IssuerRequest {
  readonly url: string;
  /** By the issuer's clock, in seconds. */
  readonly at: number;
}

/** A local issuer. Frozen but for `cacheControl`. */
export interface TestIssuer<C extends Clock = FakeClock> extends Publication {
  readonly audience: string;
  readonly clock: C;
  /** The keys published at the moment of each look-up, for verifiers that need no network. Never fails. */
  readonly keys: KeyLookup;
  /** The ID of the current key. */
  readonly kid: string;
  /** The JWK Set as published now. */
  readonly jwks: { readonly keys: readonly object[] };
  /** The map `{ kid: certificate as PEM }` as published now. */
  readonly certificates: Readonly<Record<string, string>>;
  /** Answers the issuer's three addresses as Node's `fetch` would, without a socket; 404 elsewhere. */
  readonly fetch: typeof globalThis.fetch;
  /** The requests for its documents so far, by `fetch` and over the network; at most the last ten thousand. */
  readonly requests: readonly IssuerRequest[];
  readonly failing: FailureMode;
  /** What answers say about caching; null: nothing. Can be set. @throws {TypeError} for other values. */
  cacheControl: CacheTerms | null;
  /**
   * Signs an ID token like Google's: iss, azp, aud, sub, email, email_verified, iat and exp have defaults.
   *
   * @throws {TypeError} for claims that cannot be written, or a wrong, unknown or undefined option.
   */
  readonly mint: (claims?: MintClaims, options?: MintOptions) => string;
  /** Makes a new current key, whose ID it returns. The keys published before stay published: the overlap. */
  readonly rotate: () => string;
  /** Stops publishing all keys but the current one, and returns their IDs: the removal. */
  readonly retire: () => readonly string[];
  /** Makes every request for a document fail so, until told otherwise. @throws {TypeError} for an unknown mode. */
  readonly fail: (mode: FailureMode) => void;
  /**
   * Listens on a loopback port; 0, the default, picks one.
   *
   * Discovery wants a document to name the issuer that was asked for. So, unless `createTestIssuer` was given an
   * `issuer`, the listening one goes by its own address: in its document, and in the tokens that it mints.
   *
   * @throws {TypeError} for a host that is not a literal loopback address, or a port that is none.
   */
  readonly listen: (port?: number, host?: string) => Promise<ListeningIssuer>;
}

/** Requests that are remembered: a server that runs for weeks must not grow with each. */
const MAX_REQUESTS = 10_000;

/**
 * Makes a local issuer, to test an application's sign-in with no network and no account.
 *
 * It makes no key and opens no socket until it must. Whoever holds it can sign for any account: it is for tests.
 *
 * @throws {TypeError} for a wrong, unknown or undefined option.
 * @example
 * const issuer = createTestIssuer();
 * const google = createGoogleVerifier({ audience: issuer.audience, keys: issuer.keys, clock: issuer.clock });
 * const { claims } = await google.verify(issuer.mint({ email: 'ada@example.com' }));
 */
export function createTestIssuer<C extends Clock = FakeClock>(options: TestIssuerOptions<C> = {}): TestIssuer<C> {
  const { publication, named, audience, clock, now, alg, keys, ...initial } = readIssuerOptions(options);
  const ring = createKeyRing({ alg, keys, clock: now, commonName: publication.issuer });
  const requests: IssuerRequest[] = [];
  let failing: FailureMode = 'none';
  let cacheControl = initial.cacheControl;

  const answer = (places: Publication, url: URL): Answer | undefined => {
    const name = documentAt(places, url);
    if (name === undefined) return undefined;
    requests.push(Object.freeze({ url: url.href, at: now() }));
    if (requests.length > MAX_REQUESTS) requests.shift();
    const stranger = () => ring.choose('unpublished');
    return answerWith(name, places, url, { published: ring.published(), stranger, failing, cacheControl });
  };
  const mintFor = (issuer: string) => (claims: MintClaims = {}, how: MintOptions = {}): string =>
    mintToken(claims, how, { issuer, audience, ring, clock: now });
  const levers = {
    rotate: () => ring.rotate().kid,
    retire: () => ring.retire().map(({ kid }) => kid),
    fail: (mode: unknown) => {
      failing = expectFailureMode(mode);
    },
  };

  const issuer: TestIssuer<C> = Object.freeze({
    ...publication,
    audience,
    // Without one given, C is FakeClock, and so is the default.
    clock: clock as C,
    keys: liveKeys(ring),
    get kid() { return ring.choose('current').kid; },
    get jwks() { return jwkSetOf(ring.published()); },
    get certificates() { return certificatesOf(ring.published()); },
    fetch: createFetch((url) => answer(publication, url)),
    get requests() { return Object.freeze([...requests]); },
    get failing() { return failing; },
    get cacheControl() { return cacheControl; },
    set cacheControl(terms: CacheTerms | null) { cacheControl = expectCacheTerms(terms); },
    mint: mintFor(publication.issuer),
    ...levers,
    listen: createListen({
      nameAt: (url) => (named ? publication.issuer : url),
      answer,
      mintFor,
      levers,
      status: () => ({ audience, failing, kid: ring.choose('current').kid }),
    }),
  });
  rememberRing(issuer, ring);
  return issuer;
}

/** A look-up that follows the ring. */
function liveKeys(ring: KeyRing): KeyLookup {
  let known = '';
  let set: KeyLookup = createKeySet([]);
  return Object.freeze({
    find: (kid: string | undefined) => {
      const published = ring.published();
      const kids = published.map((key) => key.kid).join();
      if (kids !== known) set = createKeySet(jwkSetOf(published));
      known = kids;
      return set.find(kid);
    },
  });
}
