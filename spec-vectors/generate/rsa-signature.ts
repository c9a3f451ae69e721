/**
 * RSA signatures (RFC 8017 §8.2.2, §8.1.2): encoded messages that are not the right one, under the genuine private key.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { jwkSet, publicJwk } from './keys.ts';
import { DIGEST_INFO, digestInfo, encodePkcs1, octetsToUint, toUint, uintToOctets } from './rsa.ts';
import { pss, rawRsa, signer, type Signer } from './sign.ts';
import { RS256, claims, compact, firstSuchThat, header, jwt, jwtBy, split, withSignature } from './token.ts';
import { jwtGroup, must, should, valid, type Group, type Test } from './vectors.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const sha = (hash: string, input: string): Buffer => createHash(hash).update(input).digest();

/** A token whose signature opens, under the public key, to an encoded message of the test's making. */
function opensTo(comment: string, flags: string, encode: (input: string, k: number) => Uint8Array, level = must): Test {
  return level('signature_invalid', comment, compact(header(), claims(), rawRsa('rsa-1', encode)), flags);
}

/** The message is padded rightly around a T of the test's making. */
function holds(comment: string, flags: string, t: (input: string) => Uint8Array, level = must): Test {
  return opensTo(comment, flags, (input, k) => encodePkcs1(t(input), k), level);
}

/** T is some octets, then the SHA-256 of the input, then some more. */
function prefixed(comment: string, before: string, after = '', flags = 'B2', level = must): Test {
  return holds(comment, flags, (input) => Buffer.concat([hex(before), sha('sha256', input), hex(after)]), level);
}

const right = (input: string, k: number): Buffer => encodePkcs1(digestInfo('sha256', input), k);

/** The right encoding with some octets replaced. */
function changed(comment: string, at: number, octets: string, flags = 'B1'): Test {
  return opensTo(comment, flags, (input, k) => {
    const em = right(input, k);
    hex(octets).copy(em, at < 0 ? k + at : at);
    return em;
  });
}

function paddingGroup(): Group {
  const t = (input: string): Buffer => digestInfo('sha256', input);
  const filled = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);
  return jwtGroup('The padding 00 01 FF .. FF 00 T. T ends at octet 256 and has 51 octets; FF fills the rest.', [
    opensTo('Eight octets of FF, then T, then garbage: the forgery of 2006.', 'B1', (input, k) => (
      filled(hex('0001 ffffffffffffffff 00'), t(input), Buffer.alloc(k - 11 - 51, 0x5a)))),
    opensTo('Eight octets of FF, then T, then zeros.', 'B1', (input, k) => (
      filled(hex('0001 ffffffffffffffff 00'), t(input), Buffer.alloc(k - 11 - 51)))),
    opensTo('The last octet of garbage behind T, the padding one octet shorter.', 'B1', (input, k) => (
      filled(encodePkcs1(t(input), k - 1), hex('5a')))),
    opensTo('Seven octets of FF, which is one too few in any case; garbage behind.', 'B1', (input, k) => (
      filled(hex('0001 ffffffffffffff 00'), t(input), Buffer.alloc(k - 10 - 51, 0x5a)))),
    opensTo('No FF at all: 00 01 00 T and zeros.', 'B1',
      (input, k) => filled(hex('0001 00'), t(input), Buffer.alloc(k - 3 - 51))),
    opensTo('Zeros for FF.', 'B1', (input, k) => filled(hex('0001'), Buffer.alloc(k - 54), hex('00'), t(input))),
    opensTo('The digest alone at the end, zeros before it.', 'B1',
      (input, k) => filled(Buffer.alloc(k - 32), sha('sha256', input))),
    opensTo('Garbage for FF, but for the first eight.', 'B1', (input, k) => (
      filled(hex('0001 ffffffffffffffff'), Buffer.alloc(k - 62, 0x5a), hex('00'), t(input)))),
    opensTo('The first 00 is left out, and the padding one octet longer.', 'B1', (input, k) => (
      filled(hex('01'), Buffer.alloc(k - 53, 0xff), hex('00'), t(input)))),
    opensTo('Block type 2, that of encryption, with random octets.', 'B1', (input, k) => (
      filled(hex('0002'), Buffer.alloc(k - 54, 0x77), hex('00'), t(input)))),
    opensTo('T twice, the padding shorter.', 'B1', (input, k) => encodePkcs1(filled(t(input), t(input)), k)),
    changed('The first octet is 01.', 0, '01'),
    changed('Block type 0.', 1, '00'),
    changed('Block type 2, with FF.', 1, '02'),
    changed('One octet of FF is FE: the first.', 2, 'fe'),
    changed('One octet of FF is FE: in the middle.', 100, 'fe'),
    changed('One octet of FF is 00: an early end of the padding.', 20, '00'),
    changed('The octet before T is FF: the padding does not end.', -52, 'ff'),
    changed('The octet before T is 01.', -52, '01'),
    changed('One bit of the digest is wrong: the last.', -1, '00'),
  ]);
}

function digestInfoGroup(): Group {
  const rs256 = DIGEST_INFO['sha256'] ?? '';
  const oid = '0609608648016503040201';
  return jwtGroup('The DigestInfo: SEQUENCE { SEQUENCE { OID, NULL }, OCTET STRING }, and one way to write it.', [
    prefixed('The NULL is left out.', `302f 300b ${oid} 0420`, '', 'B3', should),
    prefixed('The NULL has a length of one.', `3032 300e ${oid} 050100 0420`),
    prefixed('The NULL has its length in the long form.', `3032 300e ${oid} 058100 0420`),
    prefixed('An empty OCTET STRING for the NULL.', `3031 300d ${oid} 0400 0420`),
    prefixed('An empty SEQUENCE for the NULL.', `3031 300d ${oid} 3000 0420`),
    prefixed('Two NULLs.', `3033 300f ${oid} 05000500 0420`),
    prefixed('Garbage for parameters, in an OCTET STRING of sixteen octets.',
      `3041 301d ${oid} 0410 ${'5a'.repeat(16)} 0420`, '', 'B1 B2'),
    prefixed('The outer length in the long form.', `308131 300d ${oid} 0500 0420`),
    prefixed('The outer length in two octets.', `30820031 300d ${oid} 0500 0420`),
    prefixed('The inner length in the long form.', `3032 30810d ${oid} 0500 0420`),
    prefixed('The length of the identifier in the long form.', '3032 300e 068109608648016503040201 0500 0420'),
    prefixed('The length of the digest in the long form.', `3032 300d ${oid} 0500 048120`),
    prefixed('The outer length is indefinite.', `3080 300d ${oid} 0500 0420`, '0000'),
    prefixed('The inner length is indefinite.', `3033 3080 ${oid} 0500 0000 0420`),
    prefixed('The digest is a constructed string of two parts.', `3035 300d ${oid} 0500 2424 0420`, '0400'),
    prefixed('The outer length is one too small.', `3030 300d ${oid} 0500 0420`),
    prefixed('The outer length is one too large.', `3032 300d ${oid} 0500 0420`),
    prefixed('The length of the digest is zero, and the digest follows.', `3031 300d ${oid} 0500 0400`),
    prefixed('The length of the digest overflows 32 bits.', `3036 300d ${oid} 0500 04850100000020`),
    prefixed('Something behind the digest, counted in the outer length.', `3033 300d ${oid} 0500 0420`, '0500'),
    prefixed('Something behind the digest, not counted.', rs256, '0500', 'B1 B2'),
    prefixed('A BIT STRING for the OCTET STRING.', `3032 300d ${oid} 0500 032100`),
    prefixed('A SET for the outer SEQUENCE.', `3131 300d ${oid} 0500 0420`),
    prefixed('The order is reversed: digest first.', '3031 0420', `300d ${oid} 0500`),
    prefixed('The identifier has a leading 80, padding of its first number.',
      '3032 300e 060a80608648016503040201 0500 0420'),
    prefixed('The identifier is that of the signature, sha256WithRSAEncryption.',
      '3031 300d 06092a864886f70d01010b 0500 0420'),
    prefixed('The identifier is that of SHA-512/256, whose digest is as long.',
      '3031 300d 0609608648016503040206 0500 0420', '', 'B6'),
    prefixed('The identifier is that of SHA3-256, whose digest is as long.',
      '3031 300d 0609608648016503040208 0500 0420', '', 'B6'),
    prefixed('The identifier is that of SHA-512, the digest that of SHA-256.',
      '3031 300d 0609608648016503040203 0500 0420', '', 'B6'),
    prefixed('No DigestInfo: the digest alone.', '', '', 'B6'),
    prefixed('No AlgorithmIdentifier: an OCTET STRING alone.', '0420', '', 'B6'),
    holds('The digest is cut to its first 20 octets.', 'B6',
      (input) => Buffer.concat([hex(`3025 300d ${oid} 0500 0414`), sha('sha256', input).subarray(0, 20)])),
    holds('The digest is empty, and says so.', 'B6', () => hex(`3011 300d ${oid} 0500 0400`)),
    holds('The digest is all zeros.', 'B6', () => Buffer.concat([hex(rs256), Buffer.alloc(32)])),
    holds('The digest is that of the empty text.', 'B6', () => digestInfo('sha256', '')),
    holds('The digest of the digest.', 'B6',
      (input) => Buffer.concat([hex(rs256), createHash('sha256').update(sha('sha256', input)).digest()])),
    holds('The digest in hexadecimal.', 'B6',
      (input) => Buffer.concat([hex(`3051 300d ${oid} 0500 0440`), Buffer.from(sha('sha256', input).toString('hex'))])),
    holds('The input itself for its digest.', 'B6', (input) => Buffer.from(input.slice(0, 32))),
  ]);
}

function hashGroup(): Group {
  const under = (comment: string, key: string, alg: string): Test => (
    must('signature_invalid', comment, compact(header(), claims(), signer(key, alg)), 'B6')
  );
  return jwtGroup('Genuine signatures of another kind, under "alg": "RS256".', [
    under('RSASSA-PSS with SHA-256.', 'rsa-1', 'PS256'),
    under('SHA-1.', 'rsa-1', 'RS1'),
    under('SHA-224.', 'rsa-1', 'RS224'),
    under('SHA-384.', 'rsa-1', 'RS384'),
    under('SHA-512.', 'rsa-1', 'RS512'),
  ]);
}

function pssGroup(): Group {
  const made = (comment: string, by: Signer, flags = 'B6'): Test => (
    must('signature_invalid', comment, compact({ alg: 'PS256', kid: 'rsa-1' }, claims(), by), flags)
  );
  const zero = firstSuchThat((jti) => jwtBy('rsa-1', 'PS256', { jti: `${jti}` }), startsWithZero);
  return jwtGroup('RSASSA-PSS (RFC 8017 §9.1.2); RFC 7518 §3.5 fixes the salt at the length of the hash.', [
    valid('A genuine signature.', jwtBy('rsa-1', 'PS256', { typ: 'JWT' })),
    valid('A genuine signature that begins with a zero octet.', zero, 'B5 Control'),
    made('No salt.', pss('rsa-1', { hash: 'sha256', saltLength: 0 })),
    made('A salt of 20 octets, a default of old.', pss('rsa-1', { hash: 'sha256', saltLength: 20 })),
    made('A salt of 31 octets.', pss('rsa-1', { hash: 'sha256', saltLength: 31 })),
    made('A salt as long as there is room for, a default of OpenSSL.',
      pss('rsa-1', { hash: 'sha256', saltLength: 222 })),
    made('The mask is made with SHA-1.', pss('rsa-1', { hash: 'sha256', mgfHash: 'sha1' })),
    made('SHA-384 throughout.', pss('rsa-1', { hash: 'sha384' })),
    made('The trailer is CC, not BC.', pss('rsa-1', { hash: 'sha256', trailer: 0xcc })),
    made('The octet before the salt is 02, not 01.', pss('rsa-1', { hash: 'sha256', separator: 2 })),
    made('RSASSA-PKCS1-v1_5 with SHA-256.', RS256),
    made('The signature is all zeros.', () => Buffer.alloc(256), 'B4'),
  ], { policy: { algorithms: ['PS256'] } });
}

const startsWithZero = (token: string): boolean => Buffer.from(split(token).signature, 'base64url')[0] === 0;

function rangeGroup(): Group {
  const n = toUint(String(publicJwk('rsa-1')['n']));
  const token = jwt();
  const signature = Buffer.from(split(token).signature, 'base64url');
  const zero = firstSuchThat((jti) => jwt({ jti: `${jti}` }), startsWithZero);
  const zeroSignature = Buffer.from(split(zero).signature, 'base64url');
  const lowest = firstSuchThat((jti) => jwt({ jti: `low-${jti}` }), (text) => (
    octetsToUint(Buffer.from(split(text).signature, 'base64url')) + n < 1n << 2048n
  ));
  const plusN = octetsToUint(Buffer.from(split(lowest).signature, 'base64url')) + n;
  const bad = (comment: string, octets: Uint8Array | bigint, flags: string, of = token): Test => (
    must('signature_invalid', comment,
      withSignature(of, typeof octets === 'bigint' ? uintToOctets(octets, 256) : octets), flags)
  );
  return jwtGroup('The signature as a number (RFC 8017 §5.2.2) and its length (§8.2.2 step 1).', [
    valid('A genuine signature that begins with a zero octet.', zero, 'B5 Control'),
    valid('A genuine signature to which the modulus could be added.', lowest, 'B4 Control'),
    bad('The modulus was added to the signature, which opens to the same.', plusN, 'B4', lowest),
    bad('Zero.', 0n, 'B4'),
    bad('One.', 1n, 'B4'),
    bad('The modulus less one.', n - 1n, 'B4'),
    bad('The modulus.', n, 'B4'),
    bad('The modulus and one.', n + 1n, 'B4'),
    bad('All bits set.', Buffer.alloc(256, 0xff), 'B4'),
    bad('The modulus less the signature: its negative.', n - octetsToUint(signature), 'B4'),
    bad('The encoded message itself, unsigned.', right(token.slice(0, token.lastIndexOf('.')), 256), 'B4'),
    bad('The signature without its last octet.', signature.subarray(0, -1), 'B5'),
    bad('The signature without its first octet.', signature.subarray(1), 'B5'),
    bad('A zero octet before the signature.', Buffer.concat([Buffer.of(0), signature]), 'B5'),
    bad('A zero octet behind the signature.', Buffer.concat([signature, Buffer.of(0)]), 'B5'),
    bad('The signature twice.', Buffer.concat([signature, signature]), 'B5'),
    bad('A genuine signature that begins with a zero octet, without that octet.', zeroSignature.subarray(1), 'B5',
      zero),
    bad('The signature in hexadecimal.', Buffer.from(signature.toString('hex')), 'B5'),
    bad('The signature in base64url, encoded once more.', Buffer.from(signature.toString('base64url')), 'B5'),
    bad('The octets of the signature in reverse.', Buffer.from(signature).reverse(), 'B4'),
    bad('The first bit of the signature is flipped.', flip(signature, 0), 'B4'),
    bad('The last bit of the signature is flipped.', flip(signature, 255), 'B4'),
    bad('A bit in the middle of the signature is flipped.', flip(signature, 128), 'B4'),
  ], { keys: jwkSet('rsa-1') });
}

/** The lowest bit of one octet, or, in the first, the highest but one, so that the number stays below the modulus. */
function flip(octets: Uint8Array, index: number): Buffer {
  const copy = Buffer.from(octets);
  copy[index] = (copy[index] ?? 0) ^ (index === 0 ? 0x20 : 1);
  return copy;
}

export function rsaSignatureGroups(): Group[] {
  return [paddingGroup(), digestInfoGroup(), hashGroup(), pssGroup(), rangeGroup()];
}
