/** The views of the key and of the seal: their fields are all of the octets, and the right ones. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { jwkToSpki } from '../../../src/jose/index.ts';
import { keyViewOf } from '../../../src/server/playground/key-view.ts';
import { sealViewOf } from '../../../src/server/playground/seal-view.ts';
import { createTestIssuer } from '../../../src/testing/index.ts';

const issuer = createTestIssuer();
const [jwk = {}] = issuer.jwks.keys as readonly { readonly n?: string; readonly e?: string }[];
const hexOf = (fields: readonly { readonly hex: string }[]): string => fields.map(({ hex }) => hex).join('');
const base64urlOf = (hex: string | undefined): string => Buffer.from(hex ?? '', 'hex').toString('base64url');

describe('the key', () => {
  const view = keyViewOf(jwk, true);
  const field = (label: string): string | undefined => view.spki.find((one) => one.label === label)?.hex;

  it('is all of the SubjectPublicKeyInfo, field by field', () => {
    expect(hexOf(view.spki)).toBe(Buffer.from(jwkToSpki(jwk)).toString('hex'));
    expect(view.spki.every(({ hex }) => hex !== '')).toBe(true);
    expect(base64urlOf(field('n'))).toBe(jwk.n);
    expect(base64urlOf(field('e'))).toBe(jwk.e);
    expect(field('sign')).toBe('00');
    expect(field('1.2.840.113549.1.1.1')).toBe('2a864886f70d010101');
    expect(view.bits).toBe(2048);
  });

  it('has its INTEGERs whole', () => {
    expect(view.integers.map((fields) => hexOf(fields).slice(0, 10))).toEqual([expect.stringMatching(/^0282010100/), '0203010001']);
  });
});

describe('the seal', () => {
  const token = issuer.mint();
  const header = { kid: issuer.kid };
  const open = (text: string) => sealViewOf(text, header, issuer.jwks.keys);

  it('opens into the whole encoded message, with the hash of the characters', () => {
    const view = open(token);
    const [start, padding, end, info, hash] = view?.message ?? [];
    expect(hexOf(view?.message ?? [])).toHaveLength(512);
    expect([start?.hex, end?.hex, info?.hex]).toEqual(['0001', '00', '3031300d060960864801650304020105000420']);
    expect(padding?.hex).toBe('ff'.repeat(202));
    const signingInput = token.slice(0, token.lastIndexOf('.'));
    expect(hash?.hex).toBe(createHash('sha256').update(signingInput).digest('hex'));
    expect(view).toMatchObject({ equal: true, exponent: 65537, hash: hash?.hex });
  });

  it('is another hash where the characters are others, and noise where the signature is', () => {
    const [first = '', second = '', third = ''] = token.split('.');
    expect(open(`${first}.${second}A.${third}`)).toMatchObject({ equal: false, message: { length: 5 } });
    const spoilt = Buffer.from(third, 'base64url');
    spoilt.writeUInt8(spoilt.readUInt8(200) ^ 1, 200);
    const noise = open(`${first}.${second}.${spoilt.toString('base64url')}`);
    expect(noise).toMatchObject({ equal: false, message: [{ label: 'noise' }] });
    expect(noise?.broken).toContain('noise');
  });

  it('is not opened where there is nothing to open', () => {
    const signed = token.slice(0, token.lastIndexOf('.'));
    expect(open(`${signed}.`)).toBeUndefined();
    expect(open('a')).toBeUndefined();
    expect(open(`${signed}.AAAA`)?.broken).toContain('3 octets');
    expect(open(`${signed}.${Buffer.alloc(256, 255).toString('base64url')}`)?.broken).toContain('not below n');
    expect(open(token)?.kid).toBe(issuer.kid);
    expect(sealViewOf(token, undefined, issuer.jwks.keys)?.equal).toBe(true);
    expect(sealViewOf(token, header, [])).toBeUndefined();
  });
});
