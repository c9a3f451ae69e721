/**
 * A set of keys (RFC 7517 §5), and which of them may serve a token.
 *
 * @module
 */

import { JwtError } from './errors.ts';
import { schemeOf, type JwsAlgorithm, type SignatureScheme } from './jwa.ts';
import type { VerificationKey } from './jwk.ts';
import { importInput, type KeySetInput, type SkippedKey } from './key-set-input.ts';
import { expectBoolean, ignoreRejection, readOptions } from './options.ts';

/** What the spine asks of any source of keys. */
export interface KeyLookup {
  /**
   * The keys that a token may mean: those bearing exactly its key ID, or, for a token without one, all. At once: nobody waits for a promise.
   *
   * @throws {JwtError} `keys_unavailable` where there is no set to look into.
   */
  readonly find: (kid: string | undefined) => readonly VerificationKey[];
}

/** A set of keys that does not change. Frozen. */
export interface KeySet extends KeyLookup {
  readonly keys: readonly VerificationKey[];
  /** The members that were left out because they are not usable public keys, and why. */
  readonly skipped: readonly SkippedKey[];
}

/** How to read a key set. */
export interface KeySetOptions {
  /** Takes keys from certificates whatever their dates, for archives. By default a key serves only within them. */
  readonly ignoreCertificateDates?: boolean;
}

/** What a token asks of a key set: two Header Parameters. */
export interface KeyHint {
  readonly alg: string;
  readonly kid?: string | undefined;
}

/** The keys that may have signed a token, and the one algorithm they would have used. */
export interface KeySelection {
  readonly scheme: SignatureScheme;
  readonly keys: readonly VerificationKey[];
}

/** Without a key ID, every key that fits is tried, and each try costs a signature check. */
const MAX_TRIES_WITHOUT_KID = 4;

/**
 * Makes a static key set.
 *
 * A single key that cannot be used is refused. In a set, a member that is not a usable public key is left out (see
 * `skipped`) and its neighbours stay, as RFC 7517 §5 wants; a set left with none is valid, and knows no key.
 *
 * @throws {JwtError} `key_unusable` for a malformed set, one of more than 256 members, or one that mixes symmetric
 *   with public keys.
 * @throws {TypeError} for an input that is not a {@link KeySetInput}, or unknown options.
 * @example
 * const keys = createKeySet({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' });
 */
export function createKeySet(input: KeySetInput, options: KeySetOptions = {}): KeySet {
  const { ignoreCertificateDates = false } = readOptions(options, 'createKeySet', ['ignoreCertificateDates']);
  const imported = importInput(input);
  const keys = expectBoolean(ignoreCertificateDates, 'ignoreCertificateDates')
    ? imported.keys.map(({ validity: _, ...key }) => Object.freeze(key))
    : imported.keys;
  const byKid = new Map<string | undefined, readonly VerificationKey[]>();
  for (const key of keys) byKid.set(key.kid, Object.freeze([...(byKid.get(key.kid) ?? []), key]));
  // A key without an ID can serve a token that names one only where no other key could have been meant, usable or not.
  const unnamed = keys.length === 1 && imported.skipped.length === 0 ? (byKid.get(undefined) ?? []) : [];
  const set: KeySet = Object.freeze({
    keys: Object.freeze(keys),
    skipped: Object.freeze(imported.skipped),
    find: (kid: string | undefined) => (kid === undefined ? keys : (byKid.get(kid) ?? unnamed)),
  });
  KEY_SETS.add(set);
  return set;
}

const KEY_SETS = new WeakSet<object>();

/** Whether {@link createKeySet} made it, so that its look-up can be relied on. */
export function isKeySet(keys: KeyLookup): keys is KeySet {
  return KEY_SETS.has(keys);
}

/**
 * Chooses the keys that may have signed a token.
 *
 * The header only asks. Its "alg" must be one that the caller allows, and then one that the key is for: a key found by
 * its ID does not become good for another algorithm because a token says so.
 *
 * @param now seconds; decides whether a certificate's key is within its dates
 * @throws {JwtError} `algorithm_not_allowed`, `key_not_found`, `key_unusable`, or what the look-up throws.
 * @throws {TypeError} when the look-up does not return an array.
 */
export function selectKeys(
  lookup: KeyLookup,
  hint: KeyHint,
  algorithms: readonly JwsAlgorithm[],
  now: number,
): KeySelection {
  // RFC 8725 §3.1, RFC 7515 §5.2: the caller names the algorithms. "none" is not among those that can be named.
  const scheme = schemeOf(hint.alg);
  if (scheme === undefined || !algorithms.includes(scheme.alg)) throw new JwtError('algorithm_not_allowed');

  // RFC 7515 §4.1.4 calls the ID a hint. Here a token that has one means that key and no other.
  const found = expectFound(lookup.find(hint.kid));
  if (found.length === 0) throw new JwtError('key_not_found');

  const keys: VerificationKey[] = [];
  let unfitness: JwtError | undefined;
  let someFit = false;
  for (let i = 0; i < found.length; i++) {
    const key = found[i] as VerificationKey;
    // RFC 8725 §3.1, RFC 7517 §4.4: a key is for the algorithm that it says, or for those of one family, which differ in the hash.
    if (!fits(key, scheme, algorithms)) continue;
    someFit = true;
    const reason = unfitnessOf(key, scheme, now);
    if (reason === undefined) keys.push(key);
    else unfitness ??= reason;
  }
  if (!someFit) {
    throw new JwtError('algorithm_not_allowed', { message: 'the key is not for the algorithm of the token' });
  }
  if (keys.length === 0) throw unfitness;

  // Before any cryptography: an ID that names two keys names none, and unlimited tries would be work for the asking.
  if (keys.length > (hint.kid === undefined ? MAX_TRIES_WITHOUT_KID : 1)) {
    throw new JwtError('key_unusable', { message: 'too many keys fit the token', rule: 'RFC 7517 §4.5' });
  }
  return { scheme, keys };
}

/** @throws {TypeError} unless the value can look keys up. A JWK Set as such cannot: {@link createKeySet} makes it so. */
export function expectKeyLookup(keys: unknown): KeyLookup {
  if (typeof keys !== 'object' || keys === null || typeof Reflect.get(keys, 'find') !== 'function' || Array.isArray(keys)) {
    throw new TypeError('"keys" is required, and expected a key set: see createKeySet');
  }
  return keys as KeyLookup;
}

/** What a look-up has found. @throws {TypeError} for anything but an array, such as the promise of an async look-up, which nobody waits for. */
function expectFound(found: unknown): readonly VerificationKey[] {
  if (Array.isArray(found)) return found;
  ignoreRejection(found);
  throw new TypeError('"keys": "find" expected to return an array of keys, at once');
}

/** Whether the key is of the type, curve and algorithm of the scheme. */
function fits(key: VerificationKey, scheme: SignatureScheme, algorithms: readonly JwsAlgorithm[]): boolean {
  if (key.kty !== scheme.kty || (scheme.crv !== undefined && key.crv !== scheme.crv)) return false;
  if (key.alg !== undefined) return key.alg === scheme.alg;
  // An RSA key that does not say serves one padding only, so that no token can choose between two (RFC 8725 §3.1).
  return scheme.family !== 'PS' || !algorithms.some((alg) => schemeOf(alg)?.family === 'RS');
}

/** Why a key of the right type must not check this signature, or undefined if it may. */
function unfitnessOf(key: VerificationKey, scheme: SignatureScheme, now: number): JwtError | undefined {
  if (key.use !== undefined && key.use !== 'sig') {
    return new JwtError('key_unusable', { message: 'the key is not for signatures', rule: 'RFC 7517 §4.2' });
  }
  if (key.keyOps !== undefined && !key.keyOps.includes('verify')) {
    return new JwtError('key_unusable', { message: 'the key is not for verifying', rule: 'RFC 7517 §4.3' });
  }
  if (scheme.family === 'HS' && !(key.bits >= scheme.hashBits)) {
    return new JwtError('key_unusable', { message: 'the HMAC key is shorter than the hash', rule: 'RFC 7518 §3.2' });
  }
  if (key.validity !== undefined && !(key.validity.notBefore <= now && now <= key.validity.notAfter)) {
    const message = 'the certificate of the key is not valid at this time';
    return new JwtError('key_unusable', { message, rule: 'RFC 5280 §4.1.2.5' });
  }
  return undefined;
}
