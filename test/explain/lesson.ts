/**
 * One token with all its octets, for the lessons: made with a committed test key, and always the same (RSASSA-PKCS1-v1_5
 * has no randomness).
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { signJwt } from '../../src/jose/index.ts';
import { jwkToSpki, thumbprint } from '../../src/jose/jwk.ts';
import { storedKey } from '../../spec-vectors/generate/keys.ts';

/** When the lesson takes place. Seconds. */
export const LESSON_NOW = 1_700_000_600;

export const LESSON_CLAIMS = Object.freeze({
  iss: 'https://accounts.google.com', aud: 'my-client-id', sub: '42', iat: 1_700_000_000, exp: 1_700_003_600,
});

const { kty = '', n = '', e = '' } = storedKey('rsa-1');

export const LESSON_JWK = Object.freeze({ kty, kid: 'key-1', alg: 'RS256', use: 'sig', n, e });

export const LESSON_TOKEN = signJwt(LESSON_CLAIMS, storedKey('rsa-1'), { alg: 'RS256', kid: 'key-1', typ: 'JWT' });

const [header = '', payload = '', signature = ''] = LESSON_TOKEN.split('.');

/** The three parts, as they are written. */
export const PARTS = Object.freeze({ header, payload, signature });

/** What was signed: everything before the second dot. */
export const SIGNING_INPUT = `${header}.${payload}`;

export const SIGNING_HASH = createHash('sha256').update(SIGNING_INPUT, 'ascii').digest();
export const SIGNATURE = Buffer.from(signature, 'base64url');
export const MODULUS = Buffer.from(n, 'base64url');
export const EXPONENT = Buffer.from(e, 'base64url');
export const SPKI = Buffer.from(jwkToSpki(LESSON_JWK));
export const THUMBPRINT = thumbprint(LESSON_JWK);

/** RFC 8017 §5.2.2: signature ^ e mod n, as long as n. */
export function unfold(octets: Uint8Array): Buffer {
  const modulus = BigInt(`0x${MODULUS.toString('hex')}`);
  let base = BigInt(`0x${Buffer.from(octets).toString('hex')}`) % modulus;
  let power = 1n;
  for (let rest = BigInt(`0x${EXPONENT.toString('hex')}`); rest > 0n; rest >>= 1n) {
    if (rest & 1n) power = (power * base) % modulus;
    base = (base * base) % modulus;
  }
  return Buffer.from(power.toString(16).padStart(MODULUS.length * 2, '0'), 'hex');
}

/** `7b 22 61`. */
export function hex(octets: Uint8Array): string {
  return [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
}

/** The first and the last octets of many. */
export function hexEnds(octets: Uint8Array, first: number, last: number): string {
  return `${hex(octets.subarray(0, first))} … ${hex(octets.subarray(octets.length - last))}`;
}
