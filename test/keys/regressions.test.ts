/** What went wrong once: each of these was a fault of this floor. */
import { afterEach, describe, expect, it } from 'vitest';
import { serviceAccountKeys } from '../../src/google/index.ts';
import { createRemoteKeySet, discoverKeySet, type RemoteKeySet } from '../../src/keys/index.ts';
import { cacheClock, KEY_1, KEY_2, outcome, remote, setOf, untyped, verifierOf } from './issuer.ts';
import { listen, publish, route, status } from './loopback.ts';

const TOKEN = KEY_1.mint();
const WELL_KNOWN = '/.well-known/openid-configuration';

describe('discovery reads the document again, though the old URL answers 200 with no keys', () => {
  it.each([['HTML', publish('<html>')], ['an empty set', publish({ keys: [] })]])('%s', async (_, gone) => {
    const server = await listen(status(500));
    server.answerWith(route({ [WELL_KNOWN]: publish({ issuer: server.origin, jwks_uri: server.url }), '/keys': publish(setOf(KEY_1)) }));
    const clock = cacheClock();
    const verifier = verifierOf(discoverKeySet(server.origin, { allowLoopbackHttp: true, clock }));
    expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
    server.answerWith(route({
      [WELL_KNOWN]: publish({ issuer: server.origin, jwks_uri: `${server.origin}/new` }), '/keys': gone, '/new': publish(setOf(KEY_2)),
    }));
    for (let i = 0; i < 5; i++) {
      clock.advance(3600);
      await outcome(verifier.verify(KEY_2.mint()));
    }
    expect(await outcome(verifier.verify(KEY_2.mint()))).toBe('accepted');
  });
});

describe('a clock that fails later', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  afterEach(() => void process.off('unhandledRejection', note));

  it('in a background fetch makes no unhandled rejection', async () => {
    process.on('unhandledRejection', note);
    const server = await listen(publish(setOf(KEY_1)));
    let now = 0;
    const keys = createRemoteKeySet(server.url, { allowLoopbackHttp: true, clock: () => now });
    await keys.load();
    now = 3000;
    keys.find('key-1');
    now = NaN;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(unhandled).toEqual([]);
  });

  it('in a forced refresh fails closed, then and within the second', async () => {
    let now = 0;
    const fetch = async (): Promise<Response> => {
      now = NaN;
      return new Response(null, { status: 503 });
    };
    const keys = createRemoteKeySet('https://issuer.example/keys', { clock: () => now, fetch });
    expect(await outcome(keys.refresh())).toBe('keys_unavailable');
    now = 0;
    expect(await outcome(keys.refresh())).toBe('keys_unavailable');
  });

  it('lets nothing but JwtError or TypeError out of a verifier', async () => {
    let readings = 0;
    const clock = (): number => {
      if (readings++ > 0) throw new RangeError('from the clock');
      return 0;
    };
    const keys = createRemoteKeySet('https://issuer.example/keys', { clock, fetch: async () => Response.json(setOf(KEY_1)) });
    // The set is one of ours, so what it says is known to quote nothing.
    await expect(verifierOf(keys).verify(TOKEN)).rejects.toThrow(new TypeError('"clock" of a key set expected a finite number of seconds'));
    await expect(keys.load()).rejects.toBeInstanceOf(TypeError);
  });
});

it('one failure long ago does not make a stale set serve without asking a server that is well', async () => {
  const server = await listen(publish(setOf(KEY_1)));
  const { keys, verifier, clock } = remote(server.url);
  await keys.load();
  server.answerWith(status(503));
  expect(await outcome(verifier.verify(KEY_2.mint({}, { kid: 'stranger' })))).toBe('key_not_found');
  // The key leaves, the server is well, and nobody verifies for an hour and a half.
  server.answerWith(publish(setOf(KEY_2)));
  clock.advance(5400);
  expect(await outcome(verifier.verify(TOKEN))).toBe('key_not_found');
});

describe('a fetch that looks keys up itself', () => {
  it.each<readonly [string, (keys: RemoteKeySet) => void]>([
    ['of an ID that is known', (keys) => void keys.find('key-1')],
    ['of an ID that is not', (keys) => void keys.find('key-2')],
    ['by force', (keys) => void keys.refresh()],
  ])('finds its own flight under way, and begins no other: %s', async (_, look) => {
    let fetches = 0;
    let failures = 0;
    const clock = cacheClock();
    const fetch = async (): Promise<Response> => {
      fetches++;
      try {
        if (fetches > 1 && fetches < 50) look(keys);
      } catch {
        failures++;
      }
      return Response.json(setOf(KEY_1), { headers: { 'cache-control': 'max-age=600' } });
    };
    const keys: RemoteKeySet = createRemoteKeySet('https://issuer.example/keys', { clock, fetch });
    await keys.load();
    clock.advance(600);
    keys.find('key-1');
    await keys.underWay();
    expect([fetches, failures]).toEqual([2, 0]);
  });
});

it('a listener that rejects makes no unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const onEvent = async (): Promise<void> => Promise.reject(new Error('the log is full'));
  const keys = createRemoteKeySet('https://issuer.example/keys', { onEvent, fetch: async () => Response.json(setOf(KEY_1)) });
  await keys.load();
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

it('a revoked ID is not served by the sole key without ID', async () => {
  const { kid: _, ...unnamed } = KEY_1.jwk;
  const server = await listen(publish({ keys: [unnamed] }));
  const { keys, verifier } = remote(server.url);
  await keys.load();
  keys.revoke('key-1');
  expect(await outcome(verifier.verify(TOKEN))).toBe('key_not_found');
});

it('serviceAccountKeys(email, null) throws TypeError', () => {
  expect(() => serviceAccountKeys('a@b.example', untyped(null))).toThrow(TypeError);
});

it('an e-mail address with a lone surrogate throws TypeError', () => {
  expect(() => serviceAccountKeys('a\ud800@b.example')).toThrow(TypeError);
});

it('a URL with an empty fragment is refused, or can be fetched', async () => {
  const server = await listen(publish(setOf(KEY_1)));
  let made;
  try { made = remote(`${server.url}#`); } catch (error) { expect(error).toBeInstanceOf(TypeError); return; }
  expect(await outcome(made.verifier.verify(TOKEN))).toBe('accepted');
});

it('a body of empty chunks without end is cut off, though it leaves no pause for the deadline', async () => {
  const fetch = async (): Promise<Response> =>
    new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(0)) }));
  expect(await outcome(remote('https://issuer.example/keys', { fetch, maxBytes: 1000 }).keys.load())).toBe('keys_unavailable');
});

it('headers given for the issuer go to no other host that the discovery document names', async () => {
  const other = await listen(publish(setOf(KEY_1)));
  const server = await listen(status(500));
  server.answerWith(route({ [WELL_KNOWN]: publish({ issuer: server.origin, jwks_uri: other.url }) }));
  const keys = discoverKeySet(server.origin, { allowLoopbackHttp: true, headers: { authorization: 'Bearer secret' } });
  await keys.load();
  expect(other.requests[0]?.headers.authorization).toBeUndefined();
});

it('the body of a refused answer of an injected fetch is cancelled', async () => {
  let cancelled = 0;
  const fetch = async (): Promise<Response> =>
    new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1000)), cancel: () => void cancelled++ }), { status: 200 });
  await outcome(remote('https://issuer.example/keys', { fetch }).keys.load());
  expect(cancelled).toBe(1);
});
it('and so is that of a refused status', async () => {
  let cancelled = 0;
  const fetch = async (): Promise<Response> =>
    new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1000)), cancel: () => void cancelled++ }), { status: 500 });
  await outcome(remote('https://issuer.example/keys', { fetch }).keys.load());
  expect(cancelled).toBe(1);
});
