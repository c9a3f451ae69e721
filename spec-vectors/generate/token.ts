/**
 * Compact JWSs (RFC 7515 §7.1), well formed and not.
 *
 * @module
 */

import { signer, type Signer } from './sign.ts';

/** The time of verification in most groups: 2023-11-14T22:13:20Z. */
export const NOW = 1_700_000_000;
export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'client-1';

/** Members to put into a header or a claims set; undefined takes one away. */
export type Members = Readonly<Record<string, unknown>>;

/** A header or a payload: members, or a text or octets as they are. */
export type Part = Members | string | Uint8Array;

/** The signer of most tokens. */
export const RS256: Signer = signer('rsa-1', 'RS256');

export function header(members: Members = {}): Members {
  return { alg: 'RS256', kid: 'rsa-1', ...members };
}

export function claims(members: Members = {}): Members {
  return { iss: ISSUER, aud: AUDIENCE, sub: 'user-1', iat: NOW - 60, exp: NOW + 3600, ...members };
}

/** The claims set as JSON text, with a text put in front of its closing brace: `,"a":1`, for instance. */
export function claimsText(inserted: string, members: Members = {}): string {
  return `${JSON.stringify(claims(members)).slice(0, -1)}${inserted}}`;
}

/** Likewise for the header. */
export function headerText(inserted: string, members: Members = {}): string {
  return `${JSON.stringify(header(members)).slice(0, -1)}${inserted}}`;
}

export function base64url(part: Part): string {
  if (part instanceof Uint8Array) return Buffer.from(part).toString('base64url');
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** A token made of two encoded parts, genuinely signed as they stand, whatever they are. */
export function signParts(encodedHeader: string, encodedPayload: string, by: Signer = RS256): string {
  const input = `${encodedHeader}.${encodedPayload}`;
  return `${input}.${base64url(by(input))}`;
}

/** A genuinely signed token of a header and a payload. */
export function compact(headerPart: Part, payload: Part, by: Signer = RS256): string {
  return signParts(base64url(headerPart), base64url(payload), by);
}

/** A token that is right in everything but the claims given. */
export function jwt(own: Members = {}): string {
  return compact(header(), claims(own));
}

/** A token that is right in everything but the Header Parameters given. */
export function jwtWithHeader(own: Members, by: Signer = RS256): string {
  return compact(header(own), claims(), by);
}

/** A genuine token of one algorithm and key. */
export function jwtBy(key: string, alg: string, own: Members = {}): string {
  return compact({ alg, kid: key, ...own }, claims(), signer(key, alg));
}

export interface TokenParts {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

export function split(token: string): TokenParts {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return { header, payload, signature };
}

/** The same token with another signature. */
export function withSignature(token: string, signature: string | Uint8Array): string {
  const parts = split(token);
  return `${parts.header}.${parts.payload}.${typeof signature === 'string' ? signature : base64url(signature)}`;
}

/** The first of a series of texts that has a property. */
export function firstSuchThat(make: (counter: number) => string, accept: (text: string) => boolean): string {
  for (let counter = 0; counter < 10_000; counter++) {
    const text = make(counter);
    if (accept(text)) return text;
  }
  throw new Error('no text of the series has the property');
}
