/**
 * Tokens of exactly the octets that are asked for, under a good signature: what no issuer should make.
 *
 * Not for the door: the playground breaks one rule at a time with it, so that no other check can be the one that refuses.
 *
 * @module
 */

import { encodeBase64url } from '../jose/base64url.ts';
import { schemeOf } from '../jose/jwa.ts';
import type { KeyRing } from './key-ring.ts';

const RINGS = new WeakMap<object, KeyRing>();

/** Remembers which keys are an issuer's, for as long as the issuer lives. */
export function rememberRing(issuer: object, ring: KeyRing): void {
  RINGS.set(issuer, ring);
}

/**
 * Signs a header and a payload, written as they shall stand, with the current key of a local issuer.
 *
 * @throws {TypeError} for an issuer that `createTestIssuer` has not made.
 */
export function signRaw(issuer: object, header: string, payload: string): string {
  const key = RINGS.get(issuer)?.choose('current');
  const scheme = schemeOf(key?.alg);
  if (key === undefined || scheme === undefined) throw new TypeError('"issuer" is no local issuer');
  const [first, second] = [header, payload].map((text) => encodeBase64url(Buffer.from(text, 'utf8')));
  const signingInput = `${first}.${second}`;
  return `${signingInput}.${encodeBase64url(scheme.sign(key.privateKey, Buffer.from(signingInput, 'utf8')))}`;
}
