/**
 * Signatures over a JWS Signing Input, by node:crypto or by hand, the same at every run.
 *
 * ECDSA draws a random number for each signature, and roots modulo strange numbers take long. Such signatures are kept
 * in signatures.json, by a hash of what they are over. One that is missing is made, and one that is unused is dropped.
 *
 * @module
 */

import { constants, createHash, createHmac, privateEncrypt, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { privateKey, rsaPrimes, secret, storedKey } from './keys.ts';
import {
  digestInfo, encodePkcs1, encodePss, modulusOf, octetsToUint, privateOperation, uintToOctets, type PssOptions,
} from './rsa.ts';

export const STORE_FILE: URL = new URL('signatures.json', import.meta.url);

const stored: Readonly<Record<string, string>> = JSON.parse(readFileSync(STORE_FILE, 'utf8'));
const used = new Map<string, string>();

/** Turns a JWS Signing Input into a JWS Signature. */
export type Signer = (input: string) => Uint8Array;

/** The signatures that have been asked for, as the text of signatures.json. */
export function storeText(): string {
  const entries = [...used].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

function keep(what: string, input: string, make: () => Uint8Array): Buffer {
  const id = createHash('sha256').update(`${what} ${input}`).digest('base64url').slice(0, 22);
  const text = used.get(id) ?? stored[id] ?? Buffer.from(make()).toString('base64url');
  used.set(id, text);
  return Buffer.from(text, 'base64url');
}

/** The genuine signature of an "alg" by a key. */
export function signer(key: string, alg: string): Signer {
  const hash = `sha${alg.slice(2)}`;
  if (alg.startsWith('RS')) return (input) => sign(hash, Buffer.from(input), privateKey(key));
  if (alg.startsWith('PS')) return pss(key, { hash });
  if (alg.startsWith('ES')) return (input) => keep(`${key} ${alg}`, input, () => ecdsa(key, hash)(input));
  if (alg.startsWith('Ed')) return (input) => sign(null, Buffer.from(input), privateKey(key));
  if (alg.startsWith('HS')) return hmac(secret(key), hash);
  throw new Error(`no signer for ${alg}`);
}

export function hmac(key: Uint8Array | string, hash = 'sha256'): Signer {
  return (input) => createHmac(hash, key).update(input).digest();
}

/** ECDSA in the form of RFC 7518 §3.4: R and S side by side. Random: to be kept. */
function ecdsa(key: string, hash: string): Signer {
  return (input) => sign(hash, Buffer.from(input), { key: privateKey(key), dsaEncoding: 'ieee-p1363' });
}

/** A genuine ECDSA signature with a property that some have by chance. */
export function ecdsaSuchThat(
  key: string,
  hash: string,
  name: string,
  accept: (signature: Uint8Array) => boolean,
): Signer {
  return (input) => keep(`${key} ${name}`, input, () => {
    for (;;) {
      const signature = ecdsa(key, hash)(input);
      if (accept(signature)) return signature;
    }
  });
}

/** The private operation of an ordinary RSA key over an encoded message of the vector's own making. */
export function rawRsa(key: string, encode: (input: string, k: number) => Uint8Array): Signer {
  const k = Buffer.from(storedKey(key).n ?? '', 'base64url').length;
  return (input) => privateEncrypt({ key: privateKey(key), padding: constants.RSA_NO_PADDING }, encode(input, k));
}

export function pss(key: string, options: PssOptions): Signer {
  return rawRsa(key, (input, k) => encodePss(input, k, options));
}

/** A genuine RS256 signature by a key that no library would sign with. */
export function strangeRsa(key: string, e?: bigint): Signer {
  const primes = rsaPrimes(key, e);
  const k = uintToOctets(modulusOf(primes)).length;
  return (input) => keep(`${key} ${primes.e}`, input, () => {
    const em = octetsToUint(encodePkcs1(digestInfo('sha256', input), k));
    return uintToOctets(privateOperation(em, primes), k);
  });
}
