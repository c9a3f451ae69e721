/**
 * A self-signed X.509 certificate (RFC 5280 §4.1), as Google publishes its keys in.
 *
 * @module
 */

import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import { derBitString, derElement, derInteger, derNull, derObjectIdentifier, derSequence } from '../jose/der.ts';
import { jwkToSpki } from '../jose/jwk.ts';
import { exportJwk } from '../jose/pem.ts';

const BOOLEAN = 0x01;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SET = 0x31;

/** What a certificate says. Dates are whole seconds since 1970-01-01T00:00:00Z. */
export interface CertificateContent {
  /** Subject and issuer. RFC 5280 appendix A.1 gives it 64 characters: what is longer is cut. */
  readonly commonName: string;
  /** Big-endian; 1 to 20 octets, none of the leading ones zero (RFC 5280 §4.1.2.2). */
  readonly serialNumber: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  /** RSA, P-256 or Ed25519. Its public half is what is certified. */
  readonly privateKey: KeyObject;
}

/** How a type of key signs certificates: the AlgorithmIdentifier, and the hash node:crypto is to use. */
interface CertificateSignature {
  readonly algorithm: Uint8Array;
  readonly hash: 'sha256' | null;
}

const SIGNATURES: ReadonlyMap<string | undefined, () => CertificateSignature> = new Map([
  // RFC 4055 §5: sha256WithRSAEncryption, whose parameters are NULL.
  ['rsa', () => identified('sha256', derObjectIdentifier(1, 2, 840, 113549, 1, 1, 11), derNull())],
  // RFC 5758 §3.2: ecdsa-with-SHA256, without parameters; the signature is DER, which is node:crypto's default.
  ['ec', () => identified('sha256', derObjectIdentifier(1, 2, 840, 10045, 4, 3, 2))],
  // RFC 8410 §3: Ed25519 hashes by itself.
  ['ed25519', () => identified(null, derObjectIdentifier(1, 3, 101, 112))],
]);

function identified(hash: 'sha256' | null, ...parts: readonly Uint8Array[]): CertificateSignature {
  return { algorithm: derSequence(...parts), hash };
}

/**
 * Writes a certificate as PEM (RFC 7468 §5), signed by the key that it certifies.
 *
 *   Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature BIT STRING }
 *
 * @throws {TypeError} for a key of another type.
 */
export function writeCertificate(content: CertificateContent): string {
  const signature = SIGNATURES.get(content.privateKey.asymmetricKeyType)?.();
  if (signature === undefined) throw new TypeError('"privateKey" cannot sign certificates here');
  const tbsCertificate = writeTbsCertificate(content, signature.algorithm);
  const octets = sign(signature.hash, tbsCertificate, content.privateKey);
  return toPem(derSequence(tbsCertificate, signature.algorithm, derBitString(octets)));
}

/** RFC 5280 §4.1.2: what is signed. */
function writeTbsCertificate(content: CertificateContent, algorithm: Uint8Array): Uint8Array {
  const name = commonName(content.commonName);
  return derSequence(
    derElement(0xa0, derInteger(Uint8Array.of(2))), // [0] version: v3
    derInteger(content.serialNumber),
    algorithm,
    name,
    derSequence(time(content.notBefore), time(content.notAfter)),
    name,
    jwkToSpki(exportJwk(createPublicKey(content.privateKey))),
    derElement(0xa3, extensions()), // [3]
  );
}

/** RFC 5280 §4.1.2.4: a Name of one attribute. */
function commonName(text: string): Uint8Array {
  const value = derElement(UTF8_STRING, Buffer.from([...text].slice(0, 64).join(''), 'utf8'));
  return derSequence(derElement(SET, derSequence(derObjectIdentifier(2, 5, 4, 3), value)));
}

/** RFC 5280 §4.1.2.5: UTCTime, which has two digits for the year, through 2049; GeneralizedTime from then on. */
function time(seconds: number): Uint8Array {
  const date = new Date(seconds * 1000);
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, ''); // YYYYMMDDHHMMSSZ
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? derElement(UTC_TIME, Buffer.from(digits.slice(2), 'latin1'))
    : derElement(GENERALIZED_TIME, Buffer.from(digits, 'latin1'));
}

/**
 * RFC 5280 §4.2: one extension, critical, which says that the key is no authority over others (§4.2.1.9).
 *
 * Google's have a key usage too, digitalSignature. With it OpenSSL would not call them issued by themselves.
 */
function extensions(): Uint8Array {
  const basicConstraints = derSequence(); // cA is FALSE by default, and DER leaves defaults out
  const critical = derElement(BOOLEAN, Uint8Array.of(0xff));
  return derSequence(
    derSequence(derObjectIdentifier(2, 5, 29, 19), critical, derElement(OCTET_STRING, basicConstraints)),
  );
}

/** RFC 7468 §2: lines of 64 characters. */
function toPem(der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
