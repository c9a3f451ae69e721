/**
 * Distinguished Encoding Rules (X.690 §10): just enough to write a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), and the signatures of ECDSA.
 *
 * There is no reader. A key that comes as DER is checked by writing it again: DER has one encoding for each value, so
 * what was read is canonical exactly when both are equal, octet for octet.
 *
 * @module
 */

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = 0x05;
const OBJECT_IDENTIFIER = 0x06;
const SEQUENCE = 0x30;

/** One DER element: tag, length, content (X.690 §8.1). */
export function derElement(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return new Uint8Array(Buffer.concat([Uint8Array.of(tag), derLength(length), ...content]));
}

/**
 * A length, as short as it can be (X.690 §10.1):
 *
 *   0xxxxxxx                  short form, 0..127
 *   1nnnnnnn  L1 .. Ln        long form, n octets, L1 != 0
 */
function derLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  return Uint8Array.of(0x80 | octets.length, ...octets);
}

export function derSequence(...elements: readonly Uint8Array[]): Uint8Array {
  return derElement(SEQUENCE, ...elements);
}

export function derNull(): Uint8Array {
  return derElement(NULL);
}

/** A non-negative INTEGER (X.690 §8.3) of a big-endian magnitude that has no leading zero octet. */
export function derInteger(magnitude: Uint8Array): Uint8Array {
  // Two's complement: a zero octet in front keeps a number positive whose first bit is one. Zero itself is one zero octet.
  const [first = 0x80] = magnitude;
  return first < 0x80 ? derElement(INTEGER, magnitude) : derElement(INTEGER, Uint8Array.of(0), magnitude);
}

/** A BIT STRING (X.690 §8.6) of whole octets: the first content octet counts the unused bits, of which there are none. */
export function derBitString(octets: Uint8Array): Uint8Array {
  return derElement(BIT_STRING, Uint8Array.of(0), octets);
}

/** An OBJECT IDENTIFIER (X.690 §8.19): its first two arcs share an octet. */
export function derObjectIdentifier(first: number, second: number, ...arcs: readonly number[]): Uint8Array {
  return derElement(OBJECT_IDENTIFIER, Uint8Array.from([first * 40 + second, ...arcs].flatMap(base128)));
}

/** Seven bits an octet, most significant first, the high bit set on all but the last. */
function base128(arc: number): number[] {
  const octets = [arc & 0x7f];
  for (let rest = arc >>> 7; rest > 0; rest >>>= 7) octets.unshift(0x80 | (rest & 0x7f));
  return octets;
}
