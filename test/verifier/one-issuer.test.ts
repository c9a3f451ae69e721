import { describe, expect, it } from 'vitest';
import { createKeySet, type JwsAlgorithm } from '../../src/jose/index.ts';
import { createVerifier } from '../../src/verifier/index.ts';
import { jwkSet, publicJwk } from '../../spec-vectors/generate/keys.ts';
import { AUDIENCE, CLAIMS, codeOf, ISSUER, KEYS, mint, NOW, OPTIONS, refusalOf } from './issuer.ts';

describe('createVerifier with one issuer', () => {
  it('accepts a genuine token and returns what it holds', () => {
    const jwt = createVerifier(OPTIONS).verifySync(mint({ role: 'admin' }));
    expect(jwt).toEqual({
      header: { alg: 'RS256', kid: 'rsa-1', typ: 'JWT' },
      claims: { ...CLAIMS, role: 'admin' },
      key: { kid: 'rsa-1', alg: 'RS256' },
    });
  });

  it('leaves kid out of the key that has none', () => {
    const keys = createKeySet(publicJwk('rsa-1', { kid: undefined }));
    expect(createVerifier({ ...OPTIONS, keys }).verifySync(mint()).key).toEqual({ alg: 'RS256' });
  });

  it('takes several spellings of the one issuer', () => {
    const verifier = createVerifier({ ...OPTIONS, issuer: ['https://a.example', 'a.example'] });
    for (const iss of ['https://a.example', 'a.example']) expect(verifier.verifySync(mint({ iss })).claims.iss)
      .toBe(iss);
  });

  it.each([`${ISSUER}/`, ISSUER.toUpperCase(), ISSUER.slice(0, -1), ` ${ISSUER}`, 'issuer.example', '', '__proto__'])(
    'compares the issuer octet for octet: %j',
    (iss) => expect(codeOf(() => createVerifier(OPTIONS).verifySync(mint({ iss })))).toBe('issuer_not_allowed'),
  );

  it('takes any of several audiences, as a string or in an array', () => {
    const verifier = createVerifier({ ...OPTIONS, audience: ['client-1', 'client-2'] });
    for (const aud of ['client-1', 'client-2', ['client-2'], ['stranger', 'client-1']]) {
      expect(verifier.verifySync(mint({ aud })).claims.aud).toEqual(aud);
    }
  });

  it.each([['another'], [[]], [['another']], ['client-'], ['client-12'], ['CLIENT-1'], ['client-1,client-2']])(
    'refuses a token for another audience: %j',
    (aud) => expect(codeOf(() => createVerifier(OPTIONS).verifySync(mint({ aud })))).toBe('audience_not_allowed'),
  );

  it('leaves issuer and audience unchecked only where they are null', () => {
    const stranger = mint({ iss: 'https://stranger.example', aud: undefined });
    expect(createVerifier({ ...OPTIONS, issuer: null, audience: null }).verifySync(stranger).claims.aud)
      .toBeUndefined();
    expect(refusalOf(() => createVerifier({ ...OPTIONS, issuer: null }).verifySync(stranger)))
      .toMatchObject({ code: 'claim_missing', claim: 'aud' });
    expect(codeOf(() => createVerifier({ ...OPTIONS, audience: null }).verifySync(stranger)))
      .toBe('issuer_not_allowed');
    expect(refusalOf(() => createVerifier({ ...OPTIONS, audience: null }).verifySync(mint({ iss: undefined }))))
      .toMatchObject({ code: 'claim_missing', claim: 'iss' });
  });

  it('still asks for the types of claims that are unchecked', () => {
    const verifier = createVerifier({ ...OPTIONS, issuer: null, audience: null });
    expect(refusalOf(() => verifier.verifySync(mint({ iss: 1 }))))
      .toMatchObject({ code: 'claim_invalid', claim: 'iss' });
    expect(refusalOf(() => verifier.verifySync(mint({ aud: [1] }))))
      .toMatchObject({ code: 'claim_invalid', claim: 'aud' });
  });
});

describe('the algorithms of a verifier', () => {
  const SIGNERS: readonly (readonly [JwsAlgorithm, string])[] = [
    ['RS256', 'rsa-1'], ['RS384', 'rsa-1'], ['RS512', 'rsa-1'], ['PS256', 'rsa-1'], ['PS384', 'rsa-1'],
    ['PS512', 'rsa-1'],
    ['ES256', 'ec-1'], ['ES384', 'ec-384'], ['ES512', 'ec-521'], ['EdDSA', 'ed-1'], ['Ed25519', 'ed-1'],
    ['HS256', 'hs-1'], ['HS384', 'hs-1'], ['HS512', 'hs-1'],
  ];

  it.each(SIGNERS)('accept %s by name, and by no other name', (alg, key) => {
    const keys = createKeySet(publicJwk(key));
    const token = mint({}, key, { alg });
    expect(createVerifier({ ...OPTIONS, keys, algorithms: [alg] }).verifySync(token).key.alg).toBe(alg);
    for (const [other] of SIGNERS.filter(([name]) => name !== alg)) {
      const verifier = createVerifier({ ...OPTIONS, keys, algorithms: [other] });
      expect(codeOf(() => verifier.verifySync(token)), other).toBe('algorithm_not_allowed');
    }
  });

  it('are RS256 alone by default', () => {
    const verifier = createVerifier({ ...OPTIONS, keys: createKeySet(jwkSet('rsa-1', 'ec-1', 'ed-1')) });
    for (const [alg, key] of SIGNERS.filter(([name]) => !name.startsWith('HS') && name !== 'RS256')) {
      expect(codeOf(() => verifier.verifySync(mint({}, key, { alg }))), alg).toBe('algorithm_not_allowed');
    }
  });

  it('leave the choice to the key: an allowed algorithm of another key type is refused', () => {
    const keys = createKeySet({ keys: [publicJwk('rsa-1', { kid: 'k' }), publicJwk('ec-1', { kid: 'e' })] });
    const verifier = createVerifier({ ...OPTIONS, keys, algorithms: ['RS256', 'ES256'] });
    expect(codeOf(() => verifier.verifySync(mint({}, 'ec-1', { kid: 'k' })))).toBe('algorithm_not_allowed');
    expect(verifier.verifySync(mint({}, 'ec-1', { kid: 'e' })).key).toEqual({ kid: 'e', alg: 'ES256' });
  });
});

describe('a key that says what it is for', () => {
  it('serves no other algorithm, however many are allowed', () => {
    const keys = createKeySet(jwkSet(publicJwk('rsa-1', { alg: 'PS256' })));
    const verifier = createVerifier({ ...OPTIONS, keys, algorithms: ['RS256', 'PS256', 'PS384'] });
    expect(verifier.verifySync(mint({}, 'rsa-1', { alg: 'PS256' })).key.alg).toBe('PS256');
    for (const alg of ['RS256', 'PS384'] as const) {
      expect(codeOf(() => verifier.verifySync(mint({}, 'rsa-1', { alg })))).toBe('algorithm_not_allowed');
    }
  });

  it('serves nothing when it is for encryption, or not for verifying', () => {
    for (const members of [{ use: 'enc' }, { key_ops: ['encrypt'] }]) {
      const verifier = createVerifier({ ...OPTIONS, keys: createKeySet(publicJwk('rsa-1', members)) });
      expect(codeOf(() => verifier.verifySync(mint()))).toBe('key_unusable');
    }
  });
});

describe('the keys of a verifier', () => {
  it('are looked up by the kid of the token', () => {
    const verifier = createVerifier({ ...OPTIONS, keys: createKeySet(jwkSet('rsa-1', 'rsa-2')) });
    expect(verifier.verifySync(mint({}, 'rsa-2')).key.kid).toBe('rsa-2');
    expect(codeOf(() => verifier.verifySync(mint({}, 'rsa-2', { kid: 'rsa-1' })))).toBe('signature_invalid');
    expect(codeOf(() => verifier.verifySync(mint({}, 'rsa-2', { kid: 'rsa-3' })))).toBe('key_not_found');
  });

  it('may be any source with a find', () => {
    const asked: (string | undefined)[] = [];
    const find = (kid: string | undefined) => {
      asked.push(kid);
      return KEYS.find(kid);
    };
    createVerifier({ ...OPTIONS, keys: { find } }).verifySync(mint());
    expect(asked).toEqual(['rsa-1']);
  });

  it('are not asked for a token that is refused before', () => {
    const find = (): never => {
      throw new Error('asked');
    };
    const verifier = createVerifier({ ...OPTIONS, keys: { find } });
    expect(codeOf(() => verifier.verifySync(mint({}, 'ec-1')))).toBe('algorithm_not_allowed');
    expect(codeOf(() => verifier.verifySync(mint({}, 'rsa-1', { typ: 'at+jwt' })))).toBe('type_not_allowed');
    expect(codeOf(() => verifier.verifySync('a.b'))).toBe('malformed_compact');
  });

  it('serve from a certificate only within its dates by the clock of the verifier', () => {
    const key = { ...KEYS.keys[0], validity: { notBefore: NOW, notAfter: NOW + 10 } } as typeof KEYS.keys[0] & object;
    const at = (now: number) => createVerifier({ ...OPTIONS, keys: { find: () => [key] }, clock: () => now });
    for (const now of [NOW, NOW + 10]) expect(at(now).verifySync(mint()).key.kid).toBe('rsa-1');
    for (const now of [NOW - 1, NOW + 11]) expect(codeOf(() => at(now).verifySync(mint()))).toBe('key_unusable');
  });
});

it('names the audience it was made for only by the rule, never by value', () => {
  const error = refusalOf(() => createVerifier(OPTIONS).verifySync(mint({ aud: 'secret-audience' })));
  expect(`${error.message} ${error.rule}`).not.toMatch(/secret-audience/);
  expect(error.rule).toBe('RFC 7519 §4.1.3');
  expect(AUDIENCE).not.toBe('secret-audience');
});
