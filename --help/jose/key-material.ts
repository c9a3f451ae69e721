/** @noprettier */ /* eslint-disable */ /* biome-ignore-all lint: vendored */ /* biome-ignore-all format: vendored */ // jwt-assay 0.1.0, src/jose/key-material.ts: do not edit (MIT)
/**
 * The octets that a JWK spells (RFC 7518 §6, RFC 8037 §2).
 *
 * @module
 */

import { decodeBase64url } from './base64url.js';
import { JwtError } from './errors.js';
import { isJsonObject, member, type JsonObject } from './json.js';

/** A curve of RFC 7518 §6.2.1.1, the octets of a coordinate, and its identifier (RFC 5480 §2.1.1.1). */
export interface Curve {
  readonly crv: string;
  readonly bits: number;
  readonly octets: number;
  readonly oid: readonly [number, number, ...number[]];
}

const CURVES: ReadonlyMap<unknown, Curve> = new Map([
  ['P-256', { crv: 'P-256', bits: 256, octets: 32, oid: [1, 2, 840, 10045, 3, 1, 7] }],
  ['P-384', { crv: 'P-384', bits: 384, octets: 48, oid: [1, 3, 132, 0, 34] }],
  ['P-521', { crv: 'P-521', bits: 521, octets: 66, oid: [1, 3, 132, 0, 35] }],
]);

/** The one curve for OKP. */
export const ED25519 = 'Ed25519'; // RFC 8037 §2

/** The octets a JWK spells, by key type. */
export type KeyMaterial =
  | { readonly kty: 'RSA'; readonly n: Uint8Array; readonly e: Uint8Array }
  | { readonly kty: 'EC'; readonly curve: Curve; readonly x: Uint8Array; readonly y: Uint8Array }
  | { readonly kty: 'OKP'; readonly x: Uint8Array }
  | { readonly kty: 'oct'; readonly k: Uint8Array };

/** Characters: several times those of the longest modulus that is accepted. */
const MAX_MEMBER_LENGTH = 8192;

/**
 * Reads the public members of a JWK, or the secret of a symmetric one.
 *
 * @throws {JwtError} `key_unusable` when one is missing, misspelt, or not in its one canonical form.
 */
export function readMaterial(jwk: unknown): { readonly object: JsonObject; readonly material: KeyMaterial } {
  if (!isJsonObject(jwk)) throw unusable('a JWK is a JSON object', 'RFC 7517 §4');
  return { object: jwk, material: materialOf(jwk) };
}

function materialOf(jwk: JsonObject): KeyMaterial {
  const kty = member(jwk, 'kty');
  switch (kty) {
    case 'RSA':
      return { kty, n: readUint(jwk, 'n'), e: readUint(jwk, 'e') };
    case 'EC': {
      const curve = CURVES.get(member(jwk, 'crv'));
      if (curve === undefined) throw unusable('missing or unknown curve', 'RFC 7518 §6.2.1.1');
      return { kty, curve, x: readOctets(jwk, 'x', curve.octets), y: readOctets(jwk, 'y', curve.octets) };
    }
    case 'OKP':
      if (member(jwk, 'crv') !== ED25519) throw unusable('missing or unknown curve', 'RFC 8037 §2');
      return { kty, x: readOctets(jwk, 'x', 32) };
    case 'oct':
      return { kty, k: readOctets(jwk, 'k') };
    default:
      throw unusable('missing or unknown key type', 'RFC 7517 §4.1');
  }
}

/** The octets of a base64url member, of exactly `length` where one is given (RFC 7518 §6.2.1.2, RFC 8037 §2). */
function readOctets(jwk: JsonObject, name: string, length?: number): Uint8Array {
  const text = member(jwk, name);
  if (typeof text !== 'string' || text.length > MAX_MEMBER_LENGTH) {
    throw unusable(`"${name}" is missing, not a string, or too long`, 'RFC 7518 §6');
  }
  let octets: Uint8Array;
  try {
    octets = decodeBase64url(text);
  } catch {
    throw unusable(`"${name}" is not canonical base64url`, 'RFC 7518 §6');
  }
  if (length !== undefined && octets.length !== length) throw unusable(`"${name}" has the wrong length`, 'RFC 7518 §6');
  return octets;
}

/** Base64urlUInt (RFC 7518 §2): big-endian, in as few octets as the number needs. */
function readUint(jwk: JsonObject, name: string): Uint8Array {
  const octets = readOctets(jwk, name);
  if (octets.length === 0 || octets[0] === 0) throw unusable(`"${name}" is not a minimal positive number`, 'RFC 7518 §2');
  return octets;
}

/** A key is refused. */
export function unusable(message: string, rule: string): JwtError {
  return new JwtError('key_unusable', { message, rule });
}
