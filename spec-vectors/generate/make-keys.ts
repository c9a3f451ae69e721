/**
 * Makes the test keys that `keys.json` lacks. Run once by hand; the result is committed. Whoever deletes a key and runs
 * this again gets a new one, and new vectors.
 *
 *   npx tsx spec-vectors/generate/make-keys.ts
 *
 * @module
 */

import { generateKeyPairSync, generatePrimeSync, randomBytes, type JsonWebKey } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fromUint, modPow, toUint } from './rsa.ts';

const FILE = new URL('keys.json', import.meta.url);

/** The primes of the ROCA fingerprint (CVE-2017-15361). */
const ROCA = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157].map(BigInt);

type Primes = { readonly kty: 'RSA'; readonly e: string; readonly primes: readonly string[] };

function rsa(modulusLength: number): JsonWebKey {
  return generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ format: 'jwk' });
}

function ec(namedCurve: string): JsonWebKey {
  return generateKeyPairSync('ec', { namedCurve }).privateKey.export({ format: 'jwk' });
}

function fromPrimes(...primes: readonly bigint[]): Primes {
  return { kty: 'RSA', e: 'AQAB', primes: primes.map(fromUint) };
}

function prime(bits: number, accept: (candidate: bigint) => boolean = () => true): bigint {
  for (;;) {
    const candidate = generatePrimeSync(bits, { bigint: true });
    if (accept(candidate)) return candidate;
  }
}

/** A prime from which 2^k-th roots are easy, and for which every odd exponent that the vectors use has an inverse. */
function primeForOddExponents(): bigint {
  const factors = [3n, 5n, 17n, 257n, 65537n, 65539n, 4294967291n, 4294967311n];
  return prime(1024, (p) => p % 4n === 3n && factors.every((factor) => (p - 1n) % factor !== 0n));
}

/** k * M + (65537^a mod M): what the faulty generator of CVE-2017-15361 made, for the primes given. */
function rocaPrime(primes: readonly bigint[]): bigint {
  const product = primes.reduce((a, b) => a * b, 1n);
  const residue = modPow(65537n, toUint(randomBytes(8).toString('base64url')), product);
  return generatePrimeSync(1024, { bigint: true, add: product, rem: residue });
}

/** Two primes whose product has the fingerprint for all the primes but 157. */
function nearRoca(): Primes {
  const powers = new Set(Array.from({ length: 157 }, (_, a) => modPow(65537n, BigInt(a), 157n)));
  for (;;) {
    const [p, q] = [rocaPrime(ROCA.slice(0, -1)), rocaPrime(ROCA.slice(0, -1))];
    if (!powers.has((p * q) % 157n)) return fromPrimes(p, q);
  }
}

function modulusOf8193Bits(): Primes {
  const [p, q, r] = [prime(2048), prime(2048), prime(2048)];
  const least = (1n << 8192n) / (p * q * r) + 1n;
  const step = generatePrimeSync(1900, { bigint: true });
  for (let s = least + step; ; s += 1n) {
    // A product of primes is what makes signing easy; s need only have an inverse exponent, which Fermat's test tells.
    if (s % 2n === 1n && s % 3n !== 0n && s % 5n !== 0n && modPow(2n, s - 1n, s) === 1n) return fromPrimes(p, q, r, s);
  }
}

const MAKERS: Readonly<Record<string, () => object>> = {
  'rsa-1': () => rsa(2048),
  'rsa-2': () => rsa(2048),
  'rsa-4096': () => rsa(4096),
  'rsa-8192': () => rsa(8192),
  'rsa-8193': modulusOf8193Bits,
  'rsa-16400': () => fromPrimes(...Array.from({ length: 8 }, () => prime(2050))),
  'rsa-512': () => fromPrimes(prime(256), prime(256)),
  'rsa-1024': () => fromPrimes(prime(512), prime(512)),
  'rsa-2047': () => fromPrimes(prime(1024, (p) => p >> 1022n === 3n), prime(1023, (p) => p >> 1021n === 3n)),
  'rsa-exponents': () => fromPrimes(primeForOddExponents(), primeForOddExponents()),
  'rsa-roca': () => fromPrimes(rocaPrime(ROCA), rocaPrime(ROCA)),
  'rsa-near-roca': nearRoca,
  'rsa-even': () => fromPrimes(2n, prime(2047)),
  'rsa-prime': () => fromPrimes(prime(2048)),
  'rsa-factor-3': () => fromPrimes(3n, prime(2047)),
  'rsa-factor-13': () => fromPrimes(13n, prime(2045)),
  'ec-1': () => ec('P-256'),
  'ec-2': () => ec('P-256'),
  'ec-384': () => ec('P-384'),
  'ec-521': () => ec('P-521'),
  'ec-k1': () => ec('secp256k1'),
  'ed-1': () => generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  'ed-2': () => generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  'ed-448': () => generateKeyPairSync('ed448').privateKey.export({ format: 'jwk' }),
  'x-25519': () => generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' }),
  'hs-1': () => ({ kty: 'oct', k: randomBytes(64).toString('base64url') }),
  'hs-2': () => ({ kty: 'oct', k: randomBytes(64).toString('base64url') }),
};

const keys: Record<string, unknown> = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
for (const [name, make] of Object.entries(MAKERS)) keys[name] ??= make();
writeFileSync(FILE, `${JSON.stringify(keys, null, 2)}\n`);
