/**
 * Public keys in their textual encoding (RFC 7468): as keys, and inside X.509 certificates.
 *
 * node:crypto reads them, as leniently as OpenSSL does. A bare key is therefore written again as DER and compared, so that
 * only its one canonical encoding passes (the key inside a certificate is not held to that). A certificate only lends its key
 * and its dates, and is not validated: no issuer, no chain, no purpose. It is trusted because of where it came from, like a JWK.
 *
 * @module
 */

import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { JwtError } from './errors.ts';
import type { JsonObject } from './json.ts';
import { importJwk, jwkToSpki, type VerificationKey } from './jwk.ts';

/**
 * RFC 7468 §3, and of it only what nobody needs to guess at: one encapsulated text, nothing around it but empty lines, and in it
 * lines of base64, of any length, each with exactly one line end behind it.
 */
const ENCAPSULATED = /^(?:[ \t]*\r?\n)*-----BEGIN ([A-Z0-9 ]+)-----\r?\n((?:[A-Za-z0-9+/=]+\r?\n)+)-----END \1-----[ \t\r\n]*$/;

/** Far more than an 8192-bit key in a certificate needs. */
const MAX_PEM_LENGTH = 32_768;

/** Says whether a text is meant to be PEM, well-formed or not. */
export function looksLikePem(text: string): boolean {
  return text.trimStart().startsWith('-----BEGIN ');
}

/**
 * Imports a PEM that holds one public key or one certificate.
 *
 * @throws {JwtError} `key_unusable` for anything else, private keys included.
 */
export function importPem(pem: unknown, kid?: string): VerificationKey {
  if (typeof pem !== 'string' || pem.length > MAX_PEM_LENGTH) throw pemUnusable('not a PEM of bearable length', 'RFC 7468 §2');
  const [, label, body] = ENCAPSULATED.exec(pem) ?? [];
  if (label === undefined || body === undefined) throw pemUnusable('not one PEM block of lines of base64', 'RFC 7468 §3');
  const der = Buffer.from(body, 'base64');
  if (der.toString('base64') !== body.replace(/[\r\n]/g, '')) throw pemUnusable('not canonical base64', 'RFC 7468 §3');
  if (label === 'PUBLIC KEY') return importSpki(der, kid);
  if (label === 'CERTIFICATE') return importCertificate(der, kid);
  if (label.endsWith('PRIVATE KEY')) throw pemUnusable('the PEM holds a private key', 'RFC 7517 §9.2');
  throw pemUnusable('the PEM holds neither a public key nor a certificate', 'RFC 7468 §13');
}

/**
 * Imports a public or a secret KeyObject.
 *
 * @throws {JwtError} `key_unusable` for private keys and for types that have no JWK here, RSASSA-PSS ones among them.
 */
export function importKeyObject(key: KeyObject, kid?: string): VerificationKey {
  if (key.type === 'private') throw pemUnusable('the key is a private one', 'RFC 7517 §9.2');
  // A key bound to RSASSA-PSS carries parameters that no JWK can express (RFC 4055 §1.2).
  const type = key.asymmetricKeyType ?? 'secret';
  if (!['rsa', 'ec', 'ed25519', 'secret'].includes(type)) throw pemUnusable('unknown key type', 'RFC 7517 §4.1');
  const { kty, crv, n, e, x, y, k } = exportJwk(key);
  return importJwk({ kty, crv, n, e, x, y, k, kid });
}

function importSpki(der: Buffer, kid: string | undefined): VerificationKey {
  const key = readWith(() => createPublicKey({ key: der, format: 'der', type: 'spki' }), 'the public key');
  const imported = importKeyObject(key, kid);
  const canonical = jwkToSpki(exportJwk(key));
  if (!der.equals(canonical)) throw pemUnusable('the public key is not in its one DER encoding', 'X.690 §10');
  return imported;
}

function importCertificate(der: Buffer, kid: string | undefined): VerificationKey {
  const certificate = readWith(() => new X509Certificate(der), 'the certificate');
  if (!der.equals(certificate.raw)) throw pemUnusable('something follows the certificate', 'RFC 7468 §5.1');
  const key = importKeyObject(readWith(() => certificate.publicKey, "the certificate's key"), kid);
  const validity = { notBefore: secondsOf(certificate.validFrom), notAfter: secondsOf(certificate.validTo) };
  return Object.freeze({ ...key, validity: Object.freeze(validity) });
}

/** A date as OpenSSL prints it. Of other years than those of four digits Date.parse would make some year of our time. */
function secondsOf(date: string): number {
  const seconds = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} GMT$/.test(date) ? Date.parse(date) / 1000 : Number.NaN;
  if (Number.isNaN(seconds)) throw pemUnusable("the certificate's dates cannot be read", 'RFC 5280 §4.1.2.5');
  return seconds;
}

/**
 * The JWK of a public or a secret key.
 *
 * A public one goes by way of DER. On Node 20 a key fresh from generateKeyPairSync can hang the process as it is exported: the collector
 * may run then, and destroy the job that made the key, which waits for the lock that the export holds. What was read has its own lock.
 */
export function exportJwk(key: KeyObject): JsonObject {
  return readWith(() => {
    if (key.type !== 'public') return { ...key.export({ format: 'jwk' }) };
    const der = key.export({ format: 'der', type: 'spki' });
    return { ...createPublicKey({ key: der, format: 'der', type: 'spki' }).export({ format: 'jwk' }) };
  }, 'the key');
}

/** Runs one of node:crypto's readers. What OpenSSL says of bad input is not passed on. */
function readWith<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch {
    throw pemUnusable(`${what} cannot be read`, 'RFC 7468 §5');
  }
}

function pemUnusable(message: string, rule: string): JwtError {
  return new JwtError('key_unusable', { message, rule });
}
