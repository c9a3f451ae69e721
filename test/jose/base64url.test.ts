import { describe, expect, it, vi } from 'vitest';
import { decodeBase64url, decodePart, encodeBase64url, octetsOf } from '../../src/jose/base64url.ts';
import { octets } from './octets.ts';
import { outcomeOf, refusalOf } from './refusal.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** What strictness means: Buffer decodes to octets that it encodes to the very same text. */
function isCanonical(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}

describe('base64url (RFC 4648 §5, RFC 7515 §2)', () => {
  it('is the example of RFC 7515 appendix C', () => {
    expect(encodeBase64url(Uint8Array.of(3, 236, 255, 224, 193))).toBe('A-z_4ME');
    expect(decodeBase64url('A-z_4ME')).toEqual(Uint8Array.of(3, 236, 255, 224, 193));
  });

  it('encodes and decodes as Buffer does, at every length from 0 to 300', () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = octets(`base64url ${length}`, length);
      const text = encodeBase64url(bytes);
      expect(text).toBe(bytes.toString('base64url'));
      expect(Buffer.from(decodeBase64url(text))).toEqual(bytes);
    }
  });

  it('gives each text of two characters to the one octet it canonically names, or to none (RFC 4648 §3.5)', () => {
    const wrong: string[] = [];
    let accepted = 0;
    for (const a of ALPHABET) {
      for (const b of ALPHABET) {
        const passes = outcomeOf(() => decodeBase64url(a + b)) === 'accepted';
        if (passes !== isCanonical(a + b)) wrong.push(a + b);
        if (passes) accepted++;
      }
    }
    expect(wrong).toEqual([]);
    expect(accepted).toBe(256);
  });

  it.each(['', 'AAAA'])('refuses unused bits at the end of three characters, after "%s" (RFC 4648 §3.5)', (front) => {
    const wrong: string[] = [];
    // The first character carries six whole bits whatever it is: some will do. The two that decide are all tried.
    for (const a of 'A_') {
      for (const b of ALPHABET) {
        for (const c of ALPHABET) {
          const text = front + a + b + c;
          const passes = outcomeOf(() => decodeBase64url(text)) === 'accepted';
          if (passes !== isCanonical(text)) wrong.push(text);
          if (passes && !Buffer.from(decodeBase64url(text)).equals(Buffer.from(text, 'base64url'))) wrong.push(text);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('refuses a length that no octets have: 1 mod 4', () => {
    for (const text of ['A', 'AAAAA', 'AAAAAAAAA']) {
      expect(outcomeOf(() => decodeBase64url(text)), text).toBe('invalid_base64url');
    }
  });

  // Each place is read by a line of its own: the four of a whole group, the two or three of the last.
  it.each([
    ['the 1st of a group', (unit: string) => `${unit}AAA`],
    ['the 2nd of a group', (unit: string) => `A${unit}AA`],
    ['the 3rd of a group', (unit: string) => `AA${unit}A`],
    ['the 4th of a group', (unit: string) => `AAA${unit}`],
    ['the 1st of two', (unit: string) => `${unit}A`],
    ['the 2nd of two', (unit: string) => `A${unit}`],
    ['the 1st of three', (unit: string) => `${unit}AA`],
    ['the 2nd of three', (unit: string) => `A${unit}A`],
    ['the 3rd of three', (unit: string) => `AA${unit}`],
  ])('takes, of the 65,536 UTF-16 units, only letters of the alphabet as %s character', (_, textOf) => {
    let accepted = '';
    for (let unit = 0; unit <= 0xffff; unit++) {
      const character = String.fromCharCode(unit);
      try {
        decodeBase64url(textOf(character));
        accepted += character;
      } catch {
        // refused
      }
    }
    const expected = [...ALPHABET].filter((letter) => isCanonical(textOf(letter)));
    expect([...accepted].sort()).toEqual(expected.sort());
  });

  it.each([
    ['padding', 'Zg=='], ['padding of three', 'Zm8='], ['plus', 'Zm+v'], ['slash', 'Zm/v'], ['space', 'Zm9 v'],
    ['newline', 'Zm9v\n'], ['leading newline', '\nZm9v'], ['NUL', 'Zm9\0'], ['percent', 'Zm9%3D'], ['DEL', 'Zm9\x7f'],
    ['text after padding', 'Zg==Zg=='], ['full width', 'Zm9Ｖ'], ['an astral character', 'Zm\u{1F600}'],
    ['a lone surrogate', 'Zm9\ud800'], ['U+0141, whose low octet is "A"', 'Zm9\u0141'],
    ['U+4E41, likewise', 'Zm9\u4e41'],
  ])('refuses %s', (_, text) => {
    expect(refusalOf(() => decodeBase64url(text))).toMatchObject({ code: 'invalid_base64url', rule: 'RFC 7515 §2' });
  });

  it('refuses the twin of every letter that shares its low octet, instead of taking it for the letter', () => {
    for (const letter of ALPHABET) {
      for (const plane of [0x100, 0x200, 0x4e00, 0xff00]) {
        const twin = String.fromCharCode(letter.charCodeAt(0) + plane);
        expect(outcomeOf(() => decodeBase64url(`AAA${twin}`))).toBe('invalid_base64url');
        expect(outcomeOf(() => octetsOf(`AAA${twin}`))).toBe('invalid_base64url');
      }
    }
  });

  it('names the text that was refused, and does not quote it', () => {
    const error = refusalOf(() => decodePart('Zm9*', 0, 4, 'the JWS Signature'));
    expect(error.message).toBe('the JWS Signature is not canonical base64url without padding');
  });

  it('decodes only from start up to end, and looks at nothing beside', () => {
    const text = '*.Zm9vYg.*';
    expect(Buffer.from(decodePart(text, 2, 8, 'it')).toString()).toBe('foob');
    expect(decodePart(text, 2, 2, 'it')).toEqual(new Uint8Array(0));
  });

  it('returns a copy that owns its memory, and no more memory than it needs', () => {
    const bytes = decodeBase64url('Zm9vYmFy');
    expect(bytes.buffer.byteLength).toBe(6);
    decodeBase64url('QUFBQUFB');
    expect(Buffer.from(bytes).toString()).toBe('foobar');
  });

  // The memory that is used again holds 16,384 letters, and 12,288 octets less one; beyond that, each text has its own.
  it.each([12_286, 12_287, 12_288, 12_289, 12_290, 50_000])('decodes %i octets, around what its memory holds', (length) => {
    const bytes = octets('long', length);
    const text = bytes.toString('base64url');
    expect(Buffer.from(decodeBase64url(text)).equals(bytes)).toBe(true);
    expect(outcomeOf(() => decodeBase64url(`${text.slice(0, -5)}\u0141${text.slice(-4)}`))).toBe('invalid_base64url');
    expect(outcomeOf(() => decodeBase64url(`${text.slice(0, -5)}*${text.slice(-4)}`))).toBe('invalid_base64url');
  });

  it.each([16_384, 20_000])('takes no octets of another letter for letters in a text of %i, which just fill its memory', (length) => {
    // The letter takes two octets, so that the last of the text is not written: as many are as the text has letters.
    expect(outcomeOf(() => octetsOf(`AA\u0141${'A'.repeat(length - 3)}`))).toBe('invalid_base64url');
    expect(outcomeOf(() => octetsOf('A'.repeat(length)))).toBe('accepted');
  });

  it('knows all letters, and nothing else, from the first text on', async () => {
    vi.resetModules();
    const fresh = await import('../../src/jose/base64url.ts');
    for (const other of ['\0', '=', '+', '/', '@', '[', '`', '{', '\x7f']) {
      expect(() => fresh.decodeBase64url(`${other}AAA`)).toThrow('canonical');
      expect(() => fresh.decodeBase64url(`A${other}AA`)).toThrow('canonical');
    }
    expect(Buffer.from(fresh.decodeBase64url(ALPHABET)).toString('base64url')).toBe(ALPHABET);
  });

  it('keeps nothing of a text that was refused, or that another has followed', () => {
    expect(decodePart('Zm9vYmFy', 0, 4, 'it')).toEqual(Uint8Array.from(Buffer.from('foo')));
    expect(outcomeOf(() => octetsOf('AAAAAAA\u0141'))).toBe('invalid_base64url');
    expect(decodePart('Zm9vYmFy', 0, 4, 'it')).toEqual(Uint8Array.from(Buffer.from('foo')));
    expect(Buffer.from(octetsOf('abc').subarray(0, 3)).toString()).toBe('abc');
    expect(Buffer.from(octetsOf('xyz').subarray(0, 3)).toString()).toBe('xyz');
    expect(outcomeOf(() => octetsOf('AAAAAAA\u0141'))).toBe('invalid_base64url');
  });

  it.each([undefined, null, 7, ['Zm9v'], Buffer.from('Zm9v')])('throws TypeError for a text that is %o', (text) => {
    expect(() => decodeBase64url(text as never)).toThrow(new TypeError('"text" expected string'));
  });

  it.each([
    undefined, 'Zm9v', [1, 2], new Uint16Array(1), new ArrayBuffer(1),
  ])('throws TypeError to encode %o', (bytes) => {
    expect(() => encodeBase64url(bytes as never)).toThrow(new TypeError('"bytes" expected Uint8Array'));
  });
});
