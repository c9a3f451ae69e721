/**
 * An issuer whose keys are on the network: key pairs, tokens, a verifier, and a clock for the cache of keys.
 *
 * @module
 */

import { generateKeyPairSync, sign, type JsonWebKey } from 'node:crypto';
import { JwtError, signJwt, type RefusalCode } from '../../src/jose/index.ts';
import type { KeyLookup } from '../../src/jose/key-set.ts';
import {
  createRemoteKeySet,
  type KeyEvent,
  type RemoteKeySet,
  type RemoteKeySetOptions,
} from '../../src/keys/index.ts';
import { createVerifier, type Verifier } from '../../src/verifier/index.ts';
import { exportJwk } from '../../src/jose/pem.ts';

export { mistake } from '../jose/refusal.ts';

export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'api';
/** When tokens are verified; the cache of keys has a clock of its own. */
export const NOW = 1_700_000_000;
export const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: 'user-1', iat: NOW - 60, exp: NOW + 600 };

/** One key of an issuer. */
export interface IssuerKey {
  readonly kid: string;
  /** The public half, as it is published. */
  readonly jwk: JsonWebKey & { readonly kid: string };
  /** A token by this key that {@link verifierOf} accepts unless the claims or the header say otherwise. */
  readonly mint: (claims?: object, header?: object) => string;
}

/** Makes a key: Ed25519, because that takes no time. */
export function makeKey(kid: string): IssuerKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const mint = (claims: object = {}, header: object = {}): string => {
    if (Object.keys(header).length === 0) return signJwt({ ...CLAIMS, ...claims }, privateKey, { kid });
    const parts = [{ alg: 'EdDSA', kid, ...header }, { ...CLAIMS, ...claims }];
    const signingInput = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${signingInput}.${sign(null, Buffer.from(signingInput), privateKey).toString('base64url')}`;
  };
  return { kid, jwk: { ...exportJwk(publicKey), kid }, mint };
}

export const KEY_1 = makeKey('key-1');
export const KEY_2 = makeKey('key-2');

/** The JWK Set that an issuer publishes. */
export function setOf(...keys: readonly IssuerKey[]): { readonly keys: readonly object[] } {
  return { keys: keys.map(({ jwk }) => jwk) };
}

export function verifierOf(keys: KeyLookup): Verifier {
  return createVerifier({ issuer: ISSUER, audience: AUDIENCE, algorithms: ['EdDSA'], keys, clock: () => NOW });
}

/** A clock that stands still until it is moved. Seconds. */
export interface CacheClock {
  (): number;
  readonly advance: (seconds: number) => void;
}

export function cacheClock(start = 10_000): CacheClock {
  let now = start;
  return Object.assign(() => now, { advance: (seconds: number) => void (now += seconds) });
}

/** A remote key set and all that a test wants to see of it. */
export interface Remote {
  readonly keys: RemoteKeySet;
  readonly verifier: Verifier;
  readonly clock: CacheClock;
  readonly events: readonly KeyEvent[];
}

export function remote(url: string, options: RemoteKeySetOptions = {}): Remote {
  const clock = cacheClock();
  const events: KeyEvent[] = [];
  const onEvent = (event: KeyEvent): void => void events.push(event);
  const keys = createRemoteKeySet(url, { allowLoopbackHttp: true, clock, onEvent, ...options });
  return { keys, verifier: verifierOf(keys), clock, events };
}

/** "accepted", or the code of the refusal. Anything else that is thrown fails the test. */
export async function outcome(verification: Promise<unknown> | (() => unknown)): Promise<RefusalCode | 'accepted'> {
  try {
    await (typeof verification === 'function' ? verification() : verification);
    return 'accepted';
  } catch (error) {
    if (error instanceof JwtError) return error.code;
    throw error;
  }
}

/** What a test feeds against the types, on purpose. */
export function untyped<T>(value: unknown): T {
  return value as T;
}
