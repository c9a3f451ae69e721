/**
 * What the signature alone says: a token verified with node:crypto and nothing else, as leniently as Node.js reads.
 *
 * @module
 */

import { constants, createHmac, createPublicKey, createSecretKey, verify, X509Certificate,
  type KeyObject } from 'node:crypto';
import { candidatesOf, keyMembersOf, keysOf, own, parseJson, type KeyMember } from './facts.ts';
import type { Question } from './question.ts';

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

/** By the algorithm that the policy names; the header is not asked. */
const CHECKS: Readonly<Record<string, (key: KeyObject, input: Buffer, signature: Buffer) => boolean>> = {
  RS256: (key, input, signature) => key.asymmetricKeyType === 'rsa' && verify('sha256', input, key, signature),
  PS256: (key, input, signature) =>
    key.asymmetricKeyType === 'rsa' && verify('sha256', input, { key, ...PSS }, signature),
  ES256: (key, input, signature) =>
    key.asymmetricKeyType === 'ec' && verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature),
  EdDSA: (key, input, signature) => key.asymmetricKeyType === 'ed25519' && verify(null, input, key, signature),
  HS256: (key, input, signature) =>
    key.type === 'secret' && createHmac('sha256', key).update(input).digest().equals(signature),
};

/** A member as node:crypto reads it. @throws what node:crypto throws. */
export function keyObjectOf({ jwk, pem }: KeyMember): KeyObject {
  if (pem !== undefined) {
    return pem.includes('CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem);
  }
  if (own(jwk, 'kty') === 'oct') return createSecretKey(Buffer.from(String(own(jwk, 'k')), 'base64url'));
  // The public half alone: some versions take a private JWK for it, others do not.
  const half = ['kty', 'crv', 'n', 'e', 'x', 'y'].map((name) => [name, own(jwk, name)] as const);
  return createPublicKey({ key: Object.fromEntries(half.filter(([, value]) => value !== undefined)), format: 'jwk' });
}

/** Whether the signature holds under a key that the token may mean: that of its key ID, or one without any. */
export function signatureHolds(question: Question): boolean {
  const [header = '', payload = '', signature = ''] = question.token.split('.');
  const kid = own(parseJson(Buffer.from(header, 'base64url').toString('utf8')), 'kid');
  const input = Buffer.from(`${header}.${payload}`);
  return candidatesOf(keyMembersOf(keysOf(question)), kid).some((member) => {
    try {
      const check = CHECKS[question.subject.signer.alg];
      return check?.(keyObjectOf(member), input, Buffer.from(signature, 'base64url')) === true;
    } catch {
      return false; // node:crypto will not have the key, or not this signature
    }
  });
}
