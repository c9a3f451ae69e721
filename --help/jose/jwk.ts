/** @noprettier */ /* eslint-disable */ /* biome-ignore-all lint: vendored */ /* biome-ignore-all format: vendored */ // jwt-assay 0.1.0, src/jose/jwk.ts: do not edit (MIT)
/**
 * JSON Web Keys (RFC 7517): from a JWK to a SubjectPublicKeyInfo, to a key that can verify, to a thumbprint (RFC 7638).
 *
 * @module
 */

import { createHash, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { encodeBase64url } from './base64url.js';
import { member, type JsonObject } from './json.js';
import { schemeOf, type KeyType } from './jwa.js';
import { ED25519, readMaterial, unusable, type KeyMaterial } from './key-material.js';
import { bitLength, ed25519Weakness, rsaWeakness } from './key-strength.js';
import { encodeSpki } from './spki.js';

/** A key that may verify signatures, and all that is known of what it may be used for. Frozen. */
export interface VerificationKey {
  readonly kty: KeyType;
  /** The curve, for EC and OKP. */
  readonly crv?: string;
  readonly kid?: string;
  /** The one algorithm the key is meant for (RFC 7517 §4.4), if it says so. */
  readonly alg?: string;
  /** `sig` or `enc`, or what else it says (RFC 7517 §4.2). */
  readonly use?: string;
  /** RFC 7517 §4.3. */
  readonly keyOps?: readonly string[];
  /** Bits of the RSA modulus, of the curve's field, or of the HMAC key. */
  readonly bits: number;
  /** First and last second in which the certificate that brought the key is valid (RFC 5280 §4.1.2.5). */
  readonly validity?: { readonly notBefore: number; readonly notAfter: number };
  readonly keyObject: KeyObject;
}

/** Members by which a JWK of each type gives its private half away (RFC 7518 §6.2.2, §6.3.2, RFC 8037 §2). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'];

/**
 * Turns a public JWK, or a symmetric one (`oct`), into a key that can verify.
 *
 * A key meant for something else (`use`, `key_ops`) is imported, and refused when a token selects it.
 *
 * @throws {JwtError} `key_unusable` for anything wrong in it: a missing, misspelt or non-canonical member, an unknown
 *   type or curve, a private key, a weak key.
 * @example
 * importJwk({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }).bits; // 256
 */
export function importJwk(jwk: unknown): VerificationKey {
  const { object, material } = readMaterial(jwk);
  for (const name of material.kty === 'oct' ? [] : PRIVATE_MEMBERS) {
    // RFC 7517 §9.2: who publishes a private key has lost it.
    if (Object.hasOwn(object, name)) throw unusable('the JWK holds a private key', 'RFC 7517 §9.2');
  }
  const kid = optionalString(object, 'kid', 'RFC 7517 §4.5');
  const alg = optionalString(object, 'alg', 'RFC 7517 §4.4');
  const use = optionalString(object, 'use', 'RFC 7517 §4.2');
  const keyOps = readKeyOps(object);
  refuseWeak(material, alg);
  return Object.freeze({
    kty: material.kty,
    ...(material.kty === 'EC' ? { crv: material.curve.crv } : {}),
    ...(material.kty === 'OKP' ? { crv: ED25519 } : {}),
    ...(kid === undefined ? {} : { kid }),
    ...(alg === undefined ? {} : { alg }),
    ...(use === undefined ? {} : { use }),
    ...(keyOps === undefined ? {} : { keyOps }),
    bits: sizeOf(material),
    keyObject: toKeyObject(material),
  });
}

/**
 * Writes the SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) of an RSA, EC or Ed25519 JWK, as DER.
 *
 *   SEQUENCE { SEQUENCE { algorithm OBJECT IDENTIFIER, parameters }, subjectPublicKey BIT STRING }
 *
 * It encodes and does not judge: {@link importJwk} is where weak keys are refused.
 *
 * @throws {JwtError} `key_unusable` when a member is missing or malformed, or the key is symmetric.
 */
export function jwkToSpki(jwk: unknown): Uint8Array {
  return encodeSpki(readMaterial(jwk).material);
}

/**
 * The JWK Thumbprint (RFC 7638): SHA-256 over the required members, in lexicographic order, as base64url.
 *
 * A private key has the thumbprint of its public half. That of a symmetric key is a hash of the secret: keep it as such.
 *
 * @throws {JwtError} `key_unusable` when a member is missing or malformed.
 * @example
 * thumbprint({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' });
 * // 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k', RFC 8037 A.3
 */
export function thumbprint(jwk: unknown): string {
  const { material } = readMaterial(jwk);
  const hash = createHash('sha256').update(JSON.stringify(requiredMembers(material)));
  return encodeBase64url(hash.digest());
}

/** RFC 7638 §3.2, §3.3: the required members, their names in the order of their code points, which is the order written here. */
function requiredMembers(material: KeyMaterial): Readonly<Record<string, string>> {
  const { kty } = material;
  switch (kty) {
    case 'RSA':
      return { e: encodeBase64url(material.e), kty, n: encodeBase64url(material.n) };
    case 'EC':
      return { crv: material.curve.crv, kty, x: encodeBase64url(material.x), y: encodeBase64url(material.y) };
    case 'OKP':
      return { crv: ED25519, kty, x: encodeBase64url(material.x) };
    case 'oct':
      return { k: encodeBase64url(material.k), kty };
  }
}

/** RFC 7517 §4.3: an array of strings, none twice. */
function readKeyOps(jwk: JsonObject): readonly string[] | undefined {
  const value = member(jwk, 'key_ops');
  if (value === undefined) return undefined;
  const strings = Array.isArray(value) ? value.filter((operation) => typeof operation === 'string') : [];
  if (!Array.isArray(value) || strings.length !== value.length || new Set(strings).size !== strings.length) {
    throw unusable('"key_ops" is not an array of distinct strings', 'RFC 7517 §4.3');
  }
  return Object.freeze(strings);
}

function refuseWeak(material: KeyMaterial, alg: string | undefined): void {
  if (material.kty === 'RSA') {
    const weakness = rsaWeakness(material.n, material.e);
    if (weakness !== undefined) throw unusable(weakness, 'RFC 7518 §3.3');
  } else if (material.kty === 'OKP') {
    const weakness = ed25519Weakness(material.x);
    if (weakness !== undefined) throw unusable(weakness, 'RFC 8725 §3.4');
  } else if (material.kty === 'oct') {
    // RFC 7518 §3.2: a key as long as the hash or longer. Without "alg", long enough for the shortest of them.
    const scheme = schemeOf(alg);
    const minimum = scheme?.family === 'HS' ? scheme.hashBits : 256;
    if (material.k.length * 8 < minimum) throw unusable('the HMAC key is shorter than the hash', 'RFC 7518 §3.2');
  }
}

function sizeOf(material: KeyMaterial): number {
  switch (material.kty) {
    case 'RSA':
      return bitLength(material.n);
    case 'EC':
      return material.curve.bits;
    case 'OKP':
      return 256;
    case 'oct':
      return material.k.length * 8;
  }
}

function toKeyObject(material: KeyMaterial): KeyObject {
  if (material.kty === 'oct') return createSecretKey(material.k);
  try {
    return createPublicKey({ key: Buffer.from(encodeSpki(material)), format: 'der', type: 'spki' });
  } catch {
    // What is left for node:crypto to find: a point that is not on its curve, or an algorithm that it was told not to offer.
    throw unusable('node:crypto does not take the key: not a point of its curve?', 'RFC 8725 §3.4');
  }
}

function optionalString(jwk: JsonObject, name: string, rule: string): string | undefined {
  const value = member(jwk, name);
  if (value !== undefined && typeof value !== 'string') throw unusable(`"${name}" is not a string`, rule);
  return value;
}
