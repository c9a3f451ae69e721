/**
 * The keys of the local issuer through time: one that signs, those still published, and one that never is
 * (OIDC Core §10.1.1, rotation of signing keys).
 *
 * @module
 */

import type { KeyObject } from 'node:crypto';
import type { Clock } from '../verifier/verifier.ts';
import { generateIssuerKey, toIssuerKey, type IssuerKey, type TestAlgorithm } from './issuer-key.ts';

/** Which key is to sign a token. */
export type KeyChoice = 'current' | 'previous' | 'unpublished';

/** The keys of one issuer. Each is made when it is first needed. */
export interface KeyRing {
  /** The keys published now: the current one first. */
  readonly published: () => readonly IssuerKey[];
  /** @throws {TypeError} for `previous` where there has been no rotation. */
  readonly choose: (choice: KeyChoice) => IssuerKey;
  /** Makes a new current key; those published before stay so. */
  readonly rotate: () => IssuerKey;
  /** Stops publishing all keys but the current one, and returns those that left. */
  readonly retire: () => readonly IssuerKey[];
}

/** What the keys of a ring have in common. */
export interface KeyRingTerms {
  readonly alg: TestAlgorithm;
  readonly clock: Clock;
  readonly commonName: string;
  /** Private keys to use, in this order, before any is generated. */
  readonly keys: readonly KeyObject[];
}

/** Makes a ring without making a key. */
export function createKeyRing({ alg, clock, commonName, keys }: KeyRingTerms): KeyRing {
  const given = [...keys];
  let published: readonly IssuerKey[] = [];
  let previous: IssuerKey | undefined;
  let unpublished: IssuerKey | undefined;

  const terms = (): { readonly commonName: string; readonly now: number } => ({ commonName, now: clock() });
  const generate = (): IssuerKey => generateIssuerKey(alg, terms());
  const nextKey = (): IssuerKey => {
    const privateKey = given.shift();
    return privateKey === undefined ? generate() : toIssuerKey(privateKey, alg, terms());
  };
  const current = (): IssuerKey => {
    const [first = nextKey(), ...rest] = published;
    published = [first, ...rest];
    return first;
  };

  return Object.freeze({
    published: () => [current(), ...published.slice(1)],
    choose: (choice: KeyChoice) => {
      if (choice === 'current') return current();
      if (choice === 'unpublished') return (unpublished ??= generate());
      if (previous === undefined) throw new TypeError('"key" is "previous", and there has been no rotation');
      return previous;
    },
    rotate: () => {
      previous = current();
      const next = nextKey();
      published = [next, ...published];
      return next;
    },
    retire: () => {
      const first = current();
      const retired = published.slice(1);
      published = [first];
      return retired;
    },
  });
}
