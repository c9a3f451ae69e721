/**
 * The committed test keys: private for signing, public for the vectors.
 *
 * @module
 */

import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fromUint, modulusOf, toUint, type RsaPrimes } from './rsa.ts';

/** Members of a JWK, malformed ones included. */
export type Jwk = Readonly<Record<string, unknown>>;

type StoredKey = JsonWebKey & { readonly primes?: readonly string[] };

const KEYS: ReadonlyMap<string, StoredKey> = new Map(
  Object.entries(JSON.parse(readFileSync(new URL('keys.json', import.meta.url), 'utf8')) as Record<string, StoredKey>),
);

export function storedKey(name: string): StoredKey {
  const key = KEYS.get(name);
  if (key === undefined) throw new Error(`keys.json has no key "${name}"`);
  return key;
}

/** The public JWK of a key. `kid` is its name unless `members` say otherwise; one given as undefined is left out. */
export function publicJwk(name: string, members: Jwk = {}): Jwk {
  const { kty, crv, x, y, k, n, e, primes } = storedKey(name);
  const modulus = primes === undefined ? n : fromUint(modulusOf(rsaPrimes(name)));
  return withMembers({ kty, kid: name, crv, x, y, k, n: modulus, e, ...members });
}

/** A JWK Set of keys by name, or of JWKs as they are given. */
export function jwkSet(...keys: ReadonlyArray<string | Jwk>): Jwk {
  return { keys: keys.map((key) => (typeof key === 'string' ? publicJwk(key) : key)) };
}

export function rsaPrimes(name: string, e?: bigint): RsaPrimes {
  const key = storedKey(name);
  const primes = key.primes ?? [key.p ?? '', key.q ?? ''];
  return { e: e ?? toUint(key.e ?? ''), primes: primes.map(toUint) };
}

export function privateKey(name: string): KeyObject {
  return createPrivateKey({ key: storedKey(name), format: 'jwk' });
}

export function publicKey(name: string): KeyObject {
  return createPublicKey({ key: publicJwk(name), format: 'jwk' });
}

export function publicPem(name: string): string {
  return publicKey(name).export({ format: 'pem', type: 'spki' }).toString();
}

export function secret(name: string): Buffer {
  return Buffer.from(storedKey(name).k ?? '', 'base64url');
}

function withMembers(members: Jwk): Jwk {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
