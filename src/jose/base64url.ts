/**
 * Base64url without padding (RFC 4648 §5, RFC 7515 §2).
 *
 * Strict: if decoding succeeds, the text was the one canonical spelling of its octets. Node's own decoder skips
 * spaces, takes `+` and `/`, allows padding and drops spare bits, so that many texts would name the same octets.
 *
 * @module
 */

import { JwtError } from './errors.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Marks an octet that is not in the alphabet. Above the six bits of a digit, so one OR over all digits keeps it. */
const BAD = 0x40;

/** Octet -> its six bits, or BAD. */
const DIGITS: Uint8Array = new Uint8Array(256).fill(BAD);
for (let digit = 0; digit < 64; digit++) DIGITS[ALPHABET.charCodeAt(digit)] = digit;

/**
 * Encodes octets as base64url without padding.
 *
 * @example
 * encodeBase64url(Uint8Array.of(3, 236, 255, 224, 193)); // 'A-z_4ME', RFC 7515 appendix C
 */
export function encodeBase64url(bytes: Uint8Array): string {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('"bytes" expected Uint8Array');
  let text = '';
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 6; bits -= 6) text += ALPHABET.charAt((pending >> (bits - 6)) & 63);
  }
  if (bits > 0) text += ALPHABET.charAt((pending << (6 - bits)) & 63);
  return text;
}

/**
 * Decodes base64url without padding.
 *
 * @throws {JwtError} `invalid_base64url` when `text` is not the one canonical spelling of its octets.
 * @example
 * decodeBase64url('A-z_4ME'); // Uint8Array [ 3, 236, 255, 224, 193 ]
 */
export function decodeBase64url(text: string): Uint8Array {
  if (typeof text !== 'string') throw new TypeError('"text" expected string');
  const octets = octetsOf(text);
  return decodeOctets(octets, 0, octets.length, 'the text');
}

/**
 * The octets of a text that must be ASCII.
 *
 * Written as UTF-8 and counted: a latin1 copy would keep only the low eight bits, so that U+0141 would pass for `A`.
 *
 * @throws {JwtError} `invalid_base64url` when a character is not ASCII.
 */
export function octetsOf(text: string): Buffer {
  const octets = Buffer.from(text, 'utf8');
  if (octets.length !== text.length) throw notCanonical('the text');
  return octets;
}

/**
 * Decodes the base64url text that lies in `octets` from `start` up to, not including, `end`. The result is a copy.
 *
 * @param what names the text in the message of a refusal: "the JWS Signature", say.
 * @throws {JwtError} `invalid_base64url` as {@link decodeBase64url} does.
 */
export function decodeOctets(octets: Uint8Array, start: number, end: number, what: string): Uint8Array {
  const spare = (end - start) & 3;
  // RFC 4648 §4: four digits carry three octets; a last group of two or three carries one or two. One digit carries none.
  if (spare === 1) throw notCanonical(what);
  const whole = end - spare;
  const bytes = new Uint8Array(((end - start) * 3) >> 2);
  let seen = 0;
  let at = 0;
  for (let i = start; i < whole; i += 4) {
    const a = digitAt(octets, i);
    const b = digitAt(octets, i + 1);
    const c = digitAt(octets, i + 2);
    const d = digitAt(octets, i + 3);
    seen |= a | b | c | d;
    bytes[at++] = (a << 2) | (b >> 4);
    bytes[at++] = (b << 4) | (c >> 2);
    bytes[at++] = (c << 6) | d;
  }
  if (spare !== 0) {
    const a = digitAt(octets, whole);
    const b = digitAt(octets, whole + 1);
    const c = spare === 3 ? digitAt(octets, whole + 2) : 0;
    bytes[at++] = (a << 2) | (b >> 4);
    if (spare === 3) bytes[at] = (b << 4) | (c >> 2);
    // RFC 4648 §3.5: the bits of the last digit that carry nothing are zero, or two texts would name the same octets.
    const unused = spare === 3 ? c & 3 : b & 15;
    seen |= a | b | c | (unused === 0 ? 0 : BAD);
  }
  if ((seen & BAD) !== 0) throw notCanonical(what);
  return bytes;
}

function digitAt(octets: Uint8Array, index: number): number {
  // Both are in range: the callers stay within the text, and the table has a place for every octet.
  return DIGITS[octets[index] as number] as number;
}

function notCanonical(what: string): JwtError {
  return new JwtError('invalid_base64url', { message: `${what} is not canonical base64url without padding` });
}
