/**
 * Every way in which we are known to be stricter than jose, or than a signature alone: the explained differences.
 *
 * There is no class for the other direction. What we accept, jose must accept, and the signature must hold.
 *
 * @module
 */

import { BOTH, SIGNATURE_ALONE, type Difference, type Peer } from './difference.ts';
import { CLAIM_DIFFERENCES } from './differences-in-claims.ts';
import { KEY_DIFFERENCES } from './differences-in-keys.ts';
import { holdsAny, isObject, own, shapeOf, type Facts, type Half, type KeyMember } from './facts.ts';

const halves = ({ header, payload }: Facts): readonly Half[] => [header, payload];
const isJwt = (type: unknown): boolean => typeof type === 'string' && /^(application\/)?jwt$/i.test(type);

/**
 * Spellings of the signature's octets. Those of the header and of the payload are signed as they are spelt, so that
 * another spelling of them is another token, and no class speaks of it.
 */
const spelling = (name: string, than: readonly Peer[], rule: string, pattern: RegExp): Difference => ({
  name, stricter: 'Assay', than, codes: ['invalid_base64url'], rule,
  explains: ({ parts }) => parts.length === 3 && pattern.test(parts[2] ?? ''),
});

const SPELLINGS: readonly Difference[] = [
  spelling('signature with a character that is no base64', SIGNATURE_ALONE,
    'RFC 4648 §3.3: refuse what is outside the alphabet', /[^\w\-+/=\t\n\f\r ]/),
  spelling('signature in standard base64', SIGNATURE_ALONE, 'RFC 4648 §5: "-" and "_"', /[+/]/),
  spelling('signature with white space', BOTH, 'RFC 7515 §2: no white space', /[\t\n\f\r ]/),
  spelling('signature with padding', BOTH, 'RFC 7515 §2: no padding', /=/),
  {
    name: 'signature with spare bits', stricter: 'Assay', than: BOTH, codes: ['invalid_base64url'],
    rule: 'RFC 4648 §3.5: bits that carry nothing are zero',
    explains: ({ parts: [, , signature = '', ...more] }) => more.length === 0 && /^[\w-]*$/.test(signature)
      && signature.length % 4 !== 1 && Buffer.from(signature, 'base64url').toString('base64url') !== signature,
  },
];

/** RSASSA-PSS of OpenSSL takes a signature for a number, and a number is the same without its leading zeros. */
const SHORT_PSS: Difference = {
  name: 'PSS signature without its leading zeros', stricter: 'Assay', than: BOTH, codes: ['signature_invalid'],
  rule: 'RFC 8017 §8.1.2 step 1: as long as the modulus',
  explains: ({ parts: [, , signature = '', ...more], keys, expected }) => {
    const octets = Buffer.from(signature, 'base64url');
    const isShort = ({ jwk }: KeyMember): boolean => {
      const n = own(jwk, 'n');
      return typeof n === 'string' && octets.length < Buffer.from(n, 'base64url').length;
    };
    return expected.alg === 'PS256' && more.length === 0 && octets.toString('base64url') === signature
      && keys.some(isShort);
  },
};

const FORM: readonly Difference[] = [
  {
    name: 'longer than 10,000 characters', stricter: 'Assay', than: BOTH, codes: ['token_too_long'],
    rule: 'RFC 8259 §9: our cap', explains: ({ token }) => token.length > 10_000,
  },
  {
    name: 'more than three parts', stricter: 'Assay', than: SIGNATURE_ALONE, codes: ['malformed_compact'],
    rule: 'RFC 7515 §7.1: exactly three', explains: ({ parts }) => parts.length > 3,
  },
  {
    name: 'byte order mark', stricter: 'Assay', than: BOTH, codes: ['invalid_json'],
    rule: 'RFC 8259 §8.1: none is added; we ignore none',
    explains: (facts) => halves(facts).some(({ text }) => text.startsWith('\uFEFF')),
  },
  {
    name: 'not UTF-8', stricter: 'Assay', than: SIGNATURE_ALONE, codes: ['invalid_utf8'],
    rule: 'RFC 7515 §5.2 step 3, RFC 7519 §7.2 step 10',
    explains: (facts) => halves(facts).some(({ octets, text }) => !Buffer.from(text).equals(octets)),
  },
  {
    name: 'payload that is no JSON object', stricter: 'Assay', than: SIGNATURE_ALONE, codes: ['invalid_json'],
    rule: 'RFC 7519 §7.2 step 10', explains: ({ payload }) => !isObject(payload.value),
  },
  {
    name: 'header that is no JSON object', stricter: 'Assay', than: SIGNATURE_ALONE, codes: ['invalid_json'],
    rule: 'RFC 7515 §5.2 step 3', explains: ({ header }) => !isObject(header.value),
  },
  {
    name: 'two members of one name', stricter: 'Assay', than: BOTH, codes: ['duplicate_member'],
    rule: 'RFC 7515 §4, RFC 7519 §4', explains: (facts) => halves(facts).some(({ text }) => shapeOf(text).duplicate),
  },
  {
    name: 'number out of range', stricter: 'Assay', than: BOTH, codes: ['invalid_json'], rule: 'RFC 7493 §2.2',
    explains: (facts) => halves(facts).some(({ value }) =>
      holdsAny(value, (inner) => inner === Infinity || inner === -Infinity)),
  },
  {
    name: 'lone surrogate', stricter: 'Assay', than: BOTH, codes: ['invalid_json'], rule: 'RFC 7493 §2.1',
    explains: (facts) => halves(facts).some(({ value }) =>
      holdsAny(value, (inner) => typeof inner === 'string' && Buffer.from(inner).toString() !== inner)),
  },
  {
    name: 'deeper than 32 levels', stricter: 'Assay', than: BOTH, codes: ['invalid_json'],
    rule: 'RFC 8259 §9: our cap', explains: (facts) => halves(facts).some(({ text }) => shapeOf(text).depth > 32),
  },
];

const HEADER: readonly Difference[] = [
  {
    name: '"alg" that is no string', stricter: 'Assay', than: SIGNATURE_ALONE, codes: ['header_invalid'],
    rule: 'RFC 7515 §4.1.1', explains: ({ header }) => typeof own(header.value, 'alg') !== 'string',
  },
  {
    name: '"typ" or "cty" that is no string', stricter: 'Assay', than: BOTH, codes: ['header_invalid'],
    rule: 'RFC 7515 §4.1.9, §4.1.10', explains: ({ header }) => ['typ', 'cty'].some((name) =>
      isObject(header.value) && Object.hasOwn(header.value, name) && typeof header.value[name] !== 'string'),
  },
  {
    name: '"crit"', stricter: 'Assay', than: SIGNATURE_ALONE, codes: ['critical_header_unsupported'],
    rule: 'RFC 7515 §4.1.11', explains: ({ header }) => isObject(header.value) && Object.hasOwn(header.value, 'crit'),
  },
  {
    name: '"crit" of a "b64" that is true', stricter: 'Assay', than: ['jose'], codes: ['critical_header_unsupported'],
    rule: 'RFC 7797 §7: not in a JWT; jose knows the extension', explains: ({ header }) =>
      JSON.stringify(own(header.value, 'crit')) === '["b64"]' && own(header.value, 'b64') === true,
  },
  {
    name: '"b64" without "crit"', stricter: 'Assay', than: BOTH, codes: ['critical_header_unsupported'],
    rule: 'RFC 7797 §6', explains: ({ header }) =>
      isObject(header.value) && Object.hasOwn(header.value, 'b64') && !Object.hasOwn(header.value, 'crit'),
  },
  {
    name: 'another "typ", none being asked for', stricter: 'Assay', than: BOTH, codes: ['type_not_allowed'],
    rule: 'RFC 8725 §3.11: absent or "JWT", which jose cannot say', explains: ({ header, expected }) =>
      expected.typ === undefined && own(header.value, 'typ') !== undefined && !isJwt(own(header.value, 'typ')),
  },
  {
    name: 'another "typ" than asked for', stricter: 'Assay', than: SIGNATURE_ALONE, codes: ['type_not_allowed'],
    rule: 'RFC 8725 §3.11', explains: ({ header, expected }) => expected.typ !== undefined
      && String(own(header.value, 'typ')).toLowerCase().replace(/^application\//, '') !== expected.typ,
  },
  {
    name: '"cty" of a nested token', stricter: 'Assay', than: BOTH, codes: ['type_not_allowed'],
    rule: 'RFC 7519 §5.2', explains: ({ header }) => isJwt(own(header.value, 'cty')),
  },
  {
    name: 'another "alg" than the signature is of', stricter: 'Assay', than: SIGNATURE_ALONE,
    codes: ['algorithm_not_allowed'], rule: 'RFC 8725 §3.1',
    explains: ({ header, expected }) => own(header.value, 'alg') !== expected.alg,
  },
];

/** The table. Where several explain a question, the first is counted. */
export const DIFFERENCES: readonly Difference[] =
  [...SPELLINGS, SHORT_PSS, ...FORM, ...HEADER, ...KEY_DIFFERENCES, ...CLAIM_DIFFERENCES];

/** The class of a question that we refuse and a peer accepts, or undefined: then nothing explains it. */
export function classOf(facts: Facts, peer: Peer): Difference | undefined {
  return DIFFERENCES.find(({ than, codes, explains }) =>
    than.includes(peer) && codes.includes(facts.code) && explains(facts));
}
