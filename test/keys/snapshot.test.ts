import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRemoteKeySet, type KeySetSnapshot, type RemoteKeySetOptions } from '../../src/keys/index.ts';
import { KEY_1, KEY_2, mistake, outcome, remote, setOf, untyped, type Remote } from './issuer.ts';
import { reset } from './bad-answers.ts';
import { listen, publish, type LoopbackServer } from './loopback.ts';

const TOKEN = KEY_1.mint();
const GOOD = publish(setOf(KEY_1));
const WALL = Date.now() / 1000;
const URL_ = 'https://issuer.example/keys';

/** What another process wrote so many seconds ago. */
const snapshotOf = (url: string, secondsAgo: number, lifetime = 3600): KeySetSnapshot => ({
  url, document: { ...setOf(KEY_1) }, fetchedAt: Date.now() / 1000 - secondsAgo, lifetime,
});

/** A set that begins with the key 1, at a server that has the key 2. */
async function begun(
  initial: (server: LoopbackServer) => object,
  options: RemoteKeySetOptions = {},
): Promise<Remote & { readonly server: LoopbackServer }> {
  const server = await listen(publish(setOf(KEY_2)));
  return { ...remote(server.url, { initial: initial(server), ...options }), server };
}

describe('a snapshot', () => {
  it('of a set of which nothing was fetched is none', () => {
    expect(createRemoteKeySet(URL_).snapshot()).toBeUndefined();
  });

  it('is the document as it was published, where it came from, and when', async () => {
    const server = await listen(publish(setOf(KEY_1), { 'cache-control': 'max-age=7200' }));
    const { keys } = remote(server.url);
    await keys.load();
    const snapshot = keys.snapshot();
    const fetchedAt: unknown = expect.any(Number);
    expect(snapshot).toEqual({ url: server.url, document: setOf(KEY_1), fetchedAt, lifetime: 7200 });
    expect(Math.abs(Number(snapshot?.fetchedAt) - WALL)).toBeLessThan(60);
    expect(Object.isFrozen(snapshot)).toBe(true);
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  });

  it('that is fresh needs no fetch, through JSON and in another process', async () => {
    const server = await listen(GOOD);
    const first = remote(server.url);
    await first.keys.load();
    const initial: object = JSON.parse(JSON.stringify(first.keys.snapshot()));
    const second = remote(server.url, { initial });
    expect(await outcome(() => second.verifier.verifySync(TOKEN))).toBe('accepted');
    expect(await outcome(second.verifier.verify(TOKEN))).toBe('accepted');
    expect(second.keys.snapshot()).toEqual(first.keys.snapshot());
    expect(server.targets).toHaveLength(1);
  });

  it('is as old as it says: in its last fifth it is fetched anew in the background', async () => {
    const { verifier, keys, server } = await begun(({ url }) => snapshotOf(url, 3000));
    expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
    expect(await keys.underWay()).toBe(true);
    expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('key_not_found');
    expect(server.targets.length).toBeGreaterThan(0);
  });

  it.each([
    ['past its lifetime', ({ url }: LoopbackServer) => snapshotOf(url, 3700)],
    ['from the future', ({ url }: LoopbackServer) => snapshotOf(url, -5000)],
    ['with no lifetime', ({ url }: LoopbackServer) => snapshotOf(url, 1, 0)],
    ['in truth a plain JWK Set', () => setOf(KEY_1)],
  ])('that is %s is stale: it serves where fetching fails, and never otherwise', async (_, initial) => {
    const well = await begun(initial);
    expect(await outcome(well.verifier.verify(TOKEN))).toBe('key_not_found');

    const ill = await begun(initial);
    ill.server.answerWith(reset);
    expect(await outcome(() => ill.verifier.verifySync(TOKEN))).toBe('accepted');
    expect(await outcome(ill.verifier.verify(TOKEN))).toBe('accepted');
    expect(ill.server.targets).toHaveLength(1);
    ill.clock.advance(3600);
    expect(await outcome(ill.verifier.verify(TOKEN))).toBe('keys_unavailable');
  });

  it('that is from the future does not become fresh by waiting', async () => {
    const { verifier, clock, server } = await begun(({ url }) => snapshotOf(url, -5000));
    server.answerWith(reset);
    clock.advance(5001);
    expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('keys_unavailable');
  });

  it('that is past its stale window too serves nobody', async () => {
    const { verifier, keys, server } = await begun(({ url }) => snapshotOf(url, 7201));
    expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('keys_unavailable');
    expect(await keys.underWay()).toBe(true);
    expect(await outcome(() => verifier.verifySync(KEY_2.mint()))).toBe('accepted');
    expect(server.targets).toHaveLength(1);
  });

  it('cannot stretch a lifetime beyond the bound of this process', async () => {
    const { verifier, keys } = await begun(({ url }) => snapshotOf(url, 700, 86_400), { maxLifetime: 600 });
    expect(keys.snapshot()?.lifetime).toBe(600);
    expect(await outcome(verifier.verify(TOKEN))).toBe('key_not_found');
  });

  it('that was written this very instant is fresh', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000);
    onTestFinished(() => void vi.restoreAllMocks());
    const { keys, verifier } = await begun(({ url }) => snapshotOf(url, 0));
    expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('accepted');
    expect(keys.isFresh()).toBe(true);
  });

  it('does not hold revocations', async () => {
    const server = await listen(GOOD);
    const { keys } = remote(server.url);
    await keys.load();
    keys.revoke(KEY_1.kid);
    const second = remote(server.url, { initial: untyped<object>(keys.snapshot()) });
    expect(await outcome(second.verifier.verify(TOKEN))).toBe('accepted');
  });

  it('is read at once: what becomes of the object changes nothing', async () => {
    const server = await listen(reset);
    const initial: { keys: object[] } = { keys: [KEY_1.jwk] };
    const { keys, verifier } = remote(server.url, { initial });
    initial.keys.pop();
    expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('accepted');
    expect(Object.isFrozen(keys.snapshot()?.document)).toBe(true);
    expect(Object.isFrozen(keys.snapshot()?.document['keys'])).toBe(true);
    expect(Object.isFrozen(initial.keys)).toBe(false);
  });
});

describe('what is no good beginning', () => {
  it.each<readonly [string, unknown]>([
    ['a snapshot of another URL', snapshotOf('https://issuer.example/other', 0)],
    ['a snapshot of the same URL, spelt otherwise', snapshotOf('https://issuer.example:443/keys', 0)],
    ['a snapshot without URL', { ...snapshotOf(URL_, 0), url: undefined }],
    ['a snapshot without document', { ...snapshotOf(URL_, 0), document: undefined }],
    ['a snapshot whose document is an array', { ...snapshotOf(URL_, 0), document: [KEY_1.jwk] }],
    ['a snapshot that does not say when', { ...snapshotOf(URL_, 0), fetchedAt: 'yesterday' }],
    ['a snapshot in milliseconds', { ...snapshotOf(URL_, 0), fetchedAt: Date.now() }],
    ['a snapshot of a time that is none', { ...snapshotOf(URL_, 0), fetchedAt: NaN }],
    ['a snapshot without lifetime', { ...snapshotOf(URL_, 0), lifetime: undefined }],
    ['a snapshot of negative lifetime', { ...snapshotOf(URL_, 0), lifetime: -1 }],
    ['a snapshot of endless lifetime', { ...snapshotOf(URL_, 0), lifetime: Infinity }],
    ['an array', [KEY_1.jwk]],
    ['a text', JSON.stringify(setOf(KEY_1))],
    ['null', null],
    ['a document that is no JSON', { keys: [1n] }],
    ['a document that makes itself into nothing', { toJSON: () => undefined }],
    ['a document that throws', { toJSON: () => { throw new RangeError('mine'); } }],
  ])('is a mistake: %s', (_, initial) => {
    expect(() => createRemoteKeySet(URL_, { initial: untyped(initial) })).toThrow(mistake('initial'));
  });

  const set = 'RFC 7517 §5';
  it.each<readonly [string, unknown, object]>([
    ['an empty set', { keys: [] }, { code: 'key_unusable', rule: set }],
    ['a snapshot of an empty set', { ...snapshotOf(URL_, 0), document: { keys: [] } }, { code: 'key_unusable', rule: set }],
    ['a bare JWK', KEY_1.jwk, { code: 'key_unusable', rule: set }],
    ['a symmetric key', { keys: [KEY_1.jwk, { kty: 'oct', k: 'AAAA' }] }, { code: 'key_unusable', rule: 'RFC 8725 §2.1' }],
    ['257 keys', { keys: Array(257).fill(KEY_1.jwk) }, { code: 'key_unusable' }],
    ['a lone surrogate', { ...setOf(KEY_1), x: '\ud800' },
      { code: 'invalid_json', message: expect.stringMatching(/^"initial" /) }],
  ])('is refused as from the network: %s', (_, initial, refusal) => {
    expect(() => createRemoteKeySet(URL_, { initial: untyped(initial) })).toThrow(expect.objectContaining(refusal));
  });
});
