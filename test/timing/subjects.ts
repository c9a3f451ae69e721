/**
 * What compares secrets, and what compares them badly on purpose, each with the inputs to be told apart.
 *
 * @module
 */

import { createHmac, createSecretKey } from 'node:crypto';
import { createVerifier } from '../../src/verifier/index.ts';
import { createKeySet, signJwt } from '../../src/jose/index.ts';
import { schemeOf } from '../../src/jose/jwa.ts';
import { createSealer, isSame } from '../../src/server/sign-in/sealed-value.ts';
import type { Random } from '../fuzz/random.ts';

/** Where an input first differs from the secret that it is compared with. */
export type Place = 'start' | 'end' | 'nowhere';

/** A comparison, and two classes of inputs of equal length. */
export interface Subject {
  readonly name: string;
  readonly places: readonly [Place, Place];
  /** An input of a class. All are of equal length, and made by the same steps. */
  readonly input: (place: Place, random: Random) => unknown;
  /** Its result is used, so that no compiler leaves it out. */
  readonly compare: (input: unknown) => unknown;
  /** A control: it must be found to leak. */
  readonly leaks: boolean;
}

const SECRET = createSecretKey(Buffer.alloc(64, 'a secret of 64 octets, '));
const MESSAGE = Buffer.from('eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIn0');

/** Copies of a secret, in which one octet is another at the place. */
function spoil(secret: Buffer, place: Place, random: Random): Buffer {
  const copy = Buffer.from(secret);
  const at = place === 'start' ? 0 : copy.length - 1;
  // Always drawn, so that the classes are made by the same steps.
  const change = 1 + random.below(255);
  if (place !== 'nowhere') copy[at] = (copy[at] ?? 0) ^ change;
  return copy;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same of base64url. The last letter has spare bits, so the one before it is the end. */
function spoilText(text: string, place: Place, random: Random): string {
  const octets = Buffer.from(text, 'latin1');
  const at = place === 'start' ? 0 : octets.length - 2;
  const others = [...LETTERS].filter((letter) => letter.charCodeAt(0) !== octets[at]);
  const letter = random.pick(others).charCodeAt(0);
  if (place !== 'nowhere') octets[at] = letter;
  return octets.toString('latin1');
}

/** What a comparison must not do: it stops at the first octet that differs. */
function isSameEarly(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

function hmacSubject(bits: 256 | 384 | 512, places: Subject['places'], leaks: boolean): Subject {
  const scheme = schemeOf(`HS${bits}`);
  if (scheme === undefined) throw new TypeError('no such algorithm');
  const digest = (): Buffer => createHmac(`sha${bits}`, SECRET).update(MESSAGE).digest();
  return {
    name: leaks ? `control: HMAC-SHA-${bits}, compared octet by octet` : `HS${bits}: the signature check`,
    places, leaks,
    input: (place, random) => spoil(digest(), place, random),
    compare: leaks ? (input) => isSameEarly(digest(), input as Uint8Array) : (input) => scheme.verify(SECRET, MESSAGE, input as Uint8Array),
  };
}

function tokenSubject(): Subject {
  const now = 1_700_000_000;
  const claims = { iss: 'https://issuer.example', aud: 'a', sub: 's', exp: now + 60 };
  const token = signJwt(claims, SECRET, { alg: 'HS256' });
  const cut = token.lastIndexOf('.') + 1;
  const keys = createKeySet({ ...SECRET.export({ format: 'jwk' }), alg: 'HS256' });
  const verifier = createVerifier({ issuer: claims.iss, audience: 'a', keys, algorithms: ['HS256'], clock: () => now });
  return {
    name: 'HS256: a token refused by the verifier', places: ['start', 'end'], leaks: false,
    input: (place, random) => token.slice(0, cut) + spoilText(token.slice(cut), place, random),
    compare: (input) => verifier.tryVerifySync(input as string),
  };
}

function cookieSubject(): Subject {
  const sealer = createSealer([SECRET.export()]);
  const value = sealer.seal('__Host-session', { sub: '1', acc: 'a', iat: 1, exp: 2 });
  const cut = value.lastIndexOf('.') + 1;
  return {
    name: 'a cookie of the sign-in: the MAC', places: ['start', 'end'], leaks: false,
    input: (place, random) => value.slice(0, cut) + spoilText(value.slice(cut), place, random),
    compare: (input) => sealer.open('__Host-session', input as string),
  };
}

function textSubject(places: Subject['places'], leaks: boolean): Subject {
  const secret = createHmac('sha256', SECRET).update('anti-forgery').digest('base64url');
  return {
    name: leaks ? 'control: texts, compared letter by letter' : 'texts of the sign-in: the MAC, and g_csrf_token', places, leaks,
    input: (place, random) => spoilText(secret, place, random),
    compare: leaks ? (input) => isSameEarly(Buffer.from(secret), Buffer.from(input as string)) : (input) => isSame(secret, input as string),
  };
}

/** The comparisons, and the controls before them: what cannot see these sees nothing. */
export const SUBJECTS: readonly Subject[] = [
  hmacSubject(256, ['start', 'end'], true), textSubject(['start', 'end'], true),
  ...([256, 384, 512] as const).flatMap((bits) => [hmacSubject(bits, ['start', 'end'], false), hmacSubject(bits, ['end', 'nowhere'], false)]),
  tokenSubject(), cookieSubject(), textSubject(['start', 'end'], false), textSubject(['end', 'nowhere'], false),
];
