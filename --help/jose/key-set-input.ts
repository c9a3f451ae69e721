/** @noprettier */ /* eslint-disable */ /* biome-ignore-all lint: vendored */ /* biome-ignore-all format: vendored */ // jwt-assay 0.1.0, src/jose/key-set-input.ts: do not edit (MIT)
/**
 * The many forms in which a set of keys can be given (RFC 7517 §5, and those that issuers publish beside it).
 *
 * @module
 */

import { KeyObject } from 'node:crypto';
import { JwtError } from './errors.js';
import { isJsonObject, member, type JsonObject } from './json.js';
import { importJwk, type VerificationKey } from './jwk.js';
import { isPlainObject } from './options.js';
import { importKeyObject, importPem, looksLikePem } from './pem.js';

/** A member of a key set that cannot be used. */
export interface SkippedKey {
  /** Its place in the set, from 0. */
  readonly index: number;
  readonly kid?: string;
  readonly error: JwtError;
}

/** What a static key set can be made of: a JWK Set, JWKs, one JWK, a PEM, a KeyObject, or `{ kid: PEM }`. */
export type KeySetInput = object | string;

/** More keys than any issuer publishes; a longer set only costs time. */
const MAX_KEYS = 256;

/** What came out of a set: its usable keys, and the members that are none. */
export interface ImportedKeys {
  readonly keys: readonly VerificationKey[];
  readonly skipped: readonly SkippedKey[];
}

/**
 * Imports a key set in any of its forms. A single key that cannot be used is refused; in a set it is left out.
 *
 * @throws {JwtError} `key_unusable`.
 * @throws {TypeError} for what is none of the forms.
 */
export function importInput(input: unknown): ImportedKeys {
  if (typeof input === 'string') {
    if (!looksLikePem(input)) throw new TypeError('a key set in a string is PEM: "-----BEGIN ..."');
    return { keys: [importPem(input)], skipped: [] };
  }
  if (input instanceof KeyObject) return { keys: [importKeyObject(input)], skipped: [] };
  if (Array.isArray(input) && input.some((item) => item instanceof KeyObject)) {
    throw new TypeError('a list of keys is one of JWKs; a KeyObject stands alone');
  }
  if (Array.isArray(input)) return importMembers(input.map((jwk) => ({ jwk })));
  if (!isJsonObject(input) || !isPlainObject(input)) throw new TypeError('"input" expected a key set');
  if (typeof member(input, 'find') === 'function') throw new TypeError('"input" is a key set already');
  if (Object.hasOwn(input, 'keys')) return importJwkSet(input);
  if (Object.hasOwn(input, 'kty')) return { keys: [importJwk(input)], skipped: [] };
  return importPemMap(input);
}

/** A JWK Set (RFC 7517 §5): an object with the member "keys", an array. Other members are ignored (§5). */
function importJwkSet(set: JsonObject): ImportedKeys {
  const keys = member(set, 'keys');
  if (!Array.isArray(keys)) throw new JwtError('key_unusable', { message: '"keys" is not an array', rule: 'RFC 7517 §5.1' });
  return importMembers(keys.map((jwk: unknown) => ({ jwk })));
}

/** Google's other form: `{ kid: PEM }`, the PEM being a certificate or a public key. */
function importPemMap(map: JsonObject): ImportedKeys {
  const entries = Object.entries(map);
  if (!entries.some(([, pem]) => typeof pem === 'string' && looksLikePem(pem))) {
    throw new JwtError('key_unusable', { message: 'neither a JWK Set, nor a JWK, nor a map of PEMs', rule: 'RFC 7517 §5' });
  }
  return importMembers(entries.map(([kid, pem]) => ({ kid, pem })));
}

type SetMember = { readonly jwk: unknown } | { readonly kid: string; readonly pem: unknown };

function importMembers(members: readonly SetMember[]): ImportedKeys {
  // Counted before any is imported: importing is where the work lies.
  if (members.length > MAX_KEYS) {
    throw new JwtError('key_unusable', { message: `more than ${MAX_KEYS} keys in a set`, rule: 'RFC 7517 §5' });
  }
  const keys: VerificationKey[] = [];
  const skipped: SkippedKey[] = [];
  for (const [index, candidate] of members.entries()) {
    try {
      keys.push('pem' in candidate ? importPem(candidate.pem, candidate.kid) : importJwk(candidate.jwk));
    } catch (error) {
      if (!(error instanceof JwtError)) throw error;
      const kid = 'pem' in candidate ? candidate.kid : isJsonObject(candidate.jwk) && member(candidate.jwk, 'kid');
      skipped.push(Object.freeze({ index, ...(typeof kid === 'string' ? { kid } : {}), error }));
    }
  }
  // RFC 8725 §2.1: a secret beside public keys, usable or not, invites taking one for the other.
  if (keys.length > 0 && mixesSymmetry(members)) {
    const message = 'the set mixes symmetric keys with public ones';
    throw new JwtError('key_unusable', { message, rule: 'RFC 8725 §2.1' });
  }
  return { keys, skipped };
}

function mixesSymmetry(members: readonly SetMember[]): boolean {
  const jwks = members.map((candidate) => ('jwk' in candidate ? candidate.jwk : undefined)).filter(isJsonObject);
  const types = new Set(jwks.map((jwk) => member(jwk, 'kty')));
  return types.has('oct') && ['RSA', 'EC', 'OKP'].some((kty) => types.has(kty));
}
