/**
 * Signing JWTs (RFC 7515 §5.1). Apart: nothing on the verifying path imports it.
 *
 * @module
 */

import { createPrivateKey, createPublicKey, createSecretKey, KeyObject, type JsonWebKeyInput } from 'node:crypto';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { JwtError } from './errors.ts';
import { isJsonObject, member, parseJsonObject } from './json.ts';
import { firstAlgorithm, schemeOf, type JwsAlgorithm, type SignatureScheme } from './jwa.ts';
import type { VerificationKey } from './jwk.ts';
import { expectString, isPlainObject, readOptions } from './options.ts';
import { importKeyObject, looksLikePem } from './pem.ts';

/** A private key, or a secret for HS*: a KeyObject, a PEM, or a JWK. */
export type SigningKey = KeyObject | string | object;

/** How to sign. */
export interface SignJwtOptions {
  readonly kid?: string;
  /** Default: what a JWK says it is for; otherwise RS256, ES256/384/512 by the curve, EdDSA, or HS256. */
  readonly alg?: JwsAlgorithm;
  /** Default: "JWT". */
  readonly typ?: string;
}

/**
 * Signs claims as a compact JWT.
 *
 * The key must be one that this library would verify with: no RSA key under 2048 bits, no HMAC key shorter than its hash.
 * Claims are written as given; it is for the caller to set "exp".
 *
 * @throws {TypeError} for a key, claims or options that cannot be used.
 * @example
 * const token = signJwt({ iss: 'https://issuer.example', exp: 1700003600 }, privateKey, { kid: 'key-1' });
 */
export function signJwt(claims: object, privateKey: SigningKey, options: SignJwtOptions = {}): string {
  const given = readOptions(options, 'signJwt', ['kid', 'alg', 'typ']);
  const { typ = 'JWT' } = given;
  const keyObject = readPrivateKey(privateKey);
  const key = publicHalf(keyObject);
  const scheme = chooseScheme(key, given.alg, declaredAlgorithm(privateKey));
  const header = {
    alg: scheme.alg,
    ...(given.kid === undefined ? {} : { kid: expectString(given.kid, 'kid') }),
    typ: expectString(typ, 'typ'),
  };
  const signingInput = `${encodeBase64url(toJson(header, 'options'))}.${encodeBase64url(toJson(claims, 'claims'))}`;
  const octets = Buffer.from(signingInput);
  const signature = scheme.sign(keyObject, octets);
  // A JWK may bear another key's public half; and a signature that a fault has spoilt can give the private key away.
  if (!scheme.verify(key.keyObject, octets, signature)) throw new TypeError('"privateKey" and its public half do not match');
  return `${signingInput}.${encodeBase64url(signature)}`;
}

function readPrivateKey(key: SigningKey): KeyObject {
  if (key instanceof KeyObject) {
    if (key.type === 'public') throw new TypeError('"privateKey" is a public key');
    return key;
  }
  try {
    if (typeof key === 'string' && looksLikePem(key)) return createPrivateKey(key);
    if (isJsonObject(key) && member(key, 'kty') === 'oct') return createSecretKey(decodeBase64url(member(key, 'k') as string));
    if (isJsonObject(key)) return createPrivateKey({ key, format: 'jwk' } as JsonWebKeyInput);
  } catch {
    // What OpenSSL says of it might quote it.
    throw new TypeError('"privateKey" cannot be read as a private key');
  }
  throw new TypeError('"privateKey" expected a KeyObject, a PEM or a JWK');
}

/** The key that will verify: it is held to the same rules as any other. */
function publicHalf(key: KeyObject): VerificationKey {
  return asTypeError('"privateKey"', () => importKeyObject(key.type === 'private' ? createPublicKey(key) : key));
}

/** The algorithm that a JWK says it is for (RFC 7517 §4.4). @throws {TypeError} when it is not for signing (§4.2, §4.3). */
function declaredAlgorithm(key: SigningKey): unknown {
  if (!isJsonObject(key)) return undefined; // a KeyObject is one too, and has no members that would say it
  const [use = 'sig', operations = ['sign']] = [member(key, 'use'), member(key, 'key_ops')];
  if (use !== 'sig' || !Array.isArray(operations) || !operations.includes('sign')) {
    throw new TypeError('"privateKey" is not for signing');
  }
  return member(key, 'alg');
}

function chooseScheme(key: VerificationKey, asked: unknown, declared: unknown): SignatureScheme {
  const alg = asked === undefined ? declared : asked;
  const scheme = schemeOf(alg === undefined ? firstAlgorithm(key) : expectString(alg, 'alg'));
  if (declared !== undefined && declared !== alg) throw new TypeError('"alg" is not the one that the JWK is for');
  if (scheme === undefined || scheme.kty !== key.kty || scheme.crv !== key.crv) {
    throw new TypeError('"alg" is not an algorithm of this key');
  }
  if (scheme.family === 'HS' && key.bits < scheme.hashBits) {
    throw new TypeError('"privateKey" is shorter than the hash of "alg" (RFC 7518 §3.2)');
  }
  return scheme;
}

/** The octets of a JSON object, which our own reader takes. JSON.stringify would write null for NaN and Infinity. */
function toJson(value: object, what: string): Uint8Array {
  if (!isPlainObject(value)) throw new TypeError(`"${what}" expected an object`);
  const octets = Buffer.from(stringify(value, what));
  asTypeError(`"${what}"`, () => parseJsonObject(octets, what));
  return octets;
}

function stringify(value: object, what: string): string {
  try {
    return JSON.stringify(value, (_, item: unknown) => {
      if (typeof item === 'number' && !Number.isFinite(item)) throw new TypeError(`"${what}" has a number that is not finite`);
      return item;
    });
  } catch (error) {
    throw error instanceof TypeError ? error : new TypeError(`"${what}" cannot be written as JSON`);
  }
}

/** Nothing here judges a token, so what is refused is the caller's mistake. */
function asTypeError<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof JwtError) throw new TypeError(`${what}: ${error.message} (${error.rule})`);
    throw error;
  }
}
