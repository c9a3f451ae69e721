import { describe, expect, it } from 'vitest';
import { generateKeyPairSync } from 'node:crypto';
import type { Adapter, Feature } from '../../bench/peers/adapter.ts';
import { ask } from '../../bench/peers/answer.ts';
import { featuresOf, whyNotApplicable } from '../../bench/peers/applicable.ts';
import { chooseKey, toJwkSet, toPems } from '../../bench/peers/keys.ts';
import { adapterNames, loadAdapter } from '../../bench/peers/load.ts';
import { atTime } from '../../bench/peers/clock.ts';
import { question, unsigned } from './findings.ts';
import { exportJwk } from '../../src/jose/pem.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const JWK = { ...exportJwk(publicKey), kid: 'k1' };
const PEM = publicKey.export({ format: 'pem', type: 'spki' }).toString();
const RS256 = { alg: 'RS256', kid: 'k1' };

function library(own: Partial<Adapter> = {}): Adapter {
  return {
    name: 'library',
    role: 'peer',
    takes: 'keys',
    algorithms: ['RS256'],
    lacks: {},
    leeway: 'each',
    clock: 'injected',
    configuration: '',
    version: () => '1',
    open: () => ({ prepare: () => () => ({}), claimsOf: (result) => result }),
    ...own,
  };
}

describe('what a question asks for', () => {
  it.each<[Feature, Parameters<typeof question>[0]]>([
    ['jws', { type: 'jws' }],
    ['thumbprint', { type: 'thumbprint' }],
    ['issuers', { policy: { issuers: [] } }],
    ['issuerList', { policy: { issuer: ['a', 'b'] } }],
    ['google', { policy: { google: {} } }],
    ['hostedDomain', { policy: { google: { hostedDomain: 'a' } } }],
    ['typDefault', { token: unsigned({ alg: 'RS256', typ: 'at+jwt' }) }],
    ['lengthCap', { token: 'a'.repeat(10_001) }],
    ['lengthCap', { token: 'aaa', policy: { maxTokenLength: 2 } }],
    ['tokenWithoutKid', { token: unsigned({ alg: 'RS256' }) }],
    ['tokenWithoutIat', { token: unsigned(RS256) }],
    ['certificates', { keys: '-----BEGIN CERTIFICATE-----' }],
    ['pemText', { keys: '-----BEGIN PUBLIC KEY-----' }],
    ['pemText', { keys: PEM.replace('\n', ' \n') }],
    ['publicKeyForHmac', { keys: { keys: [JWK] }, policy: { algorithms: ['HS256'] } }],
  ])('%s', (feature, own) => {
    expect(featuresOf(question(own))).toContain(feature);
    expect(whyNotApplicable(library({ lacks: { [feature]: 'has it not' } }), question(own))).toBe('has it not');
  });

  it('asks for nothing special by default', () => {
    for (const typ of ['JWT', 'application/jwt']) {
      const token = unsigned({ ...RS256, typ }, { iat: 1, exp: 2000 });
      expect(featuresOf(question({ token, keys: { keys: [JWK] } }))).toEqual([]);
      expect(featuresOf(question({ token, keys: PEM }))).toEqual([]);
    }
  });
});

describe('not applicable', () => {
  it('is an algorithm that was to be allowed and is not there; one that must be refused is applicable', () => {
    const asked = question({ token: unsigned({ alg: 'PS256' }), policy: { algorithms: ['RS256', 'PS256'] } });
    expect(whyNotApplicable(library(), asked)).toBe('has no PS256');
    expect(whyNotApplicable(library(), question({ token: unsigned({ alg: 'PS256' }) }))).toBeUndefined();
    expect(whyNotApplicable(library({ algorithms: [] }), question())).toBe('has no RS256');
  });

  it.each([
    [{ exp: 990 }, true],
    [{ exp: 600 }, false],
    [{ exp: 2000 }, false],
    [{ exp: 2000, nbf: 1200 }, true],
    [{ exp: 2000, nbf: 1400 }, false],
    [{ exp: '990' }, false],
  ])('with a fixed tolerance of 300 s where 0 is asked, claims %j: %s', (claims, notApplicable) => {
    const asked = question({ token: unsigned(RS256, claims), policy: { leeway: 0 } });
    expect(whyNotApplicable(library({ leeway: 300 }), asked) !== undefined).toBe(notApplicable);
    expect(whyNotApplicable(library(), asked)).toBeUndefined();
  });

  it('with one tolerance, matters only to a claim that needs another', () => {
    const asked = (claims: object) =>
      question({ token: unsigned(RS256, claims), policy: { leeway: { exp: 0, nbf: 30 } } });
    expect(whyNotApplicable(library({ leeway: 'one' }), asked({ exp: 2000, nbf: 1020 }))).toContain('nbf');
    expect(whyNotApplicable(library({ leeway: 'one' }), asked({ exp: 2000, nbf: 1031 }))).toBeUndefined();
  });
});

describe('keys', () => {
  it('are chosen for a library that takes one, where choosing leaves nothing to judge', () => {
    expect(chooseKey({ keys: [JWK] }, 'k1', 'ES256')).toMatchObject({ is: { type: 'public' } });
    expect(chooseKey({ keys: [JWK] }, undefined, 'ES256')).toMatchObject({ is: { type: 'public' } });
  });

  it.each([
    ['an unknown kid', { keys: [JWK] }, 'k2'],
    ['no kid and two keys', { keys: [JWK, { ...JWK, kid: 'k2' }] }, undefined],
    ['one kid twice', { keys: [JWK, JWK] }, 'k1'],
    ['a key for encryption', { keys: [{ ...JWK, use: 'enc' }] }, 'k1'],
    ['key_ops', { keys: [{ ...JWK, key_ops: ['sign'] }] }, 'k1'],
    ['another alg', { keys: [{ ...JWK, alg: 'RS256' }] }, 'k1'],
    ['a private key', { keys: [{ ...JWK, d: 'AA' }] }, 'k1'],
    ['a coordinate that node:crypto would mend', { keys: [{ ...JWK, x: `${exportJwk(publicKey)['x']}=` }] }, 'k1'],
    ['no set at all', { keys: 'x' }, 'k1'],
  ])('are not chosen with %s', (_, keys, kid) => {
    expect(chooseKey(keys, kid, 'ES256')).toHaveProperty('why');
  });

  it('become PEMs by kid, or a set', () => {
    const pems = toPems({ keys: [JWK] }, 'ES256');
    expect(pems).toMatchObject({ is: { k1: expect.stringContaining('PUBLIC KEY') } });
    expect(toJwkSet('is' in pems ? pems.is : '')).toEqual({ keys: [JWK] });
    expect(toPems({ keys: [{ ...JWK, kid: undefined }] }, 'ES256')).toHaveProperty('why');
  });
});

describe('a PEM', () => {
  it('is handed as it stands to whoever reads PEM, a broken one too, and by way of node:crypto to others', async () => {
    const broken = PEM.replace('\n', '\n\n ');
    const handed = async (keys: unknown, own: Partial<Adapter>): Promise<unknown> => {
      let setup: unknown;
      const peer = { prepare: (given: unknown) => ((setup = given), () => ({})), claimsOf: () => undefined };
      return (await ask(library(own), peer, question({ token: unsigned(RS256), keys }))).outcome === 'accepted' ? setup : undefined;
    };
    expect(await handed(broken, { takes: 'key', readsPem: true })).toMatchObject({ pem: broken });
    expect(await handed(broken, { takes: 'keys', readsPem: true })).toMatchObject({ pem: broken });
    expect(await handed(broken, { takes: 'key' })).toBeUndefined();
    expect(await handed(PEM, { takes: 'key' })).not.toHaveProperty('pem');
    expect(await handed({ k1: PEM }, { takes: 'key', readsPem: true })).not.toHaveProperty('pem');
  });
});

describe('an answer', () => {
  it('is a refusal whatever is thrown, with its code if it has one', async () => {
    const throwing = (error: unknown) =>
      ask(
        library(),
        {
          prepare: () => () => {
            throw error;
          },
          claimsOf: () => undefined,
        },
        question(),
      );
    expect(await throwing(Object.assign(new Error('no'), { code: 'bad' }))).toEqual({
      outcome: 'refused',
      code: 'bad',
      reason: 'Error: no',
    });
    expect(await throwing('text')).toEqual({ outcome: 'refused', reason: 'text' });
  });

  it('is an acceptance when nothing is thrown', async () => {
    expect(await ask(library(), await library().open(), question())).toEqual({ outcome: 'accepted' });
  });

  it('is not applicable where the keys cannot be converted', async () => {
    const answer = await ask(
      library(),
      await library().open(),
      question({ keys: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----' }),
    );
    expect(answer.outcome).toBe('not-applicable');
  });

  it('is wrong when another output comes out', async () => {
    const peer = { prepare: () => () => undefined, thumbprint: () => 'abc', claimsOf: () => undefined };
    expect(await ask(library(), peer, question({ type: 'thumbprint', output: 'abd' }))).toEqual({
      outcome: 'wrong-output',
    });
    expect(await ask(library(), peer, question({ type: 'thumbprint', output: 'abc' }))).toEqual({
      outcome: 'accepted',
    });
  });

  it("is given at the time of the question, and the system's time comes back", async () => {
    const before = Date.now();
    const seen = await atTime(1000.5, () => [
      Date.now(),
      new Date().getTime(),
      new Date(5).getTime(),
      new Date() instanceof Date,
    ]);
    expect(seen).toEqual([1_000_500, 1_000_500, 5, true]);
    await expect(
      atTime(1, () => {
        throw new Error('x');
      }),
    ).rejects.toThrow('x');
    expect(Date.now()).toBeGreaterThanOrEqual(before);
  });
});

describe('the adapters', () => {
  it('are this project first, then the peers, then the control', async () => {
    const adapters = await Promise.all(adapterNames().map(loadAdapter));
    expect(adapters[0]?.role).toBe('self');
    expect(adapters.at(-1)?.role).toBe('control');
    expect(adapters.filter(({ role }) => role === 'peer').map(({ name }) => name)).toEqual([
      'aws-jwt-verify',
      'fast-jwt',
      'google-auth-library',
      'hono',
      'jose',
      'jsonwebtoken',
      'jws',
      'PyJWT',
    ]);
    expect(adapters.every(({ configuration }) => configuration !== '')).toBe(true);
  });

  it('have this project answer with its own codes', async () => {
    const adapter = await loadAdapter('jwt-assay');
    const asked = question({ token: unsigned({ alg: 'none' }) });
    expect(await ask(adapter, await adapter.open(), asked)).toMatchObject({
      outcome: 'refused',
      code: 'algorithm_not_allowed',
    });
  });
});
