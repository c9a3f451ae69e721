/**
 * Tokens under a shared secret, by node:crypto alone.
 *
 * @module
 */

import { createHmac } from 'node:crypto';

/** The secret as the JWK that --hs-key reads. */
export function importSecret(secret: Uint8Array): object {
  return { kty: 'oct', k: Buffer.from(secret).toString('base64url'), alg: 'HS256' };
}

/** An HS256 token. */
export function sign(claims: object, secret: Uint8Array): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}
