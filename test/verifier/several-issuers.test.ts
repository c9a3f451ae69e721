import { describe, expect, it, vi } from 'vitest';
import { createKeySet, type KeySet } from '../../src/jose/index.ts';
import { createVerifier, type IssuerPolicy } from '../../src/verifier/index.ts';
import { publicJwk } from '../../spec-vectors/generate/keys.ts';
import { codeOf, mint, NOW, refusalOf, untyped } from './issuer.ts';

const [A, B] = ['https://a.example', 'https://b.example'];
const clock = () => NOW;

/** Two tenants that call different keys by the same ID. */
const keysOf = (key: string): KeySet => createKeySet(publicJwk(key, { kid: 'same' }));
const TENANT_A: IssuerPolicy = { issuer: A, audience: 'client-a', keys: keysOf('rsa-1') };
const TENANT_B: IssuerPolicy = { issuer: [B, 'b.example'], audience: 'client-b', keys: keysOf('rsa-2') };
const tenantOf = (iss: string) => new Map([[A, TENANT_A], [B, TENANT_B], ['b.example', TENANT_B]]).get(iss);

const byA = (claims: object = {}) => mint({ iss: A, aud: 'client-a', ...claims }, 'rsa-1', { kid: 'same' });
const byB = (claims: object = {}) => mint({ iss: B, aud: 'client-b', ...claims }, 'rsa-2', { kid: 'same' });

describe.each([['a list', [TENANT_A, TENANT_B]], ['a function', tenantOf]])('issuers as %s', (_, issuers) => {
  const verifier = createVerifier({ issuers, clock });

  it('verify each token with the keys of its issuer', () => {
    expect(verifier.verifySync(byA()).claims.iss).toBe(A);
    expect(verifier.verifySync(byB()).claims.iss).toBe(B);
    expect(verifier.verifySync(byB({ iss: 'b.example' })).claims.iss).toBe('b.example');
  });

  it('refuse a token of one tenant that claims to come from another, whose keys bear the same ID', () => {
    verifier.verifySync(byA());
    expect(codeOf(() => verifier.verifySync(byA({ iss: B, aud: 'client-b' })))).toBe('signature_invalid');
    verifier.verifySync(byB());
    expect(codeOf(() => verifier.verifySync(byB({ iss: A, aud: 'client-a' })))).toBe('signature_invalid');
  });

  it('hold each token to the audience of its own issuer', () => {
    expect(codeOf(() => verifier.verifySync(byA({ aud: 'client-b' })))).toBe('audience_not_allowed');
    expect(codeOf(() => verifier.verifySync(byB({ aud: 'client-a' })))).toBe('audience_not_allowed');
  });

  it.each(['https://c.example', `${A}/`, A.toUpperCase(), '', '__proto__', 'constructor', 'toString'])(
    'refuse a stranger: %j',
    (iss) => expect(refusalOf(() => verifier.verifySync(byA({ iss }))))
      .toMatchObject({ code: 'issuer_not_allowed', claim: 'iss' }),
  );

  it('refuse a token without a usable "iss" before any key is looked for', () => {
    expect(refusalOf(() => verifier.verifySync(byA({ iss: undefined }))))
      .toMatchObject({ code: 'claim_missing', claim: 'iss' });
    for (const iss of [null, 1, [A], { [A]: true }]) {
      expect(refusalOf(() => verifier.verifySync(byA({ iss })))).toMatchObject({ code: 'claim_invalid', claim: 'iss' });
    }
  });

  it('agree with the asynchronous variant', async () => {
    expect(await verifier.verify(byB())).toEqual(verifier.verifySync(byB()));
    await expect(verifier.verify(byA({ iss: B }))).rejects.toMatchObject({ code: 'signature_invalid' });
  });
});

describe('before the signature of the issuer has held', () => {
  const find = vi.fn(() => []);
  const spied: IssuerPolicy = { issuer: A, audience: 'client-a', keys: { find } };

  it('an unknown issuer leads to no look-up of keys', () => {
    const verifier = createVerifier({ issuers: [spied], clock });
    expect(codeOf(() => verifier.verifySync(byB()))).toBe('issuer_not_allowed');
    expect(find).not.toHaveBeenCalled();
    expect(codeOf(() => verifier.verifySync(byA()))).toBe('key_not_found');
    expect(find).toHaveBeenCalledOnce();
  });

  it('no other claim is looked at', () => {
    const verifier = createVerifier({ issuers: [TENANT_A], clock });
    const [header, , signature] = byA().split('.');
    const encoded = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
    const forged = (claims: object) => `${header}.${encoded(claims)}.${signature}`;
    for (const claims of [{ iss: A }, { iss: A, exp: 0 }, { iss: A, exp: 'never', aud: 1 }]) {
      expect(codeOf(() => verifier.verifySync(forged(claims)))).toBe('signature_invalid');
    }
  });

  it('the payload is parsed as strictly as ever', () => {
    const verifier = createVerifier({ issuers: [TENANT_A], clock });
    const [header, , signature] = byA().split('.');
    const raw = (text: string) => `${header}.${Buffer.from(text, 'latin1').toString('base64url')}.${signature}`;
    expect(codeOf(() => verifier.verifySync(raw(`{"iss":"${B}","iss":"${A}"}`)))).toBe('duplicate_member');
    expect(codeOf(() => verifier.verifySync(raw(`{"iss":"${A}\xff"}`)))).toBe('invalid_utf8');
    expect(codeOf(() => verifier.verifySync(raw(`["${A}"]`)))).toBe('invalid_json');
    expect(codeOf(() => verifier.verifySync(`${header}.e30=.${signature}`))).toBe('invalid_base64url');
  });

  it('the header is refused before the issuer is looked for', () => {
    const issuers = vi.fn(() => undefined);
    const verifier = createVerifier({ issuers, clock });
    expect(codeOf(() => verifier.verifySync(mint({}, 'rsa-1', { typ: 'at+jwt' })))).toBe('type_not_allowed');
    expect(issuers).not.toHaveBeenCalled();
  });
});

describe('a function of issuers', () => {
  it('that returns the policy of another issuer does not get its tokens accepted', () => {
    const verifier = createVerifier({ issuers: () => TENANT_B, clock });
    expect(codeOf(() => verifier.verifySync(byB({ iss: 'https://c.example' })))).toBe('issuer_not_allowed');
    expect(codeOf(() => verifier.verifySync(byA()))).toBe('issuer_not_allowed');
    expect(verifier.verifySync(byB()).claims.iss).toBe(B);
  });

  it.each([
    ['a string', A], ['true', true], ['null', null], ['an array', [TENANT_A]], ['an empty object', {}],
    ['a Promise', Promise.resolve(TENANT_A)], ['a policy without audience', { issuer: A, keys: TENANT_A.keys }],
    ['audience: undefined', { ...TENANT_A, audience: undefined }], ['issuer: null', { ...TENANT_A, issuer: null }],
    ['a misspelt member', { ...TENANT_A, audiance: 'client-a' }],
    ['a JWK Set for keys', { ...TENANT_A, keys: { keys: [] } }],
    ['no algorithm', { ...TENANT_A, algorithms: [] }], ['"none"', { ...TENANT_A, algorithms: ['none'] }],
  ])('that returns %s is a mistake of the caller', (_, answer) => {
    const verifier = createVerifier({ issuers: untyped(() => answer), clock });
    expect(() => verifier.verifySync(byA())).toThrow(TypeError);
  });

  it.each([['an Error', new Error('no')], ['a RangeError', new RangeError('no')], ['a string', 'no'],
    ['null', null]])('that throws %s is a mistake too', (_, thrown) => {
    const issuers = (): never => {
      throw thrown;
    };
    expect(() => createVerifier({ issuers, clock }).verifySync(byA())).toThrow(TypeError);
  });

  it.each([[A], [true], [null], [[TENANT_A]], [Promise.resolve(TENANT_A)]])('that returns %o is told what it may return', (answer) => {
    const verifier = createVerifier({ issuers: untyped(() => answer), clock });
    expect(() => verifier.verifySync(byA())).toThrow(new TypeError('"issuers" returned neither a policy nor undefined'));
  });

  it('whose answer throws when it is looked at is a mistake, and what was thrown is not passed on', () => {
    const getPrototypeOf = (): never => {
      throw new RangeError('secret');
    };
    const verifier = createVerifier({ issuers: () => new Proxy({ ...TENANT_A }, { getPrototypeOf }), clock });
    expect(() => verifier.verifySync(byA())).toThrow(new TypeError('a function given to the verifier threw'));
  });

  it('that throws with the claim in its error does not pass it on', () => {
    const issuers = (iss: string) => tenantOf(new URL(iss).origin);
    let error: unknown;
    try {
      createVerifier({ issuers, clock }).verifySync(byA({ iss: 'secret claim value' }));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TypeError);
    expect(JSON.stringify([error, String(error), Object.entries(error as object)])).not.toContain('secret claim value');
  });

  it('is checked once per policy that it returns, and followed when it returns another', () => {
    let audience = 'client-a';
    const policies = new Map<string, IssuerPolicy>();
    const issuers = () => {
      const policy = policies.get(audience) ?? { ...TENANT_A, audience };
      policies.set(audience, policy);
      return policy;
    };
    const verifier = createVerifier({ issuers, clock });
    expect(verifier.verifySync(byA()).claims.aud).toBe('client-a');
    audience = 'client-x';
    expect(codeOf(() => verifier.verifySync(byA()))).toBe('audience_not_allowed');
  });
});

describe('a list of issuers', () => {
  it.each([
    ['an empty list', []], ['one issuer twice', [TENANT_A, { ...TENANT_B, issuer: [B, A] }]], ['a string', A],
    ['null', null],
    ['a Map', new Map([[A, TENANT_A]])], ['an object by name', { [A]: TENANT_A }], ['a null member', [null]],
    ['a member without keys', [{ issuer: A, audience: 'client-a' }]],
    ['a member with a clock', [{ ...TENANT_A, clock }]],
    ['issuer: null', [{ ...TENANT_A, issuer: null }]], ['no audience', [{ issuer: A, keys: TENANT_A.keys }]],
    ['an empty audience', [{ ...TENANT_A, audience: [] }]],
    ['HS256 beside RS256', [{ ...TENANT_A, algorithms: ['HS256', 'RS256'] }]],
  ])('must not be %s', (_, issuers) => {
    expect(() => createVerifier(untyped({ issuers, clock }))).toThrow(TypeError);
  });

  it.each(['issuer', 'audience', 'keys'])('excludes the option %s', (name) => {
    expect(() => createVerifier(untyped({ issuers: [TENANT_A], [name]: TENANT_A[name as 'issuer'] })))
      .toThrow(TypeError);
  });

  it('follows no later change', () => {
    const list = [{ ...TENANT_A }];
    const verifier = createVerifier({ issuers: list, clock });
    Object.assign(list[0] ?? {}, { audience: 'client-x', issuer: B });
    list.push(TENANT_B);
    expect(verifier.verifySync(byA()).claims.aud).toBe('client-a');
    expect(codeOf(() => verifier.verifySync(byB()))).toBe('issuer_not_allowed');
  });

  it('may leave an audience unchecked by null, and for that issuer alone', () => {
    const verifier = createVerifier({ issuers: [{ ...TENANT_A, audience: null }, TENANT_B], clock });
    expect(verifier.verifySync(byA({ aud: 'anyone' })).claims.aud).toBe('anyone');
    expect(codeOf(() => verifier.verifySync(byB({ aud: 'anyone' })))).toBe('audience_not_allowed');
  });

  it('may allow other algorithms for one issuer alone', () => {
    const edwards = { issuer: B, audience: 'client-b', keys: keysOf('ed-1'), algorithms: ['EdDSA'] as const };
    const verifier = createVerifier({ issuers: [TENANT_A, edwards], clock });
    expect(verifier.verifySync(mint({ iss: B, aud: 'client-b' }, 'ed-1', { kid: 'same' })).key.alg).toBe('EdDSA');
    expect(codeOf(() => verifier.verifySync(byB()))).toBe('algorithm_not_allowed');
    expect(codeOf(() => verifier.verifySync(mint({ iss: A }, 'ed-1', { kid: 'same' })))).toBe('algorithm_not_allowed');
  });
});

it('the other options hold for every issuer', () => {
  const verifier = createVerifier({
    issuers: [TENANT_A, TENANT_B], clock, algorithms: ['RS256'], leeway: 0, maxTokenLength: 2000, typ: 'at+jwt',
    requiredClaims: ['jti'], maxAge: 3600, maxLifetime: 7200, subject: 'user-1',
    checks: { role: ({ role }) => role === 'admin' },
  });
  const token = (claims: object = {}, typ = 'at+jwt') =>
    mint({ iss: B, aud: 'client-b', jti: 'j', role: 'admin', ...claims }, 'rsa-2', { kid: 'same', typ });
  expect(verifier.verifySync(token()).claims.jti).toBe('j');
  const codes = [
    token({}, 'JWT'), token({ jti: undefined }), token({ iat: NOW + 1 }), token({ iat: NOW - 3601 }),
    token({ exp: NOW + 9000 }),
    token({ sub: 'user-2' }), token({ role: 'guest' }), token({ padding: 'x'.repeat(2000) }),
  ].map((refused) => codeOf(() => verifier.verifySync(refused)));
  expect(codes).toEqual([
    'type_not_allowed', 'claim_missing', 'token_issued_in_future', 'token_too_old', 'lifetime_too_long',
    'subject_mismatch',
    'check_failed', 'token_too_long',
  ]);
});
