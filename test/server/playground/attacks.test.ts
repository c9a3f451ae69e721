/** Each attack by itself: one thing is changed, and everything else is as it was. */
import { createHmac, createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeBase64url, readUnverified } from '../../../src/jose/index.ts';
import { ATTACKS } from '../../../src/server/playground/attacks.ts';
import { createTestIssuer } from '../../../src/testing/index.ts';

const NOW = 1_800_000_000.5;
const issuer = createTestIssuer({ clock: () => NOW });

const partsOf = (token: string): readonly [string, string, string] => {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, signature];
};
const json = (part: string): object => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;

function attack(name: string, token: string) {
  const made = ATTACKS.find((one) => one.name === name)
    ?.make({ encoded: partsOf(token), ...readUnverified(token), issuer, now: NOW }) ?? '';
  const [header, payload, signature] = partsOf(made);
  const key = createPublicKey({ key: issuer.jwks.keys[0] as JsonWebKey, format: 'jwk' });
  const holds = verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
  return { made, header, payload, signature, holds };
}

const good = issuer.mint({ sub: '12', name: 'Ada' });
const [header, payload, signature] = partsOf(good);

it('they are made in the order of the checks that catch them', () => {
  expect(ATTACKS.map(({ name, code }) => [name, code])).toEqual([
    ['padding', 'invalid_base64url'], ['crit', 'critical_header_unsupported'], ['type', 'type_not_allowed'],
    ['none', 'algorithm_not_allowed'], ['confusion', 'algorithm_not_allowed'], ['kid', 'key_not_found'],
    ['embedded', 'signature_invalid'], ['bit', 'signature_invalid'], ['twin', 'invalid_base64url'], ['duplicate', 'duplicate_member'],
    ['expired', 'token_expired'], ['lifetime', 'lifetime_too_long'], ['issuer', 'issuer_not_allowed'],
    ['audience', 'audience_not_allowed'],
  ]);
  expect(Object.isFrozen(ATTACKS)).toBe(true);
  expect(new Set(ATTACKS.map(({ title }) => title)).size).toBe(ATTACKS.length);
  expect(ATTACKS.every(({ title, story }) => title !== '' && story.length > 80)).toBe(true);
});

describe('with the spelling changed', () => {
  it('padding puts one letter behind the header', () => {
    expect(attack('padding', good).made).toBe(`${header}=.${payload}.${signature}`);
  });

  it.each([['A', 'B'], ['w', 'x'], ['8', '9'], ['-', '_'], ['Q', 'R'], ['g', 'h']])('the twin of a signature that ends in %s ends in %s', (last, next) => {
    const token = `${header}.${payload}.${signature.slice(0, -1)}${last}`;
    expect(attack('twin', token).made).toBe(`${header}.${payload}.${signature.slice(0, -1)}${next}`);
  });
});

describe('without the issuer\'s key', () => {
  it('none rewrites the header and drops the signature', () => {
    const none = attack('none', good);
    expect(json(none.header)).toEqual({ ...json(header), alg: 'none' });
    expect([none.payload, none.signature]).toEqual([payload, '']);
  });

  it('confusion takes the PEM of the public key for a secret', () => {
    const confused = attack('confusion', good);
    expect(json(confused.header)).toEqual({ ...json(header), alg: 'HS256' });
    expect(confused.payload).toBe(payload);
    const pem = createPublicKey({ key: issuer.jwks.keys[0] as JsonWebKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const mac = createHmac('sha256', pem).update(`${confused.header}.${payload}`).digest();
    expect(confused.signature).toBe(encodeBase64url(mac));
  });

  it('kid names a key that is not published, and keeps the claims', () => {
    const stranger = attack('kid', good);
    expect(json(stranger.payload)).toEqual(json(payload));
    expect(json(stranger.header)).not.toEqual(json(header));
    expect(stranger.holds).toBe(false);
  });

  it('embedded brings a public key along, by which the signature holds; the same one each time', () => {
    const [once, again] = [attack('embedded', good), attack('embedded', good)];
    const { jwk, ...others } = json(once.header) as { readonly jwk: JsonWebKey };
    expect(others).toEqual(json(header));
    expect(Object.keys(jwk).sort()).toEqual(['e', 'kty', 'n']);
    expect([jwk.kty, once.payload, once.holds]).toEqual(['RSA', payload, false]);
    const signed = Buffer.from(`${once.header}.${once.payload}`);
    expect(verify('sha256', signed, createPublicKey({ key: jwk, format: 'jwk' }), Buffer.from(once.signature, 'base64url'))).toBe(true);
    expect(again.made).toBe(once.made);
    expect(createPublicKey({ key: jwk, format: 'jwk' }).asymmetricKeyDetails?.modulusLength).toBe(2048);
  });
});

describe('one flipped bit', () => {
  const flipped = (claims: string): string => {
    const made = attack('bit', `${header}.${encodeBase64url(Buffer.from(claims))}.${signature}`);
    expect([made.header, made.signature]).toEqual([header, signature]);
    return Buffer.from(made.payload, 'base64url').toString();
  };

  it.each([
    ['{"iat":1,"sub":"12","name":"x7"}', '{"iat":1,"sub":"13","name":"x7"}'],
    ['{"sub":"a9"}', '{"sub":"a8"}'],
    ['{"sub":"ab","n":4}', '{"sub":"ab","n":5}'],
    ['{"sub":"a\\"1","n":"\u00f6"}', '{"sub":"a\\"1","o":"\u00f6"}'],
    ['{"\u00f6":"b"}', '{"\u00f6":"c"}'], ['{"sub":"7"}', '{"sub":"6"}'], ['{"sub":"a-123","x":1}', '{"sub":"a-122","x":1}'],
    ['{}', '{}'],
  ])('of %s makes %s', (claims, changed) => {
    expect(flipped(claims)).toBe(changed);
  });
});

describe('under a good signature', () => {
  const claims = json(payload) as { readonly iat: number };
  const day = 86_400;

  it.each([
    ['crit', { crit: ['https://example.com/only-on-sundays'], 'https://example.com/only-on-sundays': true }], ['type', { typ: 'at+jwt' }],
  ])('%s changes the header alone', (name, change) => {
    const made = attack(name, good);
    expect([json(made.header), json(made.payload), made.holds]).toEqual([{ ...json(header), ...change }, claims, true]);
  });

  it.each([
    ['expired', { iat: 1_800_000_000 - day, exp: 1_800_000_000 - day + 3600 }], ['lifetime', { iat: 1_800_000_000, exp: 1_800_000_000 + 365 * day }],
    ['issuer', { iss: 'https://accounts.google.com.example' }], ['audience', { aud: 'another-app.apps.googleusercontent.com' }],
  ])('%s changes some claims and no others', (name, change) => {
    const made = attack(name, good);
    expect([json(made.header), json(made.payload), made.holds]).toEqual([json(header), { ...claims, ...change }, true]);
  });

  it.each([['{"a":1}', '{"a":1,"sub":"admin","sub":"1"}'], ['{}', '{"sub":"admin","sub":"1"}']])('duplicate makes two subjects of %s', (before, after) => {
    const made = attack('duplicate', `${header}.${encodeBase64url(Buffer.from(before))}.${signature}`);
    expect([json(made.header), Buffer.from(made.payload, 'base64url').toString(), made.holds]).toEqual([json(header), after, true]);
  });
});
