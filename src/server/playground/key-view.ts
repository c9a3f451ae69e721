/**
 * A public RSA key on its way from JWK (RFC 7517) to SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), field by field.
 *
 * The octets are those that `jwkToSpki` writes for the verifier. Here they are only taken apart and named.
 *
 * @module
 */

import { plain, plainJson } from '../../explain/plain-text.ts';
import { importJwk, jwkToSpki } from '../../jose/jwk.ts';
import type { KeyView, OctetField } from './page/wire.ts';

/** A stretch of an encoding: `header` is a tag and a length, `content` what they hold, a number so many octets. */
type Stretch = readonly [take: 'header' | 'content' | number, label: string, words: string, ...about: string[]];

/** What stands in a SubjectPublicKeyInfo of an RSA key, in order. A header is about all that it spans. */
const LAYOUT: readonly Stretch[] = [
  ['header', 'SEQUENCE', 'SubjectPublicKeyInfo: an algorithm and a key (RFC 5280 §4.1.2.7)', 'spki'],
  ['header', 'SEQUENCE', 'AlgorithmIdentifier: which kind of key follows', 'spki.algorithm'],
  ['header', 'OID', 'tag and length of an object identifier', 'spki.algorithm.oid'],
  ['content', '1.2.840.113549.1.1.1', 'rsaEncryption (RFC 8017 A.1)', 'spki.algorithm.oid.arcs'],
  ['header', 'NULL', 'its parameters: none, and that must be said (RFC 3279 §2.3.1)', 'spki.algorithm.null'],
  ['header', 'BIT STRING', 'subjectPublicKey: the key itself, as bits', 'spki.bits'],
  [1, 'unused bits', 'how many bits of the last octet do not count: none', 'spki.bits.unused'],
  ['header', 'SEQUENCE', 'RSAPublicKey: two numbers (RFC 8017 A.1.1)', 'spki.bits.rsa'],
  ['header', 'INTEGER', 'tag and length of n', 'spki.bits.rsa.n'],
  ['content', 'n', 'the modulus', 'key.n', 'spki.bits.rsa.n.value'],
  ['header', 'INTEGER', 'tag and length of e', 'spki.bits.rsa.e'],
  ['content', 'e', 'the public exponent', 'key.e', 'spki.bits.rsa.e.value'],
];

const SIGN_OCTET: OctetField = {
  hex: '00', label: 'sign', about: ['spki.bits.rsa.n.sign'],
  words: 'a zero octet in front keeps a number positive whose first bit is one (X.690 §8.3)',
};

/** The view of one published key. */
export function keyViewOf(jwk: object, current: boolean): KeyView {
  const { kid, bits } = importJwk(jwk);
  const spki = spkiFields(jwkToSpki(jwk));
  return {
    kid: plain(kid ?? ''),
    current,
    jwk: Object.entries(jwk).map(([name, value]) => ({ name: plain(name), value: plainJson(value, 2000) })),
    bits,
    spki,
    integers: ['n', 'e'].map((name) =>
      spki.filter(({ about }) => about.some((subject) => subject.startsWith(`spki.bits.rsa.${name}`)))),
  };
}

/** Takes a SubjectPublicKeyInfo apart along the {@link LAYOUT}. Together the fields are all of its octets. */
export function spkiFields(der: Uint8Array): readonly OctetField[] {
  const fields: OctetField[] = [];
  let at = 0;
  let content = 0;
  for (const [take, label, words, ...about] of LAYOUT) {
    const header = headerOf(der, at);
    const length = take === 'header' ? header.length : take === 'content' ? content : take;
    // A content stands right behind its header.
    content = header.content;
    let octets = der.subarray(at, at + length);
    at += length;
    if (label === 'n' && octets[0] === 0) {
      fields.push(SIGN_OCTET);
      octets = octets.subarray(1);
    }
    fields.push({ hex: Buffer.from(octets).toString('hex'), label, words, about });
  }
  return fields;
}

/** X.690 §8.1.3: a tag and a length in its short or long form. The octets are our own, so they are in order. */
function headerOf(der: Uint8Array, at: number): { readonly length: number; readonly content: number } {
  const first = der[at + 1] ?? 0;
  if (first < 0x80) return { length: 2, content: first };
  const more = first & 0x7f;
  const content = der.subarray(at + 2, at + 2 + more).reduce((value, octet) => value * 256 + octet, 0);
  return { length: 2 + more, content };
}
