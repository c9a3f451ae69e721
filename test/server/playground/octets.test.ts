/** The views of the key and of the seal: their fields are all of the octets, and the right ones. */
import { constants, createHash, generateKeyPairSync, privateEncrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeBase64url, jwkToSpki } from '../../../src/jose/index.ts';
import { keyViewOf, spkiFields } from '../../../src/server/playground/key-view.ts';
import { sealViewOf } from '../../../src/server/playground/seal-view.ts';
import { createTestIssuer } from '../../../src/testing/index.ts';

const issuer = createTestIssuer();
const [jwk = {}] = issuer.jwks.keys as readonly { readonly n?: string; readonly e?: string }[];
const hexOf = (fields: readonly { readonly hex: string }[]): string => fields.map(({ hex }) => hex).join('');
const base64urlOf = (hex: string | undefined): string => Buffer.from(hex ?? '', 'hex').toString('base64url');

describe('the key', () => {

  it('is all of the SubjectPublicKeyInfo, field by field', () => {
    const view = keyViewOf(jwk, true);
    const field = (label: string): string | undefined => view.spki.find((one) => one.label === label)?.hex;
    expect(hexOf(view.spki)).toBe(Buffer.from(jwkToSpki(jwk)).toString('hex'));
    expect(view.spki.every(({ hex }) => hex !== '')).toBe(true);
    expect(base64urlOf(field('n'))).toBe(jwk.n);
    expect(base64urlOf(field('e'))).toBe(jwk.e);
    expect(field('sign')).toBe('00');
    expect(field('1.2.840.113549.1.1.1')).toBe('2a864886f70d010101');
    expect(view.bits).toBe(2048);
  });

  it('has its INTEGERs whole', () => {
    const view = keyViewOf(jwk, true);
    const n = Buffer.from(jwk.n ?? '', 'base64url').toString('hex');
    expect(view.integers.map(hexOf)).toEqual([`0282010100${n}`, '0203010001']);
  });

  it('has its members as they were published, fit to be shown, and its ID if it has one', () => {
    const view = keyViewOf(jwk, true);
    expect(view).toMatchObject({ kid: issuer.kid, current: true });
    expect(view.jwk).toEqual(Object.entries(jwk).map(([name, value]) => ({ name, value: JSON.stringify(value) })));
    const other = keyViewOf({ kty: 'RSA', n: jwk.n, e: jwk.e, '\u202e': 'x'.repeat(2000) }, false);
    expect(other).toMatchObject({ kid: '', current: false });
    expect(other.jwk.at(-1)).toEqual({ name: '\\u202e', value: `"${'x'.repeat(1999)}... (2002 characters)` });
  });

  it('says of each field what it is and what it is a part of, so that a header lights all that it spans', () => {
    const view = keyViewOf(jwk, true);
    expect(view.spki.map(({ label, about }) => [label, ...about])).toEqual([
      ['SEQUENCE', 'spki'],
      ['SEQUENCE', 'spki.algorithm'],
      ['OID', 'spki.algorithm.oid'],
      ['1.2.840.113549.1.1.1', 'spki.algorithm.oid.arcs'],
      ['NULL', 'spki.algorithm.null'],
      ['BIT STRING', 'spki.bits'],
      ['unused bits', 'spki.bits.unused'],
      ['SEQUENCE', 'spki.bits.rsa'],
      ['INTEGER', 'spki.bits.rsa.n'],
      ['sign', 'spki.bits.rsa.n.sign'],
      ['n', 'key.n', 'spki.bits.rsa.n.value'],
      ['INTEGER', 'spki.bits.rsa.e'],
      ['e', 'key.e', 'spki.bits.rsa.e.value'],
    ]);
    const der = Buffer.from(jwkToSpki(jwk));
    let at = 0;
    for (const { hex, about: [subject = ''], label } of view.spki) {
      const spanned = view.spki.filter(({ about }) => about.some((one) => one === subject || one.startsWith(`${subject}.`)));
      // DER of this size: a length of two octets behind 82, or in the octet itself.
      const [length, header] = der[at + 1] === 0x82 ? [der.readUInt16BE(at + 2), 4] : [der[at + 1] ?? 0, 2];
      if (/^[A-Z ]+$/.test(label)) expect([label, hexOf(spanned).length / 2]).toEqual([label, header + length]);
      at += hex.length / 2;
    }
    expect(at).toBe(der.length);
  });

  it('has no sign octet where the first bit of n is none', () => {
    const rsa = '0205' + '7fffffffff' + '0203' + '010001';
    const bits = `00300c${rsa}`;
    const der = `301e300d06092a864886f70d0101010500` + `03${(bits.length / 2).toString(16).padStart(2, '0')}${bits}`;
    const fields = spkiFields(Buffer.from(der, 'hex'));
    expect(hexOf(fields)).toBe(der);
    expect(fields.map(({ label }) => label)).not.toContain('sign');
    expect(fields.find(({ label }) => label === 'n')?.hex).toBe('7fffffffff');
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
    expect(view?.signature).toBe(Buffer.from(token.slice(signingInput.length + 1), 'base64url').toString('hex'));
    expect(view).not.toHaveProperty('broken');
    expect(view?.message.map(({ label, about }) => [label, ...about])).toEqual([
      ['00 01', 'seal.start'], ['padding', 'seal.padding'], ['00', 'seal.end'], ['DigestInfo', 'seal.info'], ['SHA-256', 'seal.hash'],
    ]);
    expect(padding?.words).toMatch(/^202 octets of FF/);
  });

  it('is another hash where the characters are others, and noise where the signature is', () => {
    const [first = '', second = '', third = ''] = token.split('.');
    expect(open(`${first}.${second}A.${third}`)).toMatchObject({ equal: false, message: { length: 5 } });
    const spoilt = Buffer.from(third, 'base64url');
    spoilt.writeUInt8(spoilt.readUInt8(200) ^ 1, 200);
    const noise = open(`${first}.${second}.${spoilt.toString('base64url')}`);
    expect(noise).toMatchObject({ equal: false, message: [{ label: 'noise', about: ['seal.noise'] }] });
    expect(noise?.message[0]?.hex).toHaveLength(512);
    expect(noise?.broken).toContain('noise');
  });

  it('is not opened where there is nothing to open', () => {
    const signed = token.slice(0, token.lastIndexOf('.'));
    expect(open(`${signed}.`)).toBeUndefined();
    for (const text of ['', 'a', 'a.b', 'a..AAAA', '.b.AAAA', 'a.b.', `${token}.AAAA`, `AAAA.${token}`]) expect(open(text), text).toBeUndefined();
    expect(open(`${signed}.AAAA`)).toMatchObject({ broken: expect.stringContaining('3 octets, and this key makes 256'), message: [], equal: false });
    expect(open(`${signed}.${Buffer.alloc(256, 255).toString('base64url')}`)).toMatchObject({
      broken: expect.stringContaining('not below n'), message: [], equal: false,
    });
    expect(open(token)?.kid).toBe(issuer.kid);
    expect(sealViewOf(token, undefined, issuer.jwks.keys)?.equal).toBe(true);
    expect(sealViewOf(token, header, [])).toBeUndefined();
  });

  it('is opened with the key that the token names, else with the first that is RSA', () => {
    const [first, second] = [keyOf(2048, 'first'), keyOf(2048, 'second')];
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwks = [publicKey.export({ format: 'jwk' }), first.jwk, second.jwk];
    const sealed = second.seal(['0001', 'ff'.repeat(202), '00', INFO]);
    expect(sealViewOf(sealed, { kid: 'second' }, jwks)).toMatchObject({ kid: 'second', equal: true });
    for (const other of [{ kid: 'first' }, { kid: 'third' }, {}, undefined]) {
      expect(sealViewOf(sealed, other, jwks)).toMatchObject({ kid: 'first', equal: false });
    }
    const { kid: _, ...nameless } = second.jwk;
    expect(sealViewOf(sealed, undefined, [nameless])).toMatchObject({ kid: '', equal: true });
  });

  it('is as many octets as hold the bits of n', () => {
    const { jwk: odd, seal } = keyOf(2052, 'odd');
    expect(sealViewOf(seal(['0001', 'ff'.repeat(203), '00', INFO]), undefined, [odd])).toMatchObject({ equal: true });
  });

  it('is noise where anything in front of the hash is not as it must be, the hash being right', () => {
    const { jwk: own, seal } = keyOf(2048, 'own');
    for (const message of [
      ['0002', 'ff'.repeat(202), '00', INFO], ['0001', `${'ff'.repeat(201)}fe`, '00', INFO], ['0001', `fe${'ff'.repeat(201)}`, '00', INFO],
      ['0001', 'ff'.repeat(202), '01', INFO], ['0001', 'ff'.repeat(202), '00', INFO.replace('0420', '0421')],
    ]) {
      const view = sealViewOf(seal(message), undefined, [own]);
      expect(view, message.join(' ')).toMatchObject({ equal: false, message: { length: 1 }, broken: expect.stringContaining('noise') });
    }
  });
});

/** RFC 8017 §9.2 note 1 */
const INFO = '3031300d060960864801650304020105000420';

/** A key, and what it makes of an encoded message of which only the hash is given. */
function keyOf(modulusLength: number, kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  const signed = `${encodeBase64url(Buffer.from('{}'))}.${encodeBase64url(Buffer.from('{}'))}`;
  const seal = (front: readonly string[]): string => {
    const message = Buffer.from(`${front.join('')}${createHash('sha256').update(signed).digest('hex')}`, 'hex');
    return `${signed}.${encodeBase64url(privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, message))}`;
  };
  return { jwk: { ...publicKey.export({ format: 'jwk' }), kid }, seal };
}
