/**
 * RSA by hand (RFC 8017), for signatures and keys that node:crypto would not make.
 *
 * @module
 */

import { createHash } from 'node:crypto';

/** An RSA private key as its primes. One prime, an even one, or many, make keys that no library would. */
export interface RsaPrimes {
  readonly e: bigint;
  readonly primes: readonly bigint[];
}

export function toUint(text: string): bigint {
  return octetsToUint(Buffer.from(text, 'base64url'));
}

export function octetsToUint(octets: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(octets).toString('hex')}`);
}

/** Base64urlUInt (RFC 7518 §2). */
export function fromUint(value: bigint): string {
  return uintToOctets(value).toString('base64url');
}

/** Big-endian, in `length` octets or in as few as it needs. Zero needs one. */
export function uintToOctets(value: bigint, length = 1): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(Math.max(length * 2, hex.length + (hex.length % 2)), '0'), 'hex');
}

export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Extended Euclid; `value` and `modulus` have no common factor. */
export function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [((value % modulus) + modulus) % modulus, modulus, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b, x, y] = [b % a, a, y - quotient * x, x];
  }
  return ((x % modulus) + modulus) % modulus;
}

export function modulusOf(key: RsaPrimes): bigint {
  return key.primes.reduce((n, prime) => n * prime, 1n);
}

/**
 * The e-th root of m modulo n: RSASP1 (RFC 8017 §5.2.1), prime by prime, joined by the Chinese remainder theorem.
 *
 * For an even e = 2^k there is one only if m is a square modulo every prime: then it is the root that is a square too.
 */
export function privateOperation(m: bigint, key: RsaPrimes): bigint {
  const n = modulusOf(key);
  let root = 0n;
  for (const prime of key.primes) {
    const others = n / prime;
    const part = modPow(m, rootExponent(key.e, prime), prime);
    root += part * others * (key.primes.length === 1 ? 1n : inverse(others, prime));
  }
  return root % n;
}

function rootExponent(e: bigint, prime: bigint): bigint {
  if (prime === 2n) return 1n;
  if (e % 2n === 1n) return inverse(e, prime - 1n);
  // A prime of the form 4j + 3: x^((prime + 1) / 4) is the square root of a square x that is a square again.
  const halvings = BigInt(e.toString(2).length - 1);
  return modPow((prime + 1n) / 4n, halvings, (prime - 1n) / 2n);
}

/** Whether m has a square root modulo every prime of the key (Euler's criterion). */
export function isSquare(m: bigint, key: RsaPrimes): boolean {
  return key.primes.every((prime) => modPow(m, (prime - 1n) / 2n, prime) === 1n);
}

/** The DER prefixes of DigestInfo (RFC 8017 §9.2 note 1). */
export const DIGEST_INFO: Readonly<Record<string, string>> = {
  sha1: '3021300906052b0e03021a05000414',
  sha224: '302d300d06096086480165030402040500041c',
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

/** EMSA-PKCS1-v1_5 (RFC 8017 §9.2): 00 01 FF .. FF 00 T, in k octets. */
export function encodePkcs1(t: Uint8Array, k: number): Buffer {
  return Buffer.concat([Buffer.of(0, 1), Buffer.alloc(k - t.length - 3, 0xff), Buffer.of(0), t]);
}

/** T of EMSA-PKCS1-v1_5: the DigestInfo of the input. */
export function digestInfo(hash: string, input: string, prefix: string = DIGEST_INFO[hash] ?? ''): Buffer {
  return Buffer.concat([Buffer.from(prefix, 'hex'), createHash(hash).update(input).digest()]);
}

/** How EMSA-PSS is to be done, and done wrongly. */
export interface PssOptions {
  readonly hash: string;
  readonly mgfHash?: string;
  readonly saltLength?: number;
  readonly trailer?: number;
  readonly separator?: number;
}

/** EMSA-PSS (RFC 8017 §9.1.1), for a modulus of whole octets. The salt is a hash of the input, and so repeatable. */
export function encodePss(input: string, k: number, options: PssOptions): Buffer {
  const { hash, mgfHash = hash, trailer = 0xbc, separator = 1 } = options;
  const digest = createHash(hash).update(input).digest();
  const saltLength = options.saltLength ?? digest.length;
  const salt = mask(Buffer.from(`salt of ${input}`), saltLength, hash);
  const h = createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
  const padding = Buffer.alloc(k - saltLength - h.length - 2);
  const db = Buffer.concat([padding, Buffer.of(separator), salt]);
  const seed = mask(h, db.length, mgfHash);
  const masked = Buffer.from(db.map((octet, index) => octet ^ (seed[index] ?? 0)));
  masked[0] = (masked[0] ?? 0) & 0x7f;
  return Buffer.concat([masked, h, Buffer.of(trailer)]);
}

/** MGF1 (RFC 8017 B.2.1). */
function mask(seed: Uint8Array, length: number, hash: string): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0; blocks.length * 20 < length + 64; counter++) {
    blocks.push(createHash(hash).update(seed).update(uintToOctets(BigInt(counter), 4)).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}
