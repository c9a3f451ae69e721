import { describe, expect, it } from 'vitest';
import { createKeySet, verifyJws, type VerifiedJwt } from '../../src/jose/index.ts';
import { createVerifier, type Verifier } from '../../src/verifier/index.ts';
import { jwkSet } from '../../spec-vectors/generate/keys.ts';
import { codeOf, KEYS, mint, OPTIONS } from './issuer.ts';

const verifier = createVerifier({ ...OPTIONS, keys: createKeySet(jwkSet('rsa-1', 'rsa-2')) });

/** Every object within a value, itself included. */
function objectsIn(value: unknown): object[] {
  return typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(objectsIn)] : [];
}

describe('what a verifier returns', () => {
  const deep = { aud: ['client-1'], roles: [{ name: 'a', rights: [['r'], ['w']] }], '__proto__x': { y: {} } };

  it('is frozen at every depth', () => {
    const jwt = verifier.verifySync(mint(deep));
    const objects = objectsIn(jwt);
    expect(objects.length).toBeGreaterThan(10);
    for (const object of objects) expect(Object.isFrozen(object)).toBe(true);
    expect(Reflect.set(jwt.claims, 'sub', 'someone else')).toBe(false);
    expect(Reflect.set(jwt, 'claims', {})).toBe(false);
  });

  it('is frozen itself, and so are its methods holder and key sets', () => {
    expect(Object.isFrozen(verifier)).toBe(true);
    expect(Object.isFrozen(KEYS) && Object.isFrozen(KEYS.keys) && Object.isFrozen(KEYS.keys[0])).toBe(true);
  });

  it('has nothing but header, claims and key', () => {
    expect(Reflect.ownKeys(verifier.verifySync(mint()))).toEqual(['header', 'claims', 'key']);
  });

  it('shares no object with another result, nor memory that is used again', () => {
    const a = verifier.verifySync(mint(deep));
    const before = structuredClone(a);
    const b = verifier.verifySync(mint({ ...deep, sub: 'user-2' }, 'rsa-2'));
    expect(codeOf(() => verifier.verifySync(mint({ sub: 'user-3' }, 'rsa-2', { kid: 'rsa-1' }))))
      .toBe('signature_invalid');
    expect(structuredClone(a)).toEqual(before);
    expect(b.claims.sub).toBe('user-2');
    const shared = objectsIn(a.claims).filter((object) => objectsIn(b.claims).includes(object));
    expect(shared).toEqual([]);
  });

  it('is not disturbed by a change of the payload that verifyJws returned for the same token', () => {
    const token = mint();
    const { payload } = verifyJws(token, KEYS, { algorithms: ['RS256'] });
    const copy = Buffer.from(payload);
    payload.fill(0);
    expect(Buffer.from(verifyJws(token, KEYS, { algorithms: ['RS256'] }).payload)).toEqual(copy);
    expect(verifier.verifySync(token).claims.sub).toBe('user-1');
  });

  it('keeps a claim called __proto__ as data', () => {
    const claims = Object.defineProperty({}, '__proto__', { value: { admin: true }, enumerable: true });
    const jwt = verifier.verifySync(mint(Object.fromEntries(Object.entries(claims))));
    expect(Object.hasOwn(jwt.claims, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(jwt.claims)).toBe(Object.prototype);
    expect(jwt.claims['admin']).toBeUndefined();
  });
});

describe('a verification inside another', () => {
  it('by a check disturbs neither', () => {
    const inner: VerifiedJwt[] = [];
    const check = (): boolean => {
      inner.push(verifier.verifySync(mint({ sub: 'inner', padding: 'x'.repeat(3000) }, 'rsa-2')));
      return verifier.tryVerifySync(mint({}, 'rsa-2', { kid: 'rsa-1' })) === undefined;
    };
    const outer = createVerifier({ ...OPTIONS, checks: { check } }).verifySync(mint({ sub: 'outer' }));
    expect([outer.claims.sub, outer.key.kid]).toEqual(['outer', 'rsa-1']);
    expect(inner.map(({ claims, key }) => [claims.sub, key.kid])).toEqual([['inner', 'rsa-2']]);
  });

  it('by the look-up of keys, of issuers and by the clock disturbs neither', () => {
    const nested = (): number => OPTIONS.clock() + (verifier.verifySync(mint({ sub: 'inner' },
      'rsa-2')).claims.sub === 'inner' ? 0 : NaN);
    const find = (kid: string | undefined) => (Number.isNaN(nested()) ? [] : KEYS.find(kid));
    const policy = { issuer: OPTIONS.issuer, audience: OPTIONS.audience, keys: { find } };
    const issuers = () => (Number.isNaN(nested()) ? undefined : policy);
    const outer = createVerifier({ issuers, clock: nested }).verifySync(mint({ sub: 'outer' }));
    expect([outer.claims.sub, outer.key.kid]).toEqual(['outer', 'rsa-1']);
  });

  it('of the same token by its own verifier ends as deep as the checks go', () => {
    let depth = 0;
    const token = mint();
    const recursive: Verifier = createVerifier({
      ...OPTIONS,
      checks: { again: () => ++depth >= 20 || recursive.verifySync(token).claims.sub === 'user-1' },
    });
    expect(recursive.verifySync(token).claims.sub).toBe('user-1');
    expect(depth).toBe(20);
  });

  it('at the same time as many others', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `user-${index}`);
    const results = await Promise.all(names.map((sub, index) =>
      verifier.verify(mint({ sub }, index % 2 ? 'rsa-1' : 'rsa-2'))));
    expect(results.map(({ claims }) => claims.sub)).toEqual(names);
  });
});
