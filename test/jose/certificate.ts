/**
 * Self-signed X.509 certificates (RFC 5280 §4.1) and PEM texts (RFC 7468), right and wrong.
 *
 * @module
 */

import { sign, type KeyObject } from 'node:crypto';
import { derBitString, derElement, derInteger, derNull, derObjectIdentifier, derSequence } from '../../src/jose/der.ts';
import { RSA_1 } from './keys.ts';

const SHA256_WITH_RSA = derSequence(derObjectIdentifier(1, 2, 840, 113549, 1, 1, 11), derNull());
const COMMON_NAME = derSequence(derObjectIdentifier(2, 5, 4, 3), derElement(0x0c, Buffer.from('test')));

/** RFC 5280 §4.1.2.5.1: `YYMMDDHHMMSSZ`. */
export function utcTime(text: string): Uint8Array {
  return derElement(0x17, Buffer.from(text));
}

/** RFC 5280 §4.1.2.5.2: `YYYYMMDDHHMMSSZ`. */
export function generalizedTime(text: string): Uint8Array {
  return derElement(0x18, Buffer.from(text));
}

export function spkiOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}

/** A PEM text of some octets. */
export function pemOf(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** A certificate for any SubjectPublicKeyInfo, signed by RSA_1, as PEM. */
export function certificatePem(spki: Uint8Array, notBefore: Uint8Array, notAfter: Uint8Array): string {
  const name = derSequence(derElement(0x31, COMMON_NAME));
  const version = derElement(0xa0, derInteger(Uint8Array.of(2)));
  const validity = derSequence(notBefore, notAfter);
  const tbs = derSequence(version, derInteger(Uint8Array.of(1)), SHA256_WITH_RSA, name, validity, name, spki);
  const signature = sign('sha256', tbs, RSA_1.privateKey);
  return pemOf('CERTIFICATE', derSequence(tbs, SHA256_WITH_RSA, derBitString(signature)));
}
