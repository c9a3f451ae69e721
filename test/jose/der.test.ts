import { describe, expect, it } from 'vitest';
import {
  derBitString,
  derElement,
  derInteger,
  derNull,
  derObjectIdentifier,
  derSequence,
} from '../../src/jose/der.ts';

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

describe('DER (X.690 §10)', () => {
  it.each([
    [0, '00'], [1, '01'], [127, '7f'], [128, '8180'], [255, '81ff'], [256, '820100'], [65_535, '82ffff'],
    [65_536, '83010000'],
  ])('writes the length %i as short as it can be (X.690 §10.1)', (length, expected) => {
    const element = derElement(0x04, new Uint8Array(length));
    expect(hex(element.subarray(0, element.length - length))).toBe(`04${expected}`);
  });

  it('joins contents in their order under one length', () => {
    expect(hex(derElement(0x04, Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)))).toBe('0403010203');
  });

  it.each([
    ['00', [], '020100'],
    ['01', [0x01], '020101'],
    ['7f', [0x7f], '02017f'],
    ['80: a zero octet keeps it positive', [0x80], '02020080'],
    ['ff', [0xff], '020200ff'],
    ['0100', [0x01, 0x00], '02020100'],
    ['8000', [0x80, 0x00], '0203008000'],
  ])('writes INTEGER %s in two\'s complement (X.690 §8.3)', (_, magnitude, expected) => {
    expect(hex(derInteger(Uint8Array.from(magnitude)))).toBe(expected);
  });

  it.each([
    ['rsaEncryption, an arc of three octets', [1, 2, 840, 113549, 1, 1, 1], '06092a864886f70d010101'],
    ['P-256, an arc of two octets', [1, 2, 840, 10045, 3, 1, 7], '06082a8648ce3d030107'],
    ['P-384, with a zero arc', [1, 3, 132, 0, 34], '06052b81040022'],
    ['Ed25519, arcs below 128', [1, 3, 101, 112], '06032b6570'],
    ['arcs of 127 and 128', [1, 3, 127, 128], '06042b7f8100'],
    ['a first octet above 127', [2, 999, 3], '0603883703'],
  ] as const)('writes OBJECT IDENTIFIER %s (X.690 §8.19)', (_, [first, second, ...arcs], expected) => {
    expect(hex(derObjectIdentifier(first, second, ...arcs))).toBe(expected);
  });

  it('writes SEQUENCE, NULL and a BIT STRING without unused bits', () => {
    expect(hex(derSequence(derNull(), derBitString(Uint8Array.of(0xa5))))).toBe('30060500030200a5');
  });
});
