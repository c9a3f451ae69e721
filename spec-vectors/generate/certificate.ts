/**
 * Self-signed X.509 certificates (RFC 5280 §4.1), just enough of them for the `{ kid: PEM }` form of key sets.
 *
 * @module
 */

import { sign } from 'node:crypto';
import { privateKey, publicKey } from './keys.ts';
import { uintToOctets } from './rsa.ts';

const SHA256_WITH_RSA = tlv(0x30, tlv(0x06, Buffer.from('2a864886f70d01010b', 'hex')), tlv(0x05));
const COMMON_NAME = tlv(0x06, Buffer.from('550403', 'hex'));

/** DER: a tag, the length, the contents. */
function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const length = uintToOctets(BigInt(body.length));
  return Buffer.concat([Buffer.of(tag), body.length < 128 ? length : Buffer.of(0x80 | length.length, ...length), body]);
}

/** YYMMDDHHMMSSZ, as RFC 5280 §4.1.2.5.1 wants it up to the year 2049. */
function utcTime(seconds: number): Buffer {
  const digits = new Date(seconds * 1000).toISOString().replace(/\D/g, '').slice(2, 14);
  return tlv(0x17, Buffer.from(`${digits}Z`));
}

/** A certificate for a public key of the store, valid from one second through another, signed by rsa-1. */
export function certificatePem(key: string, notBefore: number, notAfter: number, commonName = 'spec-vectors'): string {
  const name = tlv(0x30, tlv(0x31, tlv(0x30, COMMON_NAME, tlv(0x0c, Buffer.from(commonName)))));
  const version = tlv(0xa0, tlv(0x02, Buffer.of(2)));
  const serial = tlv(0x02, Buffer.of(1));
  const validity = tlv(0x30, utcTime(notBefore), utcTime(notAfter));
  const spki = publicKey(key).export({ format: 'der', type: 'spki' });
  const tbs = tlv(0x30, version, serial, SHA256_WITH_RSA, name, validity, name, spki);
  const signature = sign('sha256', tbs, privateKey('rsa-1'));
  const der = tlv(0x30, tbs, SHA256_WITH_RSA, tlv(0x03, Buffer.of(0), signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
