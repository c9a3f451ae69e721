import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { derBitString, derObjectIdentifier, derSequence } from '../../src/jose/der.ts';
import { importKeyObject, importPem, looksLikePem } from '../../src/jose/pem.ts';
import { busyTime } from './busy.ts';
import { certificatePem, generalizedTime, pemOf, spkiOf, utcTime } from './certificate.ts';
import { ED_1, P256, P384, P521, RSA_1 } from './keys.ts';
import { octets } from './octets.ts';
import { outcomeOf, refusalOf } from './refusal.ts';

const KEYS = [['RSA', RSA_1], ['P-256', P256], ['P-384', P384], ['P-521', P521], ['Ed25519', ED_1]] as const;
const FROM = utcTime('240101000000Z');
const TO = utcTime('250101000000Z');
const certificate = (spki: Uint8Array): string => certificatePem(spki, FROM, TO);
const pkcs1 = RSA_1.publicKey.export({ format: 'der', type: 'pkcs1' });

/** An RSA key bound to RSASSA-PSS (RFC 4055 §1.2). */
const PSS_SPKI = derSequence(derSequence(derObjectIdentifier(1, 2, 840, 113549, 1, 1, 10)), derBitString(pkcs1));
const UNKNOWN_SPKI = derSequence(derSequence(derObjectIdentifier(1, 2, 3, 4)), derBitString(Uint8Array.of(1, 2, 3)));

const exported = (key: KeyObject, type: 'pkcs8' | 'sec1' | 'pkcs1'): string =>
  key.export({ format: 'pem', type }).toString();

describe('importPem: a public key', () => {
  it.each(KEYS)('reads the SubjectPublicKeyInfo of %s', (_, { pem, jwk }) => {
    const key = importPem(pem);
    expect(key.keyObject.export({ format: 'jwk' })).toEqual(jwk);
    expect(key).not.toHaveProperty('validity');
    expect(key).not.toHaveProperty('kid');
    expect(importPem(pem, 'k').kid).toBe('k');
  });

  it.each([
    ['CR LF', (pem: string) => pem.replaceAll('\n', '\r\n')],
    ['lines of whitespace around', (pem: string) => ` \r\n\t\n${pem}\n\n `],
    ['no newline at the end', (pem: string) => pem.trim()],
    [
      'lines of another length',
      (pem: string) => pemOf('PUBLIC KEY', createPublicKey(pem).export({ format: 'der', type: 'spki' })).replace(
        /\n(?=.{8}\n)/, '',
      ),
    ],
  ])('bears %s (RFC 7468 §3)', (_, change) => {
    expect(importPem(change(RSA_1.pem)).bits).toBe(2048);
  });

  const spki = spkiOf(P256.publicKey);
  const compressed = derSequence(
    derSequence(derObjectIdentifier(1, 2, 840, 10045, 2, 1), derObjectIdentifier(1, 2, 840, 10045, 3, 1, 7)),
    derBitString(Uint8Array.of(2 + ((spki.at(-1) ?? 0) & 1), ...spki.subarray(27, 59))),
  );
  const rsaWithoutNull = derSequence(derSequence(derObjectIdentifier(1, 2, 840, 113549, 1, 1, 1)), derBitString(pkcs1));

  // node:crypto reads each of these as the key it is: the comparison of encodings is what refuses them.
  it.each([
    ['a length in long form that fits the short one', Buffer.concat([Buffer.of(0x30, 0x81), spki.subarray(1)])],
    ['octets after the end', Buffer.concat([spki, Buffer.of(0)])],
    ['a compressed point', compressed],
    ['RSA without the NULL of its parameters', rsaWithoutNull],
  ])('refuses %s: not its one DER encoding (X.690 §10)', (_, der) => {
    expect(createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }).type).toBe('public');
    expect(refusalOf(() => importPem(pemOf('PUBLIC KEY', der)))).toMatchObject(
      { code: 'key_unusable', rule: 'X.690 §10' },
    );
  });

  it('refuses a weak key as importJwk does', () => {
    const weak = createPublicKey(
      { key: { kty: 'RSA', n: octets('weak', 128).toString('base64url'), e: 'AQAB' }, format: 'jwk' },
    );
    expect(refusalOf(() => importPem(pemOf('PUBLIC KEY', spkiOf(weak)))).rule).toBe('RFC 7518 §3.3');
  });
});

describe('importPem: what it refuses, as key_unusable', () => {
  const body = RSA_1.pem.split('\n').slice(1, -2).join('\n');

  it.each([
    ['an RSA private key', exported(RSA_1.privateKey, 'pkcs8'), 'RFC 7517 §9.2'],
    ['an RSA private key as PKCS #1', exported(RSA_1.privateKey, 'pkcs1'), 'RFC 7517 §9.2'],
    ['an EC private key as SEC 1', exported(P256.privateKey, 'sec1'), 'RFC 7517 §9.2'],
    ['an Ed25519 private key', exported(ED_1.privateKey, 'pkcs8'), 'RFC 7517 §9.2'],
    ['an encrypted private key', pemOf('ENCRYPTED PRIVATE KEY', octets('x', 90)), 'RFC 7517 §9.2'],
    ['a public key as PKCS #1', exported(RSA_1.publicKey, 'pkcs1'), 'RFC 7468 §13'],
    ['a certificate request', pemOf('CERTIFICATE REQUEST', octets('x', 90)), 'RFC 7468 §13'],
    ['a label in lower case', RSA_1.pem.replaceAll('PUBLIC KEY', 'public key'), 'RFC 7468 §3'],
    ['labels that differ', RSA_1.pem.replace('END PUBLIC', 'END RSA PUBLIC'), 'RFC 7468 §3'],
    ['two blocks', RSA_1.pem + P256.pem, 'RFC 7468 §3'],
    ['text before the block', `key:\n${RSA_1.pem}`, 'RFC 7468 §3'],
    ['text after the block', `${RSA_1.pem}x`, 'RFC 7468 §3'],
    ['headers in the block', RSA_1.pem.replace('\n', '\nProc-Type: 4\n\n'), 'RFC 7468 §3'],
    ['no end', RSA_1.pem.slice(0, 100), 'RFC 7468 §3'],
    ['no base64', '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----', 'RFC 7468 §3'],
    ['a foreign character in the base64', RSA_1.pem.replace('\n', '\n*'), 'RFC 7468 §3'],
    ['no line break after the label', RSA_1.pem.replace('\n', ''), 'RFC 7468 §3'],
    ['no line break after the base64', RSA_1.pem.replace('\n-----END', '-----END'), 'RFC 7468 §3'],
    ['an empty line before the base64', RSA_1.pem.replace('\n', '\n\n'), 'RFC 7468 §3'],
    ['an empty line in the base64', RSA_1.pem.replace(/(?<=\n.{64}\n)/, '\n'), 'RFC 7468 §3'],
    ['an empty line in the base64, among CR LF', RSA_1.pem.replaceAll('\n', '\r\n').replace(/(?<=\n.{64}\r\n)/, '\r\n'), 'RFC 7468 §3'],
    ['an empty line after the base64', RSA_1.pem.replace('\n-----END', '\n\n-----END'), 'RFC 7468 §3'],
    ['a CR alone at the end of a line', RSA_1.pem.replace(/(?<=\n.{64})\n/, '\r'), 'RFC 7468 §3'],
    ['CR CR LF at the end of a line', RSA_1.pem.replace(/(?<=\n.{64})\n/, '\r\r\n'), 'RFC 7468 §3'],
    ['a space at the end of a line', RSA_1.pem.replace(/(?<=\n.{64})\n/, ' \n'), 'RFC 7468 §3'],
    ['a space on the line that begins it', ` ${RSA_1.pem}`, 'RFC 7468 §3'],
    ['an empty string', '', 'RFC 7468 §3'],
    ['octets that are no key', pemOf('PUBLIC KEY', octets('x', 90)), 'RFC 7468 §5'],
    [
      'a certificate labelled as a key', certificate(spkiOf(RSA_1.publicKey)).replaceAll('CERTIFICATE', 'PUBLIC KEY'),
      'RFC 7468 §5',
    ],
    ['a key labelled as a certificate', RSA_1.pem.replaceAll('PUBLIC KEY', 'CERTIFICATE'), 'RFC 7468 §5'],
    ['an unknown algorithm', pemOf('PUBLIC KEY', UNKNOWN_SPKI), 'RFC 7468 §5'],
    ['a certificate with an unknown algorithm', certificate(UNKNOWN_SPKI), 'RFC 7468 §5'],
    ['an RSASSA-PSS key', pemOf('PUBLIC KEY', PSS_SPKI), 'RFC 7517 §4.1'],
    ['a certificate with an RSASSA-PSS key', certificate(PSS_SPKI), 'RFC 7517 §4.1'],
    ['more than 32,768 characters', RSA_1.pem + ' '.repeat(32_769 - RSA_1.pem.length), 'RFC 7468 §2'],
  ])('%s', (_, pem, rule) => {
    const error = refusalOf(() => importPem(pem));
    expect(error).toMatchObject({ code: 'key_unusable', rule });
    expect(error).not.toHaveProperty('cause');
    expect(error.message).not.toContain(body.slice(0, 16));
  });

  it('but not a text of 32,768 characters', () => {
    expect(outcomeOf(() => importPem(RSA_1.pem + ' '.repeat(32_768 - RSA_1.pem.length)))).toBe('accepted');
  });

  it('in time that grows with the length alone', async () => {
    expect(await busyTime(() => {
      for (const filler of [' ', '\n', ' \n', 'A', 'A\n', '-----BEGIN ', '-----BEGIN A-----\n', '\r\n']) {
        expect(outcomeOf(() => importPem(filler.repeat(32_768 / filler.length)))).toBe('key_unusable');
        expect(outcomeOf(() => importPem(`-----BEGIN A-----\n${filler.repeat(32_000 / filler.length)}`))).toBe('key_unusable');
      }
    })).toBeLessThan(2000);
  });
});

describe('importPem: a certificate', () => {
  it.each(KEYS)('lends its %s key and its dates (RFC 5280 §4.1.2.5)', (_, { publicKey, jwk }) => {
    const key = importPem(certificate(spkiOf(publicKey)), 'k');
    expect(key.keyObject.export({ format: 'jwk' })).toEqual(jwk);
    expect(key).toMatchObject({ kid: 'k', validity: { notBefore: 1_704_067_200, notAfter: 1_735_689_600 } });
    expect([Object.isFrozen(key), Object.isFrozen(key.validity)]).toEqual([true, true]);
  });

  it.each([
    ['UTCTime from 1950', utcTime('500101000000Z'), -631_152_000],
    ['UTCTime up to 2049', utcTime('491231235959Z'), 2_524_607_999],
    ['GeneralizedTime', generalizedTime('20500101000000Z'), 2_524_608_000],
    ['the last second there is', generalizedTime('99991231235959Z'), 253_402_300_799],
  ])('reads %s', (_, time, seconds) => {
    const key = importPem(certificatePem(spkiOf(ED_1.publicKey), time, time));
    expect(key.validity).toEqual({ notBefore: seconds, notAfter: seconds });
  });

  it.each([
    ['of the year 49', generalizedTime('00490101000000Z'), TO],
    ['notBefore', utcTime('241301000000Z'), TO], ['notAfter', FROM, utcTime('xx0101000000Z')],
    ['either', utcTime(''), generalizedTime('2025')],
  ])('is refused when its date %s cannot be read', (_, from, to) => {
    expect(refusalOf(() => importPem(certificatePem(spkiOf(ED_1.publicKey), from, to)))).toMatchObject({
      // Some versions of OpenSSL read the certificate and give no date, others do not read it at all.
      code: 'key_unusable', rule: expect.stringMatching(/^RFC (?:5280 §4\.1\.2\.5|7468 §5)$/),
    });
  });
});

describe('importKeyObject', () => {
  it.each(KEYS)('takes a public %s key', (_, { publicKey, jwk }) => {
    expect(importKeyObject(publicKey, 'k')).toMatchObject({ kty: jwk.kty, kid: 'k' });
    expect(importKeyObject(publicKey)).not.toHaveProperty('kid');
  });

  it('takes a secret that is long enough', () => {
    expect(importKeyObject(createSecretKey(octets('s', 32)))).toMatchObject({ kty: 'oct', bits: 256 });
    expect(outcomeOf(() => importKeyObject(createSecretKey(octets('s', 31))))).toBe('key_unusable');
  });

  it.each(KEYS)('refuses a private %s key (RFC 7517 §9.2)', (_, { privateKey }) => {
    expect(refusalOf(() => importKeyObject(privateKey))).toMatchObject({ code: 'key_unusable', rule: 'RFC 7517 §9.2' });
  });

  it.each([
    ['X25519', generateKeyPairSync('x25519').publicKey, 'RFC 7517 §4.1'],
    ['Ed448', generateKeyPairSync('ed448').publicKey, 'RFC 7517 §4.1'],
    ['RSASSA-PSS', createPublicKey({ key: Buffer.from(PSS_SPKI), format: 'der', type: 'spki' }), 'RFC 7517 §4.1'],
    ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey, 'RFC 7518 §6.2.1.1'],
    ['a curve without a JWK', generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' }).publicKey, 'RFC 7468 §5'],
  ])('refuses %s', (_, key, rule) => {
    expect(refusalOf(() => importKeyObject(key))).toMatchObject({ code: 'key_unusable', rule });
  });
});

describe('what follows a certificate', () => {
  it('is refused, though OpenSSL would read over it', () => {
    const pem = certificatePem(spkiOf(ED_1.publicKey), FROM, TO);
    const der = Buffer.from(pem.replace(/-----.*-----/g, ''), 'base64');
    const longer = Buffer.concat([der, Buffer.of(0x30, 0)]).toString('base64');
    const spoilt = `-----BEGIN CERTIFICATE-----\n${longer}\n-----END CERTIFICATE-----\n`;
    expect(importPem(pem).bits).toBe(256);
    expect(refusalOf(() => importPem(spoilt))).toMatchObject({ code: 'key_unusable', rule: expect.stringMatching(/^RFC 7468 §5/) });
  });
});

describe('the base64 of a PEM', () => {
  it.each([
    ['text after the padding', (pem: string) => pem.replace('\n-----END', '=\nAAAA\n-----END')],
    ['a missing last digit', (pem: string) => pem.replace(/.\n-----END/, '\n-----END')],
  ])('is refused with %s, which OpenSSL would read over', (_, spoil) => {
    const pem = ED_1.publicKey.export({ format: 'pem', type: 'spki' }).toString();
    expect(importPem(pem).bits).toBe(256);
    expect(refusalOf(() => importPem(spoil(pem)))).toMatchObject({ code: 'key_unusable', rule: 'RFC 7468 §3' });
  });
});

describe('looksLikePem', () => {
  it.each([
    ['-----BEGIN X', true], [' \n-----BEGIN X', true], ['-----BEGIN', false], ['----BEGIN X', false], ['', false],
    ['x-----BEGIN X', false],
  ])('says of %o: %s', (text, expected) => {
    expect(looksLikePem(text)).toBe(expected);
  });
});
