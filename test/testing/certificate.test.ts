import { createPublicKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { writeCertificate } from '../../src/testing/certificate.ts';

const PRIVATE_KEYS: readonly (readonly [string, KeyObject])[] = [
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
  ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ['Ed25519', generateKeyPairSync('ed25519').privateKey],
];
const [, privateKey] = PRIVATE_KEYS[2] ?? [];

function write(changes: object = {}): X509Certificate {
  if (privateKey === undefined) throw new Error('no key');
  const content = {
    commonName: 'issuer',
    serialNumber: Uint8Array.of(0x7f),
    notBefore: 1_700_000_000,
    notAfter: 1_700_086_400,
    privateKey,
  };
  return new X509Certificate(writeCertificate({ ...content, ...changes }));
}

describe.each(PRIVATE_KEYS)('a certificate of a key of type %s', (_, key) => {
  const certificate = write({ privateKey: key });

  test('is self-signed, and node:crypto agrees', () => {
    expect(certificate.checkIssued(certificate)).toBe(true);
    expect(certificate.verify(createPublicKey(key))).toBe(true);
    expect(certificate.subject).toBe('CN=issuer');
    expect(certificate.issuer).toBe('CN=issuer');
  });

  test('certifies the public half', () => {
    expect(certificate.publicKey.equals(createPublicKey(key))).toBe(true);
    expect(certificate.checkPrivateKey(key)).toBe(true);
  });

  test('is no authority', () => {
    expect(certificate.ca).toBe(false);
  });
});

test('the signature is over the content', () => {
  const pem = writeCertificate({
    commonName: 'issuer',
    serialNumber: Uint8Array.of(1),
    notBefore: 0,
    notAfter: 1,
    privateKey: privateKey ?? generateKeyPairSync('ed25519').privateKey,
  });
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----|\n/g, ''), 'base64');
  const changed = Buffer.from(der.toString('latin1').replace('issuer', 'isSuer'), 'latin1');
  expect(changed.equals(der)).toBe(false);
  const certificate = new X509Certificate(changed);
  expect(certificate.verify(certificate.publicKey)).toBe(false);
});

test.each([
  // RFC 5280 §4.1.2.5: through 2049 as UTCTime, from then on as GeneralizedTime.
  [2_524_607_999, 'Dec 31 23:59:59 2049 GMT', 0x17],
  [2_524_608_000, 'Jan  1 00:00:00 2050 GMT', 0x18],
  [-631_152_000, 'Jan  1 00:00:00 1950 GMT', 0x17],
  [-631_152_001, 'Dec 31 23:59:59 1949 GMT', 0x18],
  [1_700_000_000, 'Nov 14 22:13:20 2023 GMT', 0x17],
])('the date %d is %s, by tag %d', (seconds, text, tag) => {
  const certificate = write({ notBefore: seconds, notAfter: seconds });
  expect(certificate.validFrom).toBe(text);
  expect(certificate.validTo).toBe(text);
  const length = tag === 0x17 ? 13 : 15;
  const year = new Date(seconds * 1000).getUTCFullYear();
  const start = tag === 0x17 ? String(year).slice(2) : String(year);
  const element = Buffer.concat([Buffer.of(tag, length), Buffer.from(start, 'latin1')]);
  expect(certificate.raw.indexOf(element)).toBeGreaterThan(0);
});

test('a serial number stays positive', () => {
  expect(write({ serialNumber: Uint8Array.of(0xff, 0x01) }).serialNumber).toBe('FF01');
});

test('a name is cut at 64 characters, not in the middle of one', () => {
  const { subject } = write({ commonName: `${'a'.repeat(63)}\u{1f511}tail` });
  expect(subject).toBe(`CN=${'a'.repeat(63)}\u{1f511}`);
});

test('a key that has no signature here is refused', () => {
  expect(() => write({ privateKey: generateKeyPairSync('x25519').privateKey })).toThrow(TypeError);
});
