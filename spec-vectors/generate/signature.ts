/**
 * The JWS Signature (RFC 7515 §5.2 step 8): over exactly what was received, by exactly the key and algorithm chosen.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { jwkSet, secret, type Jwk } from './keys.ts';
import { ecdsaGroups } from './ecdsa-signature.ts';
import { octetsToUint, uintToOctets } from './rsa.ts';
import { rsaSignatureGroups } from './rsa-signature.ts';
import { hmac, signer, type Signer } from './sign.ts';
import {
  NOW, RS256, base64url, claims, compact, firstSuchThat, header, jwt, jwtBy, signParts, split, withSignature,
} from './token.ts';
import { jwtGroup, must, valid, vectorFile, type Group, type Policy, type Test, type VectorFile } from './vectors.ts';

/** The order of the base point of edwards25519 (RFC 8032 §5.1). */
const L25519 = 2n ** 252n + 27742317777372353535851937790883648493n;

const bad = (comment: string, token: string, flags: string): Test => must('signature_invalid', comment, token, flags);

function own(key: string, alg: string): { keys: Jwk; policy: Policy } {
  return { keys: jwkSet(key), policy: { algorithms: [alg] } };
}

function inputGroup(): Group {
  const token = jwt();
  const { header: h, payload: p, signature: s } = split(token);
  const other = split(jwt({ sub: 'user-2' }));
  const spaced = base64url(JSON.stringify(header(), null, 1));
  const by = (input: (h: string, p: string) => string): string => signParts(h, p, () => RS256(input(h, p)));
  const stranger = generateStranger();
  return jwtGroup('What the signature is over, and by whom.', [
    bad('The payload was changed after signing.', `${h}.${other.payload}.${s}`, 'F13'),
    bad('One letter of the payload was changed, in a claim that nobody reads.',
      `${h}.${base64url(claims({ x: 'b' }))}.${split(jwt({ x: 'a' })).signature}`, 'F13'),
    bad('A space was added to the header after signing.', `${spaced}.${p}.${s}`, 'F13'),
    bad('The claims were put in another order after signing.',
      `${h}.${base64url(Object.fromEntries(Object.entries(claims()).reverse()))}.${s}`, 'F13'),
    bad('"kid" was taken out of the header after signing.', `${base64url({ alg: 'RS256' })}.${p}.${s}`, 'F13 C6'),
    bad('The signature of another token of the same user.', withSignature(token, split(jwt({ jti: '1' })).signature),
      'F13'),
    bad('Over the payload alone.', by((_, payload) => payload), 'F13'),
    bad('Over the header alone.', by((head) => head), 'F13'),
    bad('Over both parts without the dot.', by((head, payload) => head + payload), 'F13'),
    bad('Over both parts and a dot behind them.', by((head, payload) => `${head}.${payload}.`), 'F13'),
    bad('Over the decoded payload.', by((_, payload) => Buffer.from(payload, 'base64url').toString()), 'F13'),
    bad('Over decoded header and decoded payload.', by((head, payload) => (
      `${Buffer.from(head, 'base64url').toString()}.${Buffer.from(payload, 'base64url').toString()}`)), 'F13'),
    bad('Over both parts in UTF-16.', by((head, payload) => Buffer.from(`${head}.${payload}`, 'utf16le').toString()),
      'F13'),
    bad('Over the digest of both parts.',
      by((head, payload) => createHash('sha256').update(`${head}.${payload}`).digest('hex')), 'F13'),
    bad('By another key of the same size.', compact(header(), claims(), signer('rsa-2', 'RS256')), 'C6'),
    bad('By a larger key.', compact(header(), claims(), signer('rsa-4096', 'RS256')), 'C6 B5'),
    bad('A signature of ECDSA.', compact(header(), claims(), signer('ec-1', 'ES256')), 'B6'),
    bad('256 octets of nothing in particular.', withSignature(token, stranger), 'F13'),
  ]);
}

/** As long as a signature, and below the modulus. */
function generateStranger(): Buffer {
  return Buffer.concat(Array.from({ length: 8 }, (_, i) => createHash('sha256').update(`stranger ${i}`).digest())).fill(
    1, 0, 1,
  );
}

function claimsOrderGroup(): Group {
  const forged = (comment: string, payload: Parameters<typeof base64url>[0]): Test => (
    bad(comment, `${base64url(header())}.${base64url(payload)}.${split(jwt()).signature}`, 'F13 Order')
  );
  return jwtGroup('Forged, and wrong in the claims too: nothing is said of claims that nobody has vouched for.', [
    forged('Expired.', claims({ exp: NOW - 1 })),
    forged('Not valid yet.', claims({ nbf: NOW + 1000 })),
    forged('Of another issuer.', claims({ iss: 'https://evil.example' })),
    forged('For another audience.', claims({ aud: 'client-2' })),
    forged('"exp" is a string.', claims({ exp: 'soon' })),
    forged('Without claims.', {}),
    forged('Two members of one name.', '{"exp":1,"exp":2}'),
    forged('Not JSON.', '{'),
    forged('Not UTF-8.', Buffer.of(0x7b, 0xff, 0x7d)),
  ]);
}

function ed25519Group(): Group {
  const token = jwtBy('ed-1', 'EdDSA', { typ: 'JWT' });
  const signature = Buffer.from(split(token).signature, 'base64url');
  const r = signature.subarray(0, 32);
  const s = octetsToUint(Buffer.from(signature.subarray(32)).reverse());
  const input = token.slice(0, token.lastIndexOf('.'));
  const little = (value: bigint): Buffer => uintToOctets(value, 32).reverse();
  const sent = (comment: string, octets: Uint8Array, flags = 'A10'): Test => bad(comment, withSignature(token, octets),
    flags);
  const zero = firstSuchThat((jti) => jwtBy('ed-1', 'EdDSA', { jti: `${jti}` }),
    (text) => Buffer.from(split(text).signature, 'base64url')[0] === 0);
  return jwtGroup('Ed25519: R and S of 32 octets each, S below the order of the group.', [
    valid('A genuine signature.', token),
    valid('A genuine signature that begins with a zero octet.', zero, 'B5 Control'),
    sent('S and the order of the group: the same number, for whoever does not look.',
      Buffer.concat([r, little(s + L25519)])),
    sent('S and eight times the order.', Buffer.concat([r, little(s + 8n * L25519)])),
    sent('The highest bit of S is set.', Buffer.concat([r, little(s + 2n ** 255n)])),
    sent('S is zero.', Buffer.concat([r, Buffer.alloc(32)])),
    sent('R is the neutral element, S is zero.', Buffer.concat([little(1n), Buffer.alloc(32)])),
    sent('All zeros.', Buffer.alloc(64)),
    sent('All bits set.', Buffer.alloc(64, 0xff)),
    sent('R and S have changed places.', Buffer.concat([signature.subarray(32), r])),
    sent('The signature without its last octet.', signature.subarray(0, 63), 'A10 B5'),
    sent('A zero octet behind the signature.', Buffer.concat([signature, Buffer.of(0)]), 'A10 B5'),
    sent('The signature is empty.', Buffer.alloc(0), 'A10 D2'),
    bad('A genuine signature over the SHA-512 of the input, in hexadecimal.', withSignature(token, (
      signer('ed-1', 'EdDSA')(createHash('sha512').update(input).digest('hex')))), 'B6'),
    bad('A genuine signature of another Ed25519 key.',
      compact({ alg: 'EdDSA', kid: 'ed-1' }, claims(), signer('ed-2', 'EdDSA')), 'C6'),
  ], own('ed-1', 'EdDSA'));
}

function hmacGroup(): Group {
  const by = hmac(secret('hs-1'));
  const token = compact({ alg: 'HS256', kid: 'hs-1', typ: 'JWT' }, claims(), by);
  const mac = Buffer.from(split(token).signature, 'base64url');
  const sent = (comment: string, octets: Uint8Array, flags = 'A9'): Test => bad(comment, withSignature(token, octets),
    flags);
  const made = (comment: string, from: Signer, flags: string): Test => bad(comment,
    compact({ alg: 'HS256', kid: 'hs-1' }, claims(), from), flags);
  const change = (index: number): Buffer => Buffer.from(mac.map((octet, i) => (i === index ? octet ^ 1 : octet)));
  const zero = firstSuchThat((jti) => compact({ alg: 'HS256', kid: 'hs-1', jti: `${jti}` }, claims(), by),
    (text) => Buffer.from(split(text).signature, 'base64url')[0] === 0);
  return jwtGroup('HMAC with SHA-256.', [
    valid('A genuine HMAC.', token),
    valid('A genuine HMAC that begins with a zero octet: no string ends there.', zero, 'A9 B5 Control'),
    sent('The last bit is wrong, all before it is right.', change(31)),
    sent('The first bit is wrong.', change(0)),
    sent('Only the first octet, which is right.', mac.subarray(0, 1)),
    sent('The first sixteen octets, which are right.', mac.subarray(0, 16)),
    sent('The first 31 octets, which are right.', mac.subarray(0, 31)),
    sent('The right octets, and a zero octet behind them.', Buffer.concat([mac, Buffer.of(0)])),
    sent('The right octets twice.', Buffer.concat([mac, mac])),
    bad('One that begins with a zero octet, followed by other octets.',
      withSignature(zero, Buffer.alloc(32, 7).fill(0, 0, 1)), 'A9'),
    sent('All zeros.', Buffer.alloc(32)),
    made('By another key.', hmac(secret('hs-2')), 'C6'),
    made('By the text of "k", not what it encodes.', hmac(base64url(secret('hs-1'))), 'B6'),
    made('With SHA-512, cut to 32 octets.', (input) => hmac(secret('hs-1'), 'sha512')(input).subarray(0, 32), 'B6'),
    made('With SHA-512.', hmac(secret('hs-1'), 'sha512'), 'B6'),
    made('A plain SHA-256 of key and input.',
      (input) => createHash('sha256').update(secret('hs-1')).update(input).digest(), 'B6'),
    made('In hexadecimal.', (input) => Buffer.from(Buffer.from(by(input)).toString('hex')), 'B6'),
  ], own('hs-1', 'HS256'));
}

export function signatureVectors(): VectorFile {
  return vectorFile('signature', 'Signatures', [
    'Nearly right signatures: out of range, of a wrong length, over something else, or in another encoding.',
    'Those that are malformed inside were made with the genuine private key, so that nothing else is wrong with them.',
  ], [
    inputGroup(), claimsOrderGroup(), ...rsaSignatureGroups(), ...ecdsaGroups(), ed25519Group(), hmacGroup(),
  ]);
}
