/**
 * The options of the local issuer, read and checked.
 *
 * @module
 */

import type { KeyObject } from 'node:crypto';
import { expectNow } from '../jose/jwt.ts';
import { expectFunction, expectString, readOptions } from '../jose/options.ts';
import type { SigningKey } from '../jose/sign.ts';
import type { Clock } from '../verifier/verifier.ts';
import { expectCacheTerms, type CacheTerms } from './answers.ts';
import { createFakeClock } from './fake-clock.ts';
import { expectTestAlgorithm, readPrivateKey, type TestAlgorithm } from './issuer-key.ts';
import { publicationOf, type Publication } from './publication.ts';

/** Options of `createTestIssuer`. */
export interface TestIssuerOptions<C extends Clock = Clock> {
  /**
   * Default: Google's, `https://accounts.google.com`. Google's Identity-Aware Proxy and service accounts, these by
   * their e-mail addresses, have Google's addresses too; any other issuer is an http or https URL.
   */
  readonly issuer?: string;
  /** The default "aud" of tokens. Default: {@link TEST_AUDIENCE}. */
  readonly audience?: string;
  /** Seconds. Default: a fake clock at the system's time. */
  readonly clock?: C;
  /** Default: RS256. Google's Identity-Aware Proxy uses ES256. */
  readonly alg?: TestAlgorithm;
  /** Private keys to use, in this order, before any is generated: generating an RSA key takes a tenth of a second. */
  readonly keys?: readonly SigningKey[];
  /** What answers say about caching at first; null: nothing. Default: an hour. */
  readonly cacheControl?: CacheTerms | null;
}

/** The options, each with its value. */
export interface IssuerTerms {
  readonly publication: Publication;
  /** Whether the caller has named the issuer. */
  readonly named: boolean;
  readonly audience: string;
  /** The caller's clock as it was given. */
  readonly clock: Clock;
  /** The same clock, checked at every reading. */
  readonly now: Clock;
  readonly alg: TestAlgorithm;
  readonly keys: readonly KeyObject[];
  readonly cacheControl: CacheTerms | null;
}

/** The client ID that tokens are for by default. */
export const TEST_AUDIENCE = 'test-client.apps.googleusercontent.com';

const GOOGLE_ISSUER = 'https://accounts.google.com';

const HOUR: CacheTerms = Object.freeze({ maxAge: 3600 });

/** @throws {TypeError} for a wrong, unknown or undefined option. */
export function readIssuerOptions(options: TestIssuerOptions): IssuerTerms {
  const given = readOptions(options, 'createTestIssuer', [
    'issuer', 'audience', 'clock', 'alg', 'keys', 'cacheControl',
  ]);
  const { alg: name = 'RS256', keys = [], issuer = GOOGLE_ISSUER, audience = TEST_AUDIENCE } = given;
  const alg = expectTestAlgorithm(name);
  if (!Array.isArray(keys)) throw new TypeError('"keys" expected an array of private keys');
  const clock = given.clock === undefined ? createFakeClock() : expectFunction<Clock>(given.clock, 'clock');
  return {
    publication: publicationOf(expectString(issuer, 'issuer')),
    named: given.issuer !== undefined,
    audience: expectString(audience, 'audience'),
    clock,
    now: () => expectNow(clock()),
    alg,
    keys: keys.map((key: unknown) => readPrivateKey(key, alg)),
    cacheControl: expectCacheTerms(given.cacheControl === undefined ? HOUR : given.cacheControl),
  };
}
