/**
 * ECDSA signatures (RFC 7518 §3.4): R and S side by side, both from 1 to n - 1, each as long as n.
 *
 * @module
 */

import { jwkSet, type Jwk } from './keys.ts';
import { octetsToUint, uintToOctets } from './rsa.ts';
import { ecdsaSuchThat, signer } from './sign.ts';
import { base64url, claims, compact, jwtBy, signParts, split, withSignature } from './token.ts';
import { jwtGroup, must, valid, type Group, type Policy, type Test } from './vectors.ts';

const bad = (comment: string, token: string, flags: string): Test => must('signature_invalid', comment, token, flags);

/** The orders of the groups (FIPS 186-5, SP 800-186 §3.2.1) and the prime of P-256. */
const N256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const P256 = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const N384 = 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n;
const N521 = BigInt(`0x01${'ff'.repeat(32)}fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`);
function own(key: string, alg: string): { keys: Jwk; policy: Policy } {
  return { keys: jwkSet(key), policy: { algorithms: [alg] } };
}

/** R and S side by side, each of so many octets. */
function rs(r: bigint, s: bigint, octets = 32): Buffer {
  return Buffer.concat([uintToOctets(r, octets), uintToOctets(s, octets)]);
}

/** The DER form of an ECDSA signature, for numbers whose lengths need no long form. */
function der(r: bigint, s: bigint): Buffer {
  const integer = (value: bigint): Buffer => {
    const octets = uintToOctets(value);
    const padded = (octets[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), octets]) : octets;
    return Buffer.concat([Buffer.of(2, padded.length), padded]);
  };
  const body = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}

function ecdsaGroup(): Group {
  const token = jwtBy('ec-1', 'ES256', { typ: 'JWT' });
  const signature = Buffer.from(split(token).signature, 'base64url');
  const [r, s] = [octetsToUint(signature.subarray(0, 32)), octetsToUint(signature.subarray(32))];
  const sent = (comment: string, octets: Uint8Array, flags = 'A7'): Test => bad(comment, withSignature(token, octets),
    flags);
  const zero = (name: string, index: number): string => (
    compact({ alg: 'ES256', kid: 'ec-1', x: name }, claims(),
      ecdsaSuchThat('ec-1', 'sha256', name, (octets) => octets[index] === 0))
  );
  const zeroR = zero('zero r', 0);
  return jwtGroup('ECDSA with P-256: R and S of 32 octets each, from 1 to n - 1.', [
    valid('A genuine signature.', token),
    valid('A genuine signature whose R begins with a zero octet.', zeroR, 'A7 B5 Control'),
    valid('A genuine signature whose S begins with a zero octet.', zero('zero s', 32), 'A7 B5 Control'),
    valid('n - S for S, which holds just as well: JWS has no rule against it.', withSignature(token, rs(r, N256 - s)),
      'A7 Control'),
    sent('R and S are zero: the "psychic" signature.', rs(0n, 0n)),
    sent('R is zero.', rs(0n, s)),
    sent('S is zero.', rs(r, 0n)),
    sent('R and S are one.', rs(1n, 1n)),
    sent('R is zero, S is one.', rs(0n, 1n)),
    sent('R is one, S is zero.', rs(1n, 0n)),
    sent('R and S are n.', rs(N256, N256)),
    sent('R is n, S is one.', rs(N256, 1n)),
    sent('R and S are n - 1.', rs(N256 - 1n, N256 - 1n)),
    sent('R is the prime of the field, S is one.', rs(P256, 1n)),
    sent('R and S have all bits set.', Buffer.alloc(64, 0xff)),
    sent('R and S have changed places.', rs(s, r)),
    sent('n - R for R.', rs(N256 - r, s)),
    sent('The signature in DER.', der(r, s)),
    sent('R and S of zero, in DER.', der(0n, 0n)),
    sent('R without S.', signature.subarray(0, 32)),
    sent('S without its last octet.', signature.subarray(0, 63)),
    sent('R and S of 33 octets each, the first one zero.', rs(r, s, 33)),
    sent('R and S of 48 octets each.', rs(r, s, 48)),
    sent('A zero octet behind S.', Buffer.concat([signature, Buffer.of(0)])),
    sent('The signature and one octet for the recovery of the key.', Buffer.concat([signature, Buffer.of(27)])),
    sent('The signature is empty.', Buffer.alloc(0), 'A7 D2'),
    bad('A genuine signature whose R begins with a zero octet, without it.',
      withSignature(zeroR, Buffer.from(split(zeroR).signature, 'base64url').subarray(1)), 'A7 B5'),
    bad('A genuine signature with SHA-384.',
      signParts(split(token).header, split(token).payload, signer('ec-1', 'ES384')), 'B6'),
    bad('A genuine signature of another P-256 key.',
      compact({ alg: 'ES256', kid: 'ec-1' }, claims(), signer('ec-2', 'ES256')), 'C6'),
    bad('A genuine signature over secp256k1.',
      compact({ alg: 'ES256', kid: 'ec-1' }, claims(), signer('ec-k1', 'ES256')), 'B6 A8'),
    bad('The payload was changed after signing.',
      `${split(token).header}.${base64url(claims({ sub: 'user-2' }))}.${split(token).signature}`, 'F13'),
  ], own('ec-1', 'ES256'));
}

function otherCurveGroups(): Group[] {
  const es384 = jwtBy('ec-384', 'ES384', { typ: 'JWT' });
  const es512 = jwtBy('ec-521', 'ES512', { typ: 'JWT' });
  const octets = Buffer.from(split(es512).signature, 'base64url');
  return [
    jwtGroup('ECDSA with P-384: 96 octets.', [
      valid('A genuine signature.', es384),
      bad('R and S are zero.', withSignature(es384, rs(0n, 0n, 48)), 'A7'),
      bad('R and S are n.', withSignature(es384, rs(N384, N384, 48)), 'A7'),
      bad('R and S of 32 octets each, as P-256 has them.', withSignature(es384, rs(1n, 1n)), 'A7'),
    ], own('ec-384', 'ES384')),
    jwtGroup('ECDSA with P-521: 132 octets, 66 for 521 bits.', [
      valid('A genuine signature.', es512),
      bad('R and S are zero.', withSignature(es512, rs(0n, 0n, 66)), 'A7'),
      bad('R and S are n.', withSignature(es512, rs(N521, N521, 66)), 'A7'),
      bad('R has its highest bit set, beyond the 521.',
        withSignature(es512, Buffer.concat([Buffer.of((octets[0] ?? 0) | 0x80), octets.subarray(1)])), 'A7'),
      bad('R and S of 64 octets each, as the number in "ES512" suggests.', withSignature(es512, rs(1n, 1n, 64)), 'A7'),
      bad('R and S of 65 octets each.',
        withSignature(es512, Buffer.concat([octets.subarray(1, 66), octets.subarray(67)])), 'A7'),
    ], own('ec-521', 'ES512')),
  ];
}

export function ecdsaGroups(): Group[] {
  return [ecdsaGroup(), ...otherCurveGroups()];
}
