import { describe, expect, it } from 'vitest';
import type { FetchFunction } from '../../src/keys/index.ts';
import { KEY_1, outcome, remote, setOf } from './issuer.ts';
import { listen, publish, route, status, type Answer } from './loopback.ts';

const URL_ = 'https://issuer.example/keys';
const GOOD = publish(setOf(KEY_1));

describe.each([301, 302, 303, 307, 308])('status %i', (code) => {
  it.each([
    ['another path', () => '/moved'],
    ['the same URL with a slash', () => '/keys/'],
    ['another port', (other: string) => `${other}/keys`],
    ['a name for this machine', (other: string) => `${other.replace('127.0.0.1', 'localhost')}/keys`],
    ['a private address', () => 'http://10.0.0.1/keys'],
    ['a file', () => 'file:///etc/hostname'],
    ['data', () => `data:application/json,${encodeURIComponent(JSON.stringify(setOf(KEY_1)))}`],
    ['nowhere', () => ''],
  ])('is not followed to %s', async (_, target) => {
    const other = await listen(GOOD);
    const to = status(code, setOf(KEY_1), { location: target(other.origin) });
    const server = await listen(route({ '/keys': to, '/moved': GOOD, '/keys/': GOOD, '/': GOOD }));
    const { verifier, events } = remote(server.url);
    expect(await outcome(verifier.verify(KEY_1.mint()))).toBe('keys_unavailable');
    expect(events).toMatchObject([{ type: 'failed', reason: 'redirected' }]);
    expect(server.targets).toEqual(['/keys']);
    expect(other.targets).toEqual([]);
  });
});

it.each([300, 304, 305, 399])('status %i is refused too, with a good body and without Location', async (code) => {
  const server = await listen(status(code, setOf(KEY_1)));
  const { verifier, events } = remote(server.url);
  expect(await outcome(verifier.verify(KEY_1.mint()))).toBe('keys_unavailable');
  expect(events).toMatchObject([{ type: 'failed', reason: 'redirected' }]);
});

describe('an injected fetch', () => {
  const follow: FetchFunction = (url, init) => fetch(url, { ...init, redirect: 'follow' });

  it('that follows redirects by itself is found out', async () => {
    const server = await listen(route({ '/keys': status(302, '', { location: '/moved' }), '/moved': GOOD }));
    const { verifier, events } = remote(server.url, { fetch: follow });
    expect(await outcome(verifier.verify(KEY_1.mint()))).toBe('keys_unavailable');
    expect(events).toMatchObject([{ type: 'failed', reason: 'redirected' }]);
    expect(server.targets).toEqual(['/keys', '/moved']);
  });

  it('that ends where it began, by way of elsewhere, is found out', async () => {
    let calls = 0;
    const away = status(302, '', { location: '/b' });
    const first: Answer = (request, response) => (calls++ > 0 ? GOOD : away)(request, response);
    const server = await listen(route({ '/keys': first, '/b': status(302, '', { location: '/keys' }) }));
    expect(await outcome(remote(server.url, { fetch: follow }).verifier.verify(KEY_1.mint()))).toBe('keys_unavailable');
    expect(server.targets).toEqual(['/keys', '/b', '/keys']);
  });

  it.each([
    ['says redirected', { redirected: true }],
    ['says another URL', { url: 'http://127.0.0.1:1/keys' }],
    ['says the same URL with another query', { url: 'https://issuer.example/keys?x' }],
    ['says an opaque redirect', { status: 0, type: 'opaqueredirect' }],
  ])('whose response %s is refused', async (_, lies) => {
    expect(await outcomeOf(lies)).toBe('keys_unavailable');
  });

  it.each([['no URL', ''], ['the URL asked for', URL_]])('whose response says %s is believed', async (_, url) => {
    expect(await outcomeOf({ url })).toBe('accepted');
  });

  it('is told not to follow, and to send no credentials', async () => {
    let seen: RequestInit = {};
    const fetch: FetchFunction = async (_, init) => {
      seen = init;
      return new Response(JSON.stringify(setOf(KEY_1)));
    };
    await remote(URL_, { fetch }).keys.load();
    expect(seen).toMatchObject({ method: 'GET', redirect: 'manual', credentials: 'omit' });
    expect(seen.headers).toEqual({ accept: 'application/json' });
    expect(seen.signal).toBeInstanceOf(AbortSignal);
  });
});

/** What becomes of a good answer that says something of itself beside. */
function outcomeOf(words: object): ReturnType<typeof outcome> {
  // Defined, not assigned: they are getters of the prototype.
  const properties = Object.entries(words).map(([name, value]: [string, unknown]) => [name, { value }] as const);
  const fetch: FetchFunction = async () =>
    Object.defineProperties(Response.json(setOf(KEY_1)), Object.fromEntries(properties));
  return outcome(remote(URL_, { fetch }).verifier.verify(KEY_1.mint()));
}
