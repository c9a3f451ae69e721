/**
 * Octets that look random and are the same in every run, so that a failure can be seen again.
 *
 * @module
 */

import { createHash } from 'node:crypto';

export function octets(seed: string, length: number): Buffer {
  return length === 0 ? Buffer.alloc(0) : createHash('shake256', { outputLength: length }).update(seed).digest();
}

/** Base64url as Buffer writes it: what ours is compared with. */
export function base64url(value: Uint8Array | string): string {
  return Buffer.from(value).toString('base64url');
}

export function toBigInt(magnitude: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(magnitude).toString('hex')}`);
}

/** Big-endian, in `length` octets or in as few as it needs. */
export function fromBigInt(value: bigint, length = 1): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(Math.max(length * 2, hex.length + (hex.length % 2)), '0'), 'hex');
}
