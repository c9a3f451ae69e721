/**
 * The explained differences that lie in key sets.
 *
 * @module
 */

import { createPublicKey, X509Certificate } from 'node:crypto';
import { BOTH, SIGNATURE_ALONE, type Difference } from './difference.ts';
import { candidatesOf, own, type AnyObject, type Facts, type KeyMember } from './facts.ts';

/** The members that the token may mean, all but those without fault. */
const meant = ({ keys, header }: Facts): readonly KeyMember[] => candidatesOf(keys, own(header.value, 'kid'));

const someJwk = (facts: Facts, is: (jwk: AnyObject) => boolean): boolean =>
  meant(facts).some(({ jwk }) => jwk !== undefined && is(jwk));

const has = (jwk: AnyObject, name: string): boolean => Object.hasOwn(jwk, name);

/** Base64url in its one spelling; for a number also without leading zeros. */
function isCanonical(text: unknown, isNumber: boolean): boolean {
  if (typeof text !== 'string') return false;
  const octets = Buffer.from(text, 'base64url');
  return octets.toString('base64url') === text && !(isNumber && (octets.length === 0 || octets[0] === 0));
}

const MATERIAL: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['RSA', ['n', 'e']], ['EC', ['x', 'y']], ['OKP', ['x']], ['oct', ['k']],
]);

/** Kid, alg and use are strings, key_ops distinct ones. */
function isMistyped(jwk: AnyObject): boolean {
  const operations = jwk['key_ops'];
  return ['kid', 'alg', 'use'].some((name) => has(jwk, name) && typeof jwk[name] !== 'string')
    || (has(jwk, 'key_ops') && !(Array.isArray(operations) && new Set(operations).size === operations.length
      && operations.every((operation) => typeof operation === 'string')));
}

const isPrivate = (jwk: AnyObject): boolean =>
  jwk['kty'] !== 'oct' && ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'].some((name) => has(jwk, name));

/** WebCrypto makes a string of whatever is given, of `["P-256"]` too. */
const isMisspelt = (jwk: AnyObject): boolean =>
  (MATERIAL.get(jwk['kty']) ?? []).some((name) => !isCanonical(jwk[name], jwk['kty'] === 'RSA'))
  || (['EC', 'OKP'].some((kty) => kty === jwk['kty']) && typeof jwk['crv'] !== 'string');

/** RFC 7468 §3: the strict form, of one block. */
const PEM = /^(?:[ \t]*\r?\n)*-----BEGIN ([A-Z ]+)-----\r?\n(?:[\w+/=]+\r?\n)+-----END \1-----\s*$/;

const UNUSABLE = ['key_not_found', 'key_unusable'] as const;

/** A SubjectPublicKeyInfo that OpenSSL reads, and would write otherwise: with NULL for the parameters of RSA, say. */
function isNotItsDer(pem: string): boolean {
  const [, body] = /^-----BEGIN PUBLIC KEY-----([^-]+)/.exec(pem.trimStart()) ?? [];
  if (body === undefined) return false;
  try {
    return !createPublicKey(pem).export({ format: 'der', type: 'spki' }).equals(Buffer.from(body, 'base64'));
  } catch {
    return false;
  }
}

/** A date that OpenSSL prints as no date: one octet of it is none of a UTCTime, say. */
function hasUnreadableDates(pem: string): boolean {
  if (!pem.includes('CERTIFICATE')) return false;
  try {
    const { validFrom, validTo } = new X509Certificate(pem);
    return [validFrom, validTo].some((date) => Number.isNaN(Date.parse(date)));
  } catch {
    return false;
  }
}

export const KEY_DIFFERENCES: readonly Difference[] = [
  {
    name: 'private key in the set', stricter: 'Assay', than: SIGNATURE_ALONE, codes: UNUSABLE, rule: 'RFC 7517 §9.2',
    explains: (facts) => someJwk(facts, isPrivate),
  },
  {
    name: 'key with a member of the wrong type', stricter: 'Assay', than: SIGNATURE_ALONE, codes: UNUSABLE,
    rule: 'RFC 7517 §4.2 to §4.5', explains: (facts) => someJwk(facts, isMistyped),
  },
  {
    name: 'key spelt another way', stricter: 'Assay', than: BOTH, codes: UNUSABLE,
    rule: 'RFC 7518 §2, §6: strings, in canonical base64url, numbers without leading zeros',
    explains: (facts) => someJwk(facts, isMisspelt),
  },
  {
    name: 'key that is not for signatures', stricter: 'Assay', than: SIGNATURE_ALONE, codes: ['key_unusable'],
    rule: 'RFC 7517 §4.2, §4.3', explains: (facts) => someJwk(facts, ({ use, key_ops: operations }) =>
      (use !== undefined && use !== 'sig') || (Array.isArray(operations) && !operations.includes('verify'))),
  },
  {
    name: 'key for another algorithm', stricter: 'Assay', than: SIGNATURE_ALONE, codes: ['algorithm_not_allowed'],
    rule: 'RFC 7517 §4.4', explains: (facts) => someJwk(facts, ({ alg }) =>
      typeof alg === 'string' && alg !== facts.expected.alg),
  },
  {
    name: 'several keys of one ID', stricter: 'Assay', than: BOTH, codes: ['key_unusable'], rule: 'RFC 7517 §4.5',
    explains: (facts) => typeof own(facts.header.value, 'kid') === 'string'
      && meant(facts).filter(({ kid }) => kid !== undefined).length > 1,
  },
  {
    name: 'secret beside public keys', stricter: 'Assay', than: BOTH, codes: ['key_unusable'], rule: 'RFC 8725 §2.1',
    explains: ({ keys }) => keys.some(({ jwk }) => jwk?.['kty'] === 'oct')
      && keys.some(({ jwk }) => jwk !== undefined && jwk['kty'] !== 'oct'),
  },
  {
    name: 'key without an ID among others', stricter: 'Assay', than: BOTH, codes: ['key_not_found'],
    rule: 'RFC 7515 §4.1.4: the key of that ID, or the only one', explains: (facts) =>
      facts.keys.length > 1 && meant(facts).length > 0 && meant(facts).every(({ kid }) => kid === undefined),
  },
  {
    name: 'PEM in a loose form', stricter: 'Assay', than: BOTH, codes: [...UNUSABLE, 'mistake of the caller'],
    rule: 'RFC 7468 §3', explains: (facts) => meant(facts).some(({ pem }) => pem !== undefined && !PEM.test(pem)),
  },
  {
    name: 'public key in another encoding', stricter: 'Assay', than: BOTH, codes: UNUSABLE,
    rule: 'RFC 3279 §2.3.1, RFC 7468 §13: NULL for the parameters of RSA, and the one DER',
    explains: (facts) => meant(facts).some(({ pem }) => pem !== undefined && isNotItsDer(pem)),
  },
  {
    name: 'certificate with dates that are none', stricter: 'Assay', than: BOTH, codes: UNUSABLE, rule: 'RFC 5280 §4.1.2.5',
    explains: (facts) => meant(facts).some(({ pem }) => pem !== undefined && hasUnreadableDates(pem)),
  },
];
