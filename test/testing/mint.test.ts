import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createGoogleVerifier } from '../../src/google/index.ts';
import { createKeySet, JwtError, readUnverified, thumbprint } from '../../src/jose/index.ts';
import { createFakeClock, createTestIssuer, TEST_AUDIENCE, type TestIssuer } from '../../src/testing/index.ts';
import { createVerifier } from '../../src/verifier/index.ts';
import { exportJwk } from '../../src/jose/pem.ts';

const START = 1_700_000_000;

// Generated once: a tenth of a second each.
const rsa = [1, 2, 3].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);

const googleIssuer = () => createTestIssuer({ clock: createFakeClock(START), keys: rsa });
const edIssuer = () =>
  createTestIssuer({ alg: 'EdDSA', clock: createFakeClock(START), issuer: 'https://issuer.example' });
const edVerifier = ({ issuer, audience, keys, clock }: TestIssuer) =>
  createVerifier({ issuer, audience, algorithms: ['EdDSA'], keys, clock });

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof JwtError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('mint', () => {
  test('makes a token that the Google preset accepts, with keys live, of the JWK Set, and of certificates', () => {
    const issuer = googleIssuer();
    const token = issuer.mint();
    const sources = [issuer.keys, createKeySet(issuer.jwks), createKeySet(issuer.certificates)];
    for (const keys of sources) {
      const options = { audience: issuer.audience, clock: issuer.clock, requireVerifiedEmail: true };
      const google = createGoogleVerifier({ ...options, keys });
      const { header, claims } = google.verifySync(token);
      expect(header).toEqual({ alg: 'RS256', kid: issuer.kid, typ: 'JWT' });
      expect(claims).toEqual({
        iss: 'https://accounts.google.com',
        azp: TEST_AUDIENCE,
        aud: TEST_AUDIENCE,
        sub: '110169484474386276334',
        email: 'user@example.com',
        email_verified: true,
        iat: START,
        exp: START + 3600,
      });
    }
  });

  test('lets claims replace defaults, and undefined remove them', () => {
    const { claims } = readUnverified(edIssuer().mint({ sub: 'ada', email: undefined, aud: ['a', 'b'], hd: null }));
    expect(claims).toMatchObject({ sub: 'ada', aud: ['a', 'b'], azp: 'a', hd: null });
    expect(Object.hasOwn(claims, 'email')).toBe(false);
  });

  test('follows the clock, and its lifetime may have passed', () => {
    const issuer = edIssuer();
    const verifier = edVerifier(issuer);
    const token = issuer.mint();
    issuer.clock.advance(3599);
    expect(codeOf(() => verifier.verifySync(token))).toBe('accepted');
    issuer.clock.advance(1);
    expect(codeOf(() => verifier.verifySync(token))).toBe('token_expired');
    expect(codeOf(() => verifier.verifySync(issuer.mint()))).toBe('accepted');
    expect(codeOf(() => verifier.verifySync(issuer.mint({}, { lifetime: -1 })))).toBe('token_expired');
  });

  test('sets the header', () => {
    const issuer = edIssuer();
    const { header } = readUnverified(issuer.mint({}, { kid: null, typ: 'at+jwt' }));
    expect(header).toEqual({ alg: 'EdDSA', typ: 'at+jwt' });
    expect(readUnverified(issuer.mint({}, { kid: 'other' })).header.kid).toBe('other');
  });

  test('signs with a key that was never published, under its own ID or another', () => {
    const issuer = edIssuer();
    const verifier = edVerifier(issuer);
    expect(codeOf(() => verifier.verifySync(issuer.mint({}, { key: 'unpublished' })))).toBe('key_not_found');
    const forged = issuer.mint({}, { key: 'unpublished', kid: issuer.kid });
    expect(codeOf(() => verifier.verifySync(forged))).toBe('signature_invalid');
  });

  test.each<[string, object, object?]>([
    ['claims that are no object', []],
    ['a number that JSON has not', { n: Number.NaN }],
    ['an unknown option', {}, { ttl: 5 }],
    ['an undefined option', {}, { kid: undefined }],
    ['an unknown key', {}, { key: 'next' }],
    ['a previous key before any rotation', {}, { key: 'previous' }],
    ['an empty kid', {}, { kid: '' }],
    ['a lifetime that is no number', {}, { lifetime: '1h' }],
  ])('refuses %s', (_, claims, options) => {
    const mint = edIssuer().mint as (claims: object, options?: object) => string;
    expect(() => mint(claims, options)).toThrow(TypeError);
  });
});

describe('rotation', () => {
  test('overlaps, and then removes', () => {
    const issuer = edIssuer();
    const verifier = edVerifier(issuer);
    const first = issuer.kid;
    const before = issuer.mint();
    const second = issuer.rotate();
    expect(issuer.kid).toBe(second);
    expect(second).not.toBe(first);
    expect(issuer.jwks.keys).toMatchObject([{ kid: second }, { kid: first }]);
    expect(Object.keys(issuer.certificates).sort()).toEqual([first, second].sort());
    expect(readUnverified(issuer.mint()).header.kid).toBe(second);
    for (const token of [before, issuer.mint(), issuer.mint({}, { key: 'previous' })]) {
      expect(codeOf(() => verifier.verifySync(token))).toBe('accepted');
    }

    expect(issuer.retire()).toEqual([first]);
    expect(issuer.jwks.keys).toHaveLength(1);
    expect(codeOf(() => verifier.verifySync(before))).toBe('key_not_found');
    expect(codeOf(() => verifier.verifySync(issuer.mint({}, { key: 'previous' })))).toBe('key_not_found');
    expect(codeOf(() => verifier.verifySync(issuer.mint()))).toBe('accepted');
    expect(issuer.retire()).toEqual([]);
  });

  test('keeps all keys published until they are retired', () => {
    const issuer = edIssuer();
    const kids = [issuer.kid, issuer.rotate(), issuer.rotate()];
    expect(issuer.jwks.keys.map((key) => Reflect.get(key, 'kid'))).toEqual([...kids].reverse());
    expect(issuer.retire()).toEqual([kids[1], kids[0]]);
  });

  test('uses the keys it was given, in order', () => {
    const issuer = googleIssuer();
    const expected = rsa.map((key) => thumbprint(exportJwk(createPublicKey(key))));
    issuer.rotate();
    issuer.rotate();
    expect(issuer.jwks.keys.map((key) => thumbprint(key))).toEqual([...expected].reverse());
  });
});
