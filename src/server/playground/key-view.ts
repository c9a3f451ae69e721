/**
 * A public RSA key on its way from JWK (RFC 7517) to SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), field by field.
 *
 * The octets are those that `jwkToSpki` writes for the verifier. Here they are only taken apart and named.
 *
 * @module
 */

import { plain, plainJson } from '../../explain/plain-text.ts';
import { isJsonObject, member } from '../../jose/json.ts';
import { importJwk, jwkToSpki } from '../../jose/jwk.ts';
import type { KeyView, OctetField } from './page/wire.ts';

/** What stands in a SubjectPublicKeyInfo of an RSA key, in order. `header`: tag and length; `content`: what they hold. */
const LAYOUT: readonly (readonly [take: 'header' | 'content' | number, label: string, words: string, about: string])[] = [
  ['header', 'SEQUENCE', 'SubjectPublicKeyInfo: an algorithm and a key (RFC 5280 §4.1.2.7)', 'key.spki'],
  ['header', 'SEQUENCE', 'AlgorithmIdentifier: which kind of key follows', 'key.algorithm'],
  ['header', 'OID', 'tag and length of an object identifier', 'key.algorithm.oid'],
  ['content', '1.2.840.113549.1.1.1', 'rsaEncryption (RFC 8017 A.1)', 'key.algorithm.oid'],
  ['header', 'NULL', 'its parameters: none, and that must be said (RFC 3279 §2.3.1)', 'key.algorithm.null'],
  ['header', 'BIT STRING', 'subjectPublicKey: the key itself, as bits', 'key.bits'],
  [1, 'unused bits', 'how many bits of the last octet do not count: none', 'key.bits'],
  ['header', 'SEQUENCE', 'RSAPublicKey: two numbers (RFC 8017 A.1.1)', 'key.rsa'],
  ['header', 'INTEGER', 'tag and length of n', 'key.n.header'],
  ['content', 'n', 'the modulus', 'key.n'],
  ['header', 'INTEGER', 'tag and length of e', 'key.e.header'],
  ['content', 'e', 'the public exponent', 'key.e'],
];

const SIGN_OCTET: Pick<OctetField, 'label' | 'words' | 'about'> = {
  label: 'sign', about: 'key.n.sign',
  words: 'a zero octet in front keeps a number positive whose first bit is one (X.690 §8.3)',
};

/** The view of one published key. */
export function keyViewOf(jwk: object, current: boolean): KeyView {
  const object = isJsonObject(jwk) ? jwk : {};
  const spki = spkiFields(jwkToSpki(jwk));
  return {
    kid: plain(String(member(object, 'kid'))),
    current,
    jwk: Object.keys(object).map((name) => ({ name: plain(name), value: plainJson(object[name], 2000) })),
    bits: importJwk(jwk).bits,
    spki,
    integers: ['key.n', 'key.e'].map((about) =>
      spki.filter((field) => field.about === about || field.about.startsWith(`${about}.`))),
  };
}

/** Takes a SubjectPublicKeyInfo apart along the {@link LAYOUT}. Together the fields are all of its octets. */
export function spkiFields(der: Uint8Array): readonly OctetField[] {
  const fields: OctetField[] = [];
  let at = 0;
  let content = 0;
  for (const [take, label, words, about] of LAYOUT) {
    const header = headerOf(der, at);
    const length = take === 'header' ? header.length : take === 'content' ? content : take;
    if (take === 'header') content = header.content;
    let octets = der.subarray(at, at + length);
    at += length;
    if (about === 'key.n' && octets[0] === 0) {
      fields.push({ ...SIGN_OCTET, hex: '00' });
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
