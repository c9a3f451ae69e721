import { describe, expect, it } from 'vitest';
import { createKeySet, JwtError } from '../../src/jose/index.ts';
import { createRemoteKeySet, type RemoteKeySet } from '../../src/keys/index.ts';
import { createVerifier, type IssuerPolicy, type Verifier } from '../../src/verifier/index.ts';
import { reset } from '../keys/bad-answers.ts';
import { AUDIENCE, ISSUER, KEY_1, KEY_2, makeKey, NOW, outcome, remote, setOf, untyped } from '../keys/issuer.ts';
import { listen, publish, status } from '../keys/loopback.ts';

const GOOD = publish(setOf(KEY_1));
const TOKEN = KEY_1.mint();
const LIFETIME = 3600;
const LOOPBACK = { allowLoopbackHttp: true };
const OPTIONS = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['EdDSA'], clock: () => NOW } as const;

describe('a token that is refused before its key matters', () => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [header, payload, signature] = TOKEN.split('.');
  const TWO_KIDS = Buffer.from('{"alg":"EdDSA","kid":"a","kid":"b"}').toString('base64url');

  it.each<readonly [string, unknown, string]>([
    ['that is no text', 7, 'malformed_compact'],
    ['of one part', 'token', 'malformed_compact'],
    ['of five parts', 'a.b.c.d.e', 'malformed_compact'],
    ['that is too long', `${TOKEN}${'A'.repeat(10_000)}`, 'token_too_long'],
    ['with a header that is no base64url', `${header}=.${payload}.${signature}`, 'invalid_base64url'],
    ['with a header that is no JSON', `AAAA.${payload}.${signature}`, 'invalid_json'],
    ['with a header of two "kid"', `${TWO_KIDS}.${payload}.${signature}`, 'duplicate_member'],
    ['with alg none', `${encode({ alg: 'none', kid: 'key-1' })}.${payload}.`, 'algorithm_not_allowed'],
    ['with an empty alg', `${encode({ alg: '', kid: 'key-1' })}.${payload}.`, 'algorithm_not_allowed'],
    ['without alg', `${encode({ kid: 'key-1' })}.${payload}.${signature}`, 'header_invalid'],
    ['with another algorithm', KEY_1.mint({}, { alg: 'RS256' }), 'algorithm_not_allowed'],
    ['with HS256', KEY_1.mint({}, { alg: 'HS256' }), 'algorithm_not_allowed'],
    ['with crit', KEY_1.mint({}, { crit: ['exp'] }), 'critical_header_unsupported'],
    ['of another type', KEY_1.mint({}, { typ: 'at+jwt' }), 'type_not_allowed'],
    ['whose kid is no text', KEY_1.mint({}, { kid: ['key-1'] }), 'header_invalid'],
  ])('causes no fetch: one %s', async (_, token, code) => {
    const server = await listen(GOOD);
    const { verifier } = remote(server.url);
    expect(await outcome(verifier.verify(untyped(token)))).toBe(code);
    expect(await outcome(verifier.verify(untyped(token), { forceKeyRefresh: true }))).toBe(code);
    expect(await outcome(() => verifier.verifySync(untyped(token)))).toBe(code);
    expect(server.targets).toEqual([]);
  });
});

it('a call with options fetches no keys anew unless it says so', async () => {
  const server = await listen(GOOD);
  const { verifier } = remote(server.url);
  for (const options of [{}, { forceKeyRefresh: false }, {}]) expect(await outcome(verifier.verify(TOKEN, options))).toBe('accepted');
  expect(server.targets).toHaveLength(1);
  expect(await outcome(verifier.verify(TOKEN, { forceKeyRefresh: true }))).toBe('accepted');
  expect(server.targets).toHaveLength(2);
});

describe('no address is ever taken from a token', () => {
  it.each(['jku', 'x5u', 'jwk', 'x5c', 'iss', 'aud', 'url', 'src'])('not from the header "%s"', async (name) => {
    const evil = await listen(publish(setOf(KEY_2)));
    const server = await listen(GOOD);
    const { verifier } = remote(server.url);
    const value = name === 'jwk' ? KEY_2.jwk : name === 'x5c' ? [evil.url] : evil.url;
    expect(await outcome(verifier.verify(KEY_2.mint({}, { [name]: value })))).toBe('key_not_found');
    expect(await outcome(verifier.verify(KEY_1.mint({}, { [name]: value })))).toBe('accepted');
    expect(evil.targets).toEqual([]);
    expect(new Set(server.targets)).toEqual(new Set(['/keys']));
  });

  it('nor from the claim "iss"', async () => {
    const evil = await listen(publish(setOf(KEY_2)));
    const server = await listen(GOOD);
    const { verifier } = remote(server.url);
    expect(await outcome(verifier.verify(KEY_1.mint({ iss: evil.origin })))).toBe('issuer_not_allowed');
    expect(evil.targets).toEqual([]);
  });
});

describe('verifySync', () => {
  it('asks for nothing while nothing is loaded', async () => {
    const server = await listen(GOOD);
    const { keys, verifier } = remote(server.url);
    for (let i = 0; i < 3; i++) expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('keys_unavailable');
    expect(verifier.tryVerifySync(TOKEN)).toBeUndefined();
    expect(keys.underWay()).toBeUndefined();
    expect(server.targets).toEqual([]);
  });

  it('serves a stale set, and has it fetched anew behind its back', async () => {
    const server = await listen(GOOD);
    const { keys, verifier, clock } = remote(server.url);
    await keys.load();
    server.answerWith(publish(setOf(KEY_2)));
    clock.advance(LIFETIME);
    expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('accepted');
    expect(await keys.underWay()).toBe(true);
    expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('key_not_found');
    expect(await outcome(() => verifier.verifySync(KEY_2.mint()))).toBe('accepted');
  });

  it('refuses once the stale window is over, and has the set fetched anew behind its back', async () => {
    const server = await listen(GOOD);
    const { keys, verifier, clock } = remote(server.url);
    await keys.load();
    clock.advance(2 * LIFETIME);
    expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('keys_unavailable');
    expect(await keys.underWay()).toBe(true);
    expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('accepted');
    expect(server.targets).toHaveLength(2);
  });

  it('refuses an unknown key ID, and has the set fetched anew behind its back', async () => {
    const server = await listen(GOOD);
    const { keys, verifier } = remote(server.url);
    await keys.load();
    expect(await outcome(() => verifier.verifySync(KEY_2.mint()))).toBe('key_not_found');
    expect(keys.underWay()).toBeInstanceOf(Promise);
    expect(await outcome(() => verifier.verifySync(TOKEN)), 'at the same time').toBe('accepted');
    expect(await keys.underWay()).toBe(true);
    expect(server.targets).toHaveLength(2);
  });
});

describe('verify', () => {
  it('decides without any wait where the set is fresh', async () => {
    const server = await listen(GOOD);
    const { keys, verifier } = remote(server.url);
    await keys.load();
    let decided = false;
    const verification = verifier.verify(TOKEN).then(() => (decided = true));
    // No timer and no I/O comes before this.
    for (let i = 0; i < 10; i++) await Promise.resolve();
    expect(decided).toBe(true);
    await verification;
  });

  it('asks the caller\'s checks only when all else has held, and once', async () => {
    const server = await listen(GOOD);
    let asked = 0;
    const keys = createRemoteKeySet(server.url, LOOPBACK);
    const verifier = createVerifier({ ...OPTIONS, keys, checks: { counted: () => ++asked > 0 } });
    expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
    expect(asked).toBe(1);
  });

  it('reads the clock once, though it waits', async () => {
    const server = await listen(GOOD);
    let readings = 0;
    const keys = createRemoteKeySet(server.url, LOOPBACK);
    const verifier = createVerifier({ ...OPTIONS, keys, clock: () => (readings++, NOW) });
    expect(await outcome(verifier.verify(KEY_2.mint()))).toBe('key_not_found');
    expect(readings).toBe(1);
  });

  it('is not touched by the clock of the keys, nor they by its own', async () => {
    const server = await listen(GOOD);
    const { keys, clock } = remote(server.url);
    let now = NOW;
    const verifier = createVerifier({ ...OPTIONS, keys, clock: () => now });
    await keys.load();
    now = NOW + 100_000;
    expect(await outcome(verifier.verify(TOKEN))).toBe('token_expired');
    expect(server.targets).toHaveLength(1);
    now = NOW;
    clock.advance(100_000);
    expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
    expect(server.targets).toHaveLength(2);
  });

  it('says of what failed only that keys could not be had', async () => {
    const server = await listen(status(500, 'secret-of-the-server'));
    const { verifier } = remote(server.url);
    const error: unknown = await verifier.verify(TOKEN).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'JwtError', code: 'keys_unavailable' });
    expect(String(error)).not.toContain('secret');
    for (const part of TOKEN.split('.')) expect(String(error)).not.toContain(part);
  });
});

describe('a remote set with something of the caller\'s around it', () => {
  const around = (url: string, more: (set: RemoteKeySet) => object): Verifier => {
    const set = createRemoteKeySet(url, LOOPBACK);
    return createVerifier({ ...OPTIONS, keys: { ...set, ...more(set) } });
  };

  it('is waited for, and fetched by force', async () => {
    const server = await listen(GOOD);
    const asked: unknown[] = [];
    const verifier = around(server.url, (set) => ({ find: (kid: string) => (asked.push(kid), set.find(kid)) }));
    expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
    server.answerWith(publish(setOf(KEY_1, KEY_2)));
    expect(await outcome(verifier.verify(KEY_2.mint()))).toBe('accepted');
    expect(await outcome(verifier.verify(TOKEN, { forceKeyRefresh: true }))).toBe('accepted');
    expect(await outcome(verifier.verify(KEY_1.mint({}, { kid: 'other' })))).toBe('key_not_found');
    expect(new Set(asked)).toEqual(new Set(['key-1', 'key-2', 'other']));
    expect(server.targets).toHaveLength(3);
  });

  function throws(): never {
    throw new Error(TOKEN);
  }

  it.each<[string, object]>([
    ['find', { find: throws, isFresh: () => true }], ['isFresh', { isFresh: throws }], ['settle', { settle: throws }],
    ['settle, later', { settle: async () => throws() }], ['refresh', { refresh: throws }], ['refresh, later', { refresh: async () => throws() }],
    ['underWay', { find: () => [], underWay: throws }], ['underWay, later', { find: () => [], underWay: async () => throws() }],
  ])('may throw what it likes, and a TypeError without it is what comes out: %s', async (name, more) => {
    const server = await listen(GOOD);
    const verifier = around(server.url, () => more);
    const options = { forceKeyRefresh: name.startsWith('refresh') };
    await expect(verifier.verify(TOKEN, options)).rejects.toThrow(new TypeError('"keys" threw'));
    if (name === 'find') expect(() => verifier.verifySync(TOKEN)).toThrow(new TypeError('"keys" threw'));
  });

  it('may refuse by a JwtError of its own', async () => {
    const server = await listen(GOOD);
    const refuse = async (): Promise<never> => {
      throw new JwtError('keys_unavailable', { message: 'closed today' });
    };
    await expect(around(server.url, () => ({ settle: refuse })).verify(TOKEN)).rejects.toThrow('closed today');
  });
});

describe('several issuers with keys of their own on the network', () => {
  const [A, B] = ['https://a.example', 'https://b.example'];
  const ofA = makeKey('same');
  const ofB = makeKey('same');
  const byA = (claims: object = {}): string => ofA.mint({ iss: A, ...claims });
  const byB = (claims: object = {}): string => ofB.mint({ iss: B, ...claims });

  async function tenants(): Promise<{
    readonly verifier: Verifier;
    readonly asked: () => readonly number[];
    readonly keys: readonly [RemoteKeySet, RemoteKeySet];
    readonly breakB: () => void;
  }> {
    const [a, b] = [await listen(publish(setOf(ofA))), await listen(publish(setOf(ofB)))];
    const keys = [createRemoteKeySet(a.url, LOOPBACK), createRemoteKeySet(b.url, LOOPBACK)] as const;
    const issuers = [A, B].map((issuer, i): IssuerPolicy => ({ issuer, audience: AUDIENCE, keys: keys[i] ?? keys[0] }));
    const verifier = createVerifier({ issuers, algorithms: ['EdDSA'], clock: () => NOW });
    return { verifier, asked: () => [a.targets.length, b.targets.length], keys, breakB: () => b.answerWith(reset) };
  }

  it('fetch those of the issuer that the token names, and no others', async () => {
    const { verifier, asked } = await tenants();
    expect(await outcome(verifier.verify(byA()))).toBe('accepted');
    expect(asked()).toEqual([1, 0]);
    expect(await outcome(verifier.verify(byB()))).toBe('accepted');
    expect(asked()).toEqual([1, 1]);
  });

  it('fetch nothing for a stranger, nor for a token that names nobody', async () => {
    const { verifier, asked } = await tenants();
    for (const [iss, code] of [
      ['https://c.example', 'issuer_not_allowed'], [`${A}/`, 'issuer_not_allowed'], ['__proto__', 'issuer_not_allowed'],
      [undefined, 'claim_missing'], [[A], 'claim_invalid'], [null, 'claim_invalid'],
    ] as const) {
      expect(await outcome(verifier.verify(ofA.mint({ iss })))).toBe(code);
      expect(await outcome(verifier.verify(ofA.mint({ iss }), { forceKeyRefresh: true }))).toBe(code);
    }
    expect(asked()).toEqual([0, 0]);
  });

  it('do not lend each other keys, though both have one of the same ID', async () => {
    const { verifier } = await tenants();
    expect(await outcome(verifier.verify(ofA.mint({ iss: B })))).toBe('signature_invalid');
    expect(await outcome(verifier.verify(byA()))).toBe('accepted');
    expect(await outcome(verifier.verify(ofB.mint({ iss: A })))).toBe('signature_invalid');
    expect(await outcome(() => verifier.verifySync(ofA.mint({ iss: B })))).toBe('signature_invalid');
  });

  it('do not suffer from each other: not from an outage, nor a flood, nor a revocation', async () => {
    const { verifier, asked, keys, breakB } = await tenants();
    breakB();
    expect(await outcome(verifier.verify(byB()))).toBe('keys_unavailable');
    expect(await outcome(verifier.verify(byA()))).toBe('accepted');
    keys[1].revoke('same');
    for (let i = 0; i < 20; i++) await outcome(verifier.verify(ofB.mint({ iss: B }, { kid: `k-${i}` })));
    expect(asked()).toEqual([1, 1]);
    expect(await outcome(verifier.verify(byA()))).toBe('accepted');
  });

  it('are fetched anew by force one by one', async () => {
    const { verifier, asked } = await tenants();
    await verifier.verify(byA());
    await verifier.verify(byB());
    expect(await outcome(verifier.verify(byA(), { forceKeyRefresh: true }))).toBe('accepted');
    expect(asked()).toEqual([2, 1]);
  });

  it('may come out of a function, beside static keys', async () => {
    const server = await listen(publish(setOf(ofA)));
    const policies = new Map<string, IssuerPolicy>([
      [A, { issuer: A, audience: AUDIENCE, keys: createRemoteKeySet(server.url, LOOPBACK) }],
      [B, { issuer: B, audience: AUDIENCE, keys: createKeySet({ ...ofB.jwk }) }],
    ]);
    const verifier = createVerifier({ issuers: (iss) => policies.get(iss), algorithms: ['EdDSA'], clock: () => NOW });
    expect(await outcome(verifier.verify(byB()))).toBe('accepted');
    expect(await outcome(verifier.verify(byB(), { forceKeyRefresh: true }))).toBe('accepted');
    expect(await outcome(verifier.verify(ofB.mint({ iss: B }, { kid: 'other' })))).toBe('key_not_found');
    expect(server.targets).toEqual([]);
    expect(await outcome(verifier.verify(byA()))).toBe('accepted');
    expect(await outcome(verifier.verify(ofA.mint({ iss: 'https://c.example' })))).toBe('issuer_not_allowed');
    expect(server.targets).toHaveLength(1);
  });
});
