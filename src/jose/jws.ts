/**
 * JSON Web Signature (RFC 7515): the Compact Serialization, the JOSE Header, and the signature.
 *
 * @module
 */

import { decodePart, octetsOf } from './base64url.ts';
import { JwtError } from './errors.ts';
import { member, parseJsonObject, type JsonObject } from './json.ts';
import { allowAlgorithms, type JwsAlgorithm, type SignatureScheme } from './jwa.ts';
import type { VerificationKey } from './jwk.ts';
import { expectKeyLookup, selectKeys, type KeyHint, type KeyLookup, type KeySelection } from './key-set.ts';
import { expectNumber, readOptions } from './options.ts';

/** The JOSE Header, its known parameters typed. Frozen. Others are there, and mean nothing here (RFC 7515 §4). */
export interface JoseHeader extends JsonObject {
  readonly alg: string;
  readonly kid?: string;
  readonly typ?: string;
  readonly cty?: string;
}

/** A token whose form is right so far: three parts, nothing decoded. */
export interface CompactJws {
  /** All of it, and all of it ASCII. */
  readonly token: string;
  /** Index of the first dot. */
  readonly headerEnd: number;
  /** Index of the second dot. What lies before it is the JWS Signing Input. */
  readonly payloadEnd: number;
}

/** Characters, unless the caller says otherwise. */
export const DEFAULT_MAX_TOKEN_LENGTH = 10_000;
export const MAX_TOKEN_LENGTH = 1_000_000;

/**
 * Splits a token into its three parts (RFC 7515 §7.1).
 *
 * @param maxLength characters (UTF-16 code units)
 * @throws {JwtError} `malformed_compact`, `token_too_long`, or `invalid_base64url` for a character that is not ASCII.
 */
export function parseCompact(token: unknown, maxLength: number): CompactJws {
  if (typeof token !== 'string') throw new JwtError('malformed_compact', { message: 'a token is a string' });
  // First of all, so that an oversized token costs nothing.
  if (token.length > maxLength) throw new JwtError('token_too_long');
  const headerEnd = token.indexOf('.');
  const payloadEnd = token.indexOf('.', headerEnd + 1);
  // RFC 7515 §7.1: two dots, no fewer and no more. Where there is none at all, the second search has found none either.
  if (payloadEnd === -1 || token.includes('.', payloadEnd + 1)) throw new JwtError('malformed_compact');
  octetsOf(token);
  return { token, headerEnd, payloadEnd };
}

/**
 * Decodes and checks the JOSE Header (RFC 7515 §5.2 steps 2 to 5).
 *
 * @throws {JwtError} a form code, `header_invalid`, or `critical_header_unsupported`.
 */
export function parseHeader(jws: CompactJws): JoseHeader {
  const header = parseJsonObject(decodeHeader(jws), 'the JOSE Header');
  // RFC 7515 §4.1.1: "alg" must be there. The others are typed where they are (§4.1.4, §4.1.9, §4.1.10).
  if (typeof member(header, 'alg') !== 'string') throw badParameter('alg', 'RFC 7515 §4.1.1');
  if (!isStringIfPresent(header, 'kid')) throw badParameter('kid', 'RFC 7515 §4.1.4');
  if (!isStringIfPresent(header, 'typ')) throw badParameter('typ', 'RFC 7515 §4.1.9');
  if (!isStringIfPresent(header, 'cty')) throw badParameter('cty', 'RFC 7515 §4.1.10');
  // RFC 7515 §4.1.11: what is critical must be understood. We understand no extension, so we need not read the list.
  if (Object.hasOwn(header, 'crit')) throw new JwtError('critical_header_unsupported');
  // RFC 7797 §6, §7: "b64" false changes what was signed, must be critical, and has no place in a JWT. True changes nothing; it is
  // refused all the same, being no parameter that anybody needs to send.
  if (Object.hasOwn(header, 'b64')) throw new JwtError('critical_header_unsupported', { rule: 'RFC 7797 §6' });
  return header as JoseHeader;
}

/**
 * Checks the JWS Signature against the JWS Signing Input (RFC 7515 §5.2 steps 7 and 8), and returns the key that holds.
 *
 * The signing input is the octets as received, never a re-encoding. The key was chosen before we came here, with its
 * algorithm, so this function cannot be talked into another one.
 *
 * @throws {JwtError} `invalid_base64url` or `signature_invalid`.
 */
export function verifySignature(jws: CompactJws, { scheme, keys }: KeySelection): VerificationKey {
  for (const key of keys) if (holds(scheme, key, jws)) return key;
  throw new JwtError('signature_invalid');
}

function holds(scheme: SignatureScheme, { bits, keyObject }: VerificationKey, { token, payloadEnd }: CompactJws): boolean {
  // Decoded for each key, once it has been read: one of a caller's own may have getters, and what they run may decode something else.
  const signature = decodePart(token, payloadEnd + 1, token.length, 'the JWS Signature');
  const signingInput = octetsOf(token).subarray(0, payloadEnd);
  // RFC 8017 §8.1.2 and §8.2.2 step 1, RFC 7518 §3.2 and §3.4, RFC 8032 §5.1.7: exactly as long as it must be. A genuine one may
  // begin with zeros.
  if (signature.length !== (scheme.signatureLength ?? Math.ceil(bits / 8))) return false;
  try {
    return scheme.verify(keyObject, signingInput, signature);
  } catch {
    // What node:crypto will not even try, under a FIPS provider for instance, has not been verified.
    return false;
  }
}

/** Decodes the JOSE Header. The result is good until the next decoding. @throws {JwtError} `invalid_base64url`. */
export function decodeHeader({ token, headerEnd }: CompactJws): Uint8Array {
  return decodePart(token, 0, headerEnd, 'the JOSE Header');
}

/**
 * Decodes the JWS Payload (RFC 7515 §5.2 step 6). The result is good until the next decoding.
 *
 * @throws {JwtError} `invalid_base64url`.
 */
export function decodePayload({ token, headerEnd, payloadEnd }: CompactJws): Uint8Array {
  return decodePart(token, headerEnd + 1, payloadEnd, 'the JWS Payload');
}

/** How to verify a JWS whose payload need not be a claims set. */
export interface VerifyJwsOptions {
  readonly algorithms: readonly JwsAlgorithm[];
  /** Characters. 10,000 by default, at most 1,000,000. */
  readonly maxTokenLength?: number;
  /** Seconds. Needed for keys from certificates, which serve only within their dates; by default those are refused. */
  readonly now?: number;
}

/** A JWS whose signature held. */
export interface VerifiedJws {
  readonly header: JoseHeader;
  /** A copy, which belongs to the caller. May be empty. */
  readonly payload: Uint8Array;
}

/**
 * Verifies a compact JWS with any payload: the signature, and nothing about the payload.
 *
 * For JWTs use `createVerifier` or {@link verifyJwt}. "typ" and "cty" are not compared here; the caller knows what it expects.
 *
 * @throws {JwtError} with a form, header, key or signature code.
 * @throws {TypeError} for missing, wrong or unknown options.
 * @example
 * const { payload } = verifyJws(token, keys, { algorithms: ['EdDSA'] });
 */
export function verifyJws(token: string, keys: KeyLookup, options: VerifyJwsOptions): VerifiedJws {
  const given = readOptions(options, 'verifyJws', ['algorithms', 'maxTokenLength', 'now']);
  const { maxTokenLength = DEFAULT_MAX_TOKEN_LENGTH } = given;
  const algorithms = allowAlgorithms(given.algorithms);
  const maxLength = expectNumber(maxTokenLength, 'maxTokenLength', 1, MAX_TOKEN_LENGTH);
  // No time is within the dates of a certificate: every comparison with NaN is false.
  const now = given.now === undefined ? Number.NaN : expectNumber(given.now, 'now', 0, 1e11);

  const jws = parseCompact(token, maxLength); // RFC 7515 §7.1
  const header = parseHeader(jws); // RFC 7515 §4
  verifySignature(jws, selectKeys(expectKeyLookup(keys), hintOf(header), algorithms, now)); // RFC 7515 §5.2
  return Object.freeze({ header, payload: decodePayload(jws).slice() });
}

/** What a header asks of a key set. */
export function hintOf(header: JoseHeader): KeyHint {
  return { alg: header.alg, kid: parameter(header, 'kid') };
}

/** A Header Parameter that {@link parseHeader} has typed. Its own only: a polluted prototype could lend it one. */
export function parameter(header: JoseHeader, name: 'kid' | 'typ' | 'cty'): string | undefined {
  return Object.hasOwn(header, name) ? header[name] : undefined;
}

function isStringIfPresent(header: JsonObject, name: string): boolean {
  return !Object.hasOwn(header, name) || typeof header[name] === 'string';
}

function badParameter(name: string, rule: string): JwtError {
  return new JwtError('header_invalid', { message: `"${name}" is missing or not a string`, rule });
}
