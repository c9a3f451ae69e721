import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRemoteKeySet, discoverKeySet, type RemoteKeySetOptions } from '../../src/keys/index.ts';
import { KEY_1, mistake, remote, setOf, untyped } from './issuer.ts';
import { listen, publish } from './loopback.ts';

const URL_ = 'https://issuer.example/keys';
const YEAR = 31_536_000;

const create = [
  ['createRemoteKeySet', (options: unknown) => createRemoteKeySet(URL_, untyped(options))],
  ['discoverKeySet', (options: unknown) => discoverKeySet('https://issuer.example', untyped(options))],
] as const;

describe.each(create)('the options of %s', (what, make) => {
  const names = [
    'allowLoopbackHttp', 'fetch', 'clock', 'timeout', 'maxBytes', 'cooldown', 'minLifetime', 'maxLifetime',
    'defaultLifetime', 'staleFor', 'headers', 'initial', 'onEvent',
  ];

  it.each([...names, 'allowHttp', 'Timeout', '__proto__x', 'constructor'])('leave nothing undefined: %s', (name) => {
    expect(() => make({ [name]: undefined })).toThrow(TypeError);
  });

  it('are known', () => {
    expect(() => make({ timeOut: 1 })).toThrow(mistake(what));
    expect(() => make({ [Symbol('timeout')]: 1 })).toThrow(TypeError);
  });

  it.each([null, [], 'x', 1, true, () => 1])('are an object: %s', (options) => {
    expect(() => make(options)).toThrow(TypeError);
  });

  it.each<readonly [string, readonly unknown[]]>([
    ['allowLoopbackHttp', ['true', 1, 0, null]],
    ['fetch', [null, 'node-fetch', {}]],
    ['clock', [null, 0, 'now']],
    ['onEvent', [null, {}, 'log']],
    ['timeout', [0, -1, NaN, Infinity, 301, '5', null]],
    ['maxBytes', [0, -1, NaN, Infinity, 16_777_217, '5', null]],
    ['cooldown', [0, 0.999, -1, NaN, Infinity, YEAR + 1, '5', null]],
    ['minLifetime', [0, -1, NaN, Infinity, YEAR + 1, '5']],
    ['maxLifetime', [0, 59, NaN, Infinity, YEAR + 1, '5']],
    ['defaultLifetime', [0, -1, NaN, Infinity, YEAR + 1, '5']],
    ['staleFor', [-1, NaN, Infinity, YEAR + 1, '5', null]],
    ['headers', [null, [], [['a', 'b']], 'a: b', { a: 1 }, { a: undefined }, { a: ['b'] },
      new Headers({ a: 'b' }), new Map([['a', 'b']]), { 'a b': 'c' }, { '': 'c' }, { a: 'b\nc: d' }, { a: 'b\0' }, { a: '\u{20ac}' },
      { A: 'b', a: 'c' }]],
    ['initial', [null, [], 'x', 1]],
  ])('are of their type and within their bounds: %s', (name, values) => {
    for (const value of values) expect(() => make({ [name]: value }), JSON.stringify(value)).toThrow(mistake(`"${name}"`));
  });

  it('may stand at their bounds', () => {
    const least = { cooldown: 1, minLifetime: 1, maxLifetime: 1, defaultLifetime: 1, staleFor: 0 };
    expect(() => make({ ...least, timeout: 0.001, maxBytes: 1, headers: {} })).not.toThrow();
    const most = { cooldown: YEAR, minLifetime: YEAR, maxLifetime: YEAR, defaultLifetime: YEAR, staleFor: YEAR };
    expect(() => make({ ...most, timeout: 300, maxBytes: 16_777_216 })).not.toThrow();
  });

  it('are read once: what becomes of the object later changes nothing', () => {
    const options: { timeout?: number } = { timeout: 1 };
    const keys = make(options);
    options.timeout = -1;
    expect(() => keys.underWay()).not.toThrow();
    expect(Object.isFrozen(keys)).toBe(true);
  });
});

describe('the headers', () => {
  const sent = async (options: RemoteKeySetOptions): Promise<Record<string, unknown>> => {
    const server = await listen(publish(setOf(KEY_1)));
    await remote(server.url, options).keys.load();
    return { ...server.requests[0]?.headers };
  };

  it('ask for JSON', async () => {
    expect(await sent({})).toMatchObject({ accept: 'application/json' });
    expect(await sent({})).not.toHaveProperty('authorization');
  });

  it('are the caller\'s, in any case', async () => {
    const headers = { 'X-Api-Key': 'k', Accept: 'application/jwk-set+json', 'User-Agent': 'test' };
    const expected = { accept: 'application/jwk-set+json', 'x-api-key': 'k', 'user-agent': 'test' };
    expect(await sent({ headers })).toMatchObject(expected);
  });

  it('may have what HTTP can send, and the line end of a file behind it', async () => {
    const name = "!#$%&'*+-.^_`|~0Aa";
    expect(await sent({ headers: { a: '', b: 'c\td \xa9', [name]: 'e', authorization: 'Bearer x\r\n' } })).toMatchObject({
      a: '', b: 'c\td \xa9', [name.toLowerCase()]: 'e', authorization: 'Bearer x',
    });
  });
});

it('the clock is one that nobody sets, where none is given', async () => {
  const uptime = vi.spyOn(performance, 'now').mockReturnValue(0);
  onTestFinished(() => void vi.restoreAllMocks());
  const keys = createRemoteKeySet(URL_, { fetch: async () => Response.json(setOf(KEY_1)) });
  await keys.load();
  uptime.mockReturnValue(3_599_000);
  expect(keys.isFresh()).toBe(true);
  uptime.mockReturnValue(3_600_000);
  expect(keys.isFresh()).toBe(false);
});

it('revoke expects a key ID', () => {
  const keys = createRemoteKeySet(URL_);
  for (const kid of [undefined, null, '', 1, {}]) expect(() => keys.revoke(untyped(kid))).toThrow(mistake('"kid"'));
});

describe('a clock that does not tell seconds', () => {
  it.each([NaN, Infinity, -Infinity, '1', undefined, null])('is the caller\'s mistake: %s', async (time) => {
    const fetch = async (): Promise<Response> => Response.json(setOf(KEY_1));
    const { keys, verifier } = remote(URL_, { clock: untyped(() => time), fetch });
    await expect(keys.load()).rejects.toThrow(TypeError);
    await expect(keys.refresh()).rejects.toThrow(TypeError);
    expect(() => createRemoteKeySet(URL_, { clock: untyped(() => time), initial: setOf(KEY_1) })).toThrow(TypeError);
    expect(() => verifier.verifySync(KEY_1.mint())).toThrow(TypeError);
  });
});
