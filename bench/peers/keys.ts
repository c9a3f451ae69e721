/**
 * Turns the keys of a vector into the form that a library wants, with node:crypto, and says where that would change the
 * question: a library that is handed one ready key cannot be asked what it thinks of a key set.
 *
 * @module
 */

import { createPublicKey, createSecretKey, X509Certificate, type JsonWebKey, type KeyObject } from 'node:crypto';
import { member, isObject, textOf } from './reading.ts';

/** A form of keys, or why there is none. */
export type Converted<T> = { readonly is: T } | { readonly why: string };

const NEVER_SEES = 'takes ready keys: what is wrong here is in the key set, which it never sees';

/** Whether any of the keys is an X.509 certificate. */
export function hasCertificates(keys: unknown): boolean {
  return pemsOf(keys).some(({ pem }) => pem.includes('CERTIFICATE'));
}

/** Whether the keys are one PEM, and not as node:crypto writes it: the question is then who reads it, and how. */
export function isUnusualPem(keys: unknown): boolean {
  if (typeof keys !== 'string') return false;
  try {
    return pemOf(readPem(keys)) !== keys;
  } catch {
    return true;
  }
}

/** A JWK Set. JWKs are passed on as they are, wrong ones too; PEMs are converted. */
export function toJwkSet(keys: unknown): unknown {
  if (Array.isArray(keys)) return { keys: keys as unknown[] };
  const pems = pemsOf(keys);
  if (pems.length > 0)
    return { keys: pems.map(({ kid, pem }) => ({ ...jwkOf(readPem(pem)), ...(kid === undefined ? {} : { kid }) })) };
  return isObject(keys) && Object.hasOwn(keys, 'kty') && !Object.hasOwn(keys, 'keys') ? { keys: [keys] } : keys;
}

/** The members of a JWK Set, or of whatever stands in its place. */
export function membersOf(keys: unknown): readonly unknown[] {
  const members = member(toJwkSet(keys), 'keys');
  return Array.isArray(members) ? (members as unknown[]) : [];
}

/** The one key that a token with this kid means, where choosing it leaves nothing for the library to judge. */
export function chooseKey(keys: unknown, kid: unknown, alg: unknown): Converted<KeyObject> {
  const ready = readyKeys(keys, alg);
  if ('why' in ready) return ready;
  if (kid === undefined && ready.is.length > 1) return { why: "takes one key: choosing among several is the caller's" };
  const chosen = ready.is.find((key) => kid === undefined || key.kid === kid) ?? soleUnnamed(ready.is);
  return chosen === undefined ? { why: 'takes one key: choosing it by "kid" is the caller\'s' } : { is: chosen.key };
}

/** `{ kid: PEM }`, where each key has a kid and converting it loses nothing. */
export function toPems(keys: unknown, alg: unknown): Converted<Readonly<Record<string, string>>> {
  const given = pemsOf(keys);
  if (given.length > 0 && given.every(({ kid }) => kid !== undefined)) {
    return { is: Object.fromEntries(given.map(({ kid, pem }) => [textOf(kid), pem])) };
  }
  const ready = readyKeys(keys, alg);
  if ('why' in ready) return ready;
  if (ready.is.some(({ kid }) => kid === undefined)) return { why: 'takes keys by "kid" only' };
  if (ready.is.some(({ key }) => key.type === 'secret')) return { why: 'takes public keys only' };
  return { is: Object.fromEntries(ready.is.map(({ kid, key }) => [textOf(kid), pemOf(key)])) };
}

export function pemOf(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'spki' }).toString();
}

interface ReadyKey {
  readonly kid: string | undefined;
  readonly key: KeyObject;
}

function soleUnnamed(keys: readonly ReadyKey[]): ReadyKey | undefined {
  return keys.length === 1 && keys[0]?.kid === undefined ? keys[0] : undefined;
}

function readyKeys(keys: unknown, alg: unknown): Converted<readonly ReadyKey[]> {
  const pems = pemsOf(keys);
  if (pems.length > 0) {
    if (hasCertificates(keys)) return { why: "takes ready keys: a certificate's dates are not seen" };
    return { is: pems.map(({ kid, pem }) => ({ kid, key: readPem(pem) })) };
  }
  const members = membersOf(keys);
  const ready = members.map((jwk) => readyKey(jwk, alg));
  const kids = ready.map((key) => key?.kid);
  const plain = ready.filter((key) => key !== undefined);
  if (members.length === 0 || plain.length < members.length || new Set(kids).size < kids.length)
    return { why: NEVER_SEES };
  return { is: plain };
}

/** A JWK as a KeyObject, unless it says anything that a KeyObject does not carry. */
function readyKey(jwk: unknown, alg: unknown): ReadyKey | undefined {
  const kid = member(jwk, 'kid');
  const use = member(jwk, 'use');
  const restriction = member(jwk, 'alg');
  if (!isObject(jwk) || !(kid === undefined || typeof kid === 'string') || !(use === undefined || use === 'sig'))
    return undefined;
  if (!(restriction === undefined || restriction === alg)) return undefined;
  if (['d', 'p', 'key_ops'].some((name) => Object.hasOwn(jwk, name))) return undefined;
  try {
    const key =
      jwk['kty'] === 'oct'
        ? createSecretKey(Buffer.from(String(jwk['k']), 'base64url'))
        : createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const written = Object.entries(jwkOf(key));
    return written.every(([name, value]) => jwk[name] === value) ? { kid, key } : undefined;
  } catch {
    return undefined;
  }
}

function jwkOf(key: KeyObject): JsonWebKey {
  return key.export({ format: 'jwk' });
}

function readPem(pem: string): KeyObject {
  return pem.includes('CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem);
}

/** The PEMs in one PEM, or in a map `{ kid: PEM }`. */
function pemsOf(keys: unknown): Array<{ readonly kid: string | undefined; readonly pem: string }> {
  if (typeof keys === 'string') return [{ kid: undefined, pem: keys }];
  if (!isObject(keys) || Object.hasOwn(keys, 'keys') || Object.hasOwn(keys, 'kty')) return [];
  const entries = Object.entries(keys).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return entries.filter(([, pem]) => pem.includes('-----BEGIN')).map(([kid, pem]) => ({ kid, pem }));
}
