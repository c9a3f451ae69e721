/** `assay forward-auth`: the contract of each proxy, against the real process. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dial, sendRaw, statusesOf } from './raw.ts';
import { bearer, createWorld, startAssay, until, type Assay, type World } from './world.ts';

const PROXIES = ['nginx', 'caddy', 'traefik', 'envoy'] as const;
type Proxy = (typeof PROXIES)[number];

let world: World;
const servers = new Map<Proxy, Assay>();

beforeAll(async () => {
  world = await createWorld();
  await Promise.all(PROXIES.map(async (proxy) => {
    servers.set(proxy, await startAssay(world, ['forward-auth', '--proxy', proxy, '--openapi', world.document,
      '--allow-loopback-http', '--claim-header', 'sub=X-Auth-Subject']));
  }));
});
afterAll(() => world.end());

const urlOf = (proxy: Proxy): string => servers.get(proxy)?.url ?? '';

/** Asks as the proxy would; `fields` are sent as they are. */
async function ask(proxy: Proxy, method: string, target: string, fields: readonly string[] = []): Promise<string> {
  const said = {
    nginx: [`X-Original-Method: ${method}`, `X-Original-URI: ${target}`],
    caddy: [`X-Forwarded-Method: ${method}`, `X-Forwarded-Uri: ${target}`],
    traefik: [`X-Forwarded-Method: ${method}`, `X-Forwarded-Uri: ${target}`],
    envoy: [],
  }[proxy];
  const line = proxy === 'envoy' ? `${method} ${target}` : 'GET /any';
  const head = [`${line} HTTP/1.1`, 'Host: api.example', 'Connection: close', ...said, ...fields];
  return sendRaw(urlOf(proxy), `${head.join('\r\n')}\r\n\r\n`, 3000);
}

describe.each(PROXIES)('%s', (proxy) => {
  const authorization = () => `Authorization: ${bearer(world.mint({ sub: 'ada' }))['authorization']}`;

  it('is told whom it lets pass', async () => {
    const text = await ask(proxy, 'PUT', '/closed/7?a=b', [authorization(), 'X-Auth-Subject: forged']);
    expect(statusesOf(text)).toEqual([200]);
    expect(text).toContain('\r\nx-auth-subject: ada\r\n');
    expect(text).toMatch(/\r\nx-endpoint-api-userinfo: [\w-]+\r\n/);
    const removed = /x-envoy-auth-headers-to-remove: (.*)\r\n/.exec(text)?.[1];
    // What is set must not be removed: Envoy removes last.
    expect(removed).toBe(proxy === 'envoy' ? 'x-http-method-override,x-http-method,x-method-override,x-original-url,x-rewrite-url,proxy' : undefined);
  });

  it('is told of nobody where there is nobody', async () => {
    const text = await ask(proxy, 'GET', '/optional', ['X-Endpoint-API-UserInfo: forged']);
    expect(statusesOf(text)).toEqual([200]);
    expect(text).not.toMatch(/\r\nx-endpoint-api-userinfo:|forged/i);
    if (proxy === 'envoy') expect(text).toMatch(/to-remove: x-endpoint-api-userinfo,x-auth-subject,x-http/);
  });

  it.each([
    ['no token', 'GET', '/closed', [], 401],
    ['a bad token', 'GET', '/optional', ['Authorization: Bearer a.b.c'], 401],
    ['a path that is not listed', 'GET', '/none', [], 403],
    ['a method that is not listed', 'PATCH', '/closed', [], 403],
    ['a method in small letters', 'put', '/closed', [], 403],
    ['a step up', 'GET', '/open/../closed', [], 403],
    ['an encoded slash', 'GET', '/closed%2F7', [], 403],
    ['a whole URL', 'GET', 'http://api.example/open', [], 403],
    ['a name with "_"', 'GET', '/open', ['x_auth_subject: forged'], 403],
    ['another name for a token', 'GET', '/open', ['X_Goog_IAP_JWT_Assertion: a.b.c'], 403],
    ['a name with "."', 'GET', '/open', ['x-auth.subject: forged'], 403],
  ] as const)('refuses %s', async (_, method, target, fields, status) => {
    const text = await ask(proxy, method, target, fields);
    expect(statusesOf(text)).toEqual([status]);
    expect(/\r\nwww-authenticate: Bearer /.test(text)).toBe(status === 401);
  });

  // A proxy that has no answer, or one that it does not know, may let pass: what Node refuses by itself is told like the rest.
  it.each([
    ['more fields than are counted', 'X: x\r\n'.repeat(250)],
    ['a head longer than is read', `Cookie: ${'x'.repeat(40_000)}\r\n`],
    ['an expectation that nobody knows', 'Expect: miracles\r\n'],
    ['no field at all', 'nonsense\r\n'],
  ])('refuses %s, also on a connection that was used before', async (_, fields) => {
    const bad = `GET /open HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
    expect(statusesOf(await sendRaw(urlOf(proxy), bad))).toEqual([403]);
    const socket = await dial(urlOf(proxy));
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.write('GET /open HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => (statusesOf(text).length === 1 ? true : undefined));
    socket.write(bad);
    await until(() => (socket.readyState === 'closed' ? true : undefined));
    expect(statusesOf(text).slice(1)).toEqual([403]);
  });

  it('has the method and the target from one place alone, once', async () => {
    const all = ['X-Original-Method: GET', 'X-Original-URI: /open', 'X-Forwarded-Method: GET', 'X-Forwarded-Uri: /open'];
    const own = { nginx: [0, 1], caddy: [2, 3], traefik: [2, 3], envoy: [] }[proxy];
    const send = async (fields: readonly string[], line = 'GET /open'): Promise<number[]> => statusesOf(await sendRaw(
      urlOf(proxy), `${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`));
    if (proxy === 'envoy') {
      expect(await send(all, 'GET /closed')).toEqual([401]);
      return;
    }
    const mine = own.map((index) => all[index] ?? '');
    const theirs = all.filter((field) => !mine.includes(field));
    expect(await send(mine, 'GET /closed')).toEqual([200]);
    expect(await send([...mine, ...theirs.map((field) => field.replace('/open', '/closed'))])).toEqual([200]);
    // Neither the other proxies' fields nor the request line take the place of what is missing.
    for (const fields of [[], theirs, [...theirs, mine[0] ?? ''], [...theirs, mine[1] ?? '']]) {
      expect(await send(fields)).toEqual([403]);
    }
    for (const field of mine) expect(await send([...mine, field])).toEqual([403]);
    expect(await send([mine[0] ?? '', `${(mine[1] ?? '').split(':')[0]}:`])).toEqual([403]);
  });

  it('is never answered 404 or 5xx, and a HEAD has no content', async () => {
    const text = await ask(proxy, 'HEAD', '/none');
    expect(statusesOf(text)).toEqual([403]);
    if (proxy === 'envoy') expect(text.split('\r\n\r\n')[1]).toBe('');
  });
});
