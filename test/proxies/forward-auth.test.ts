/** The printed configurations, in the real nginx and the real Caddy. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClaimHeaders } from '../../src/esp/index.ts';
import { proxyConfiguration } from '../../src/server/proxy-configuration.ts';
import { freePort } from '../cli/free-port.ts';
import {
  bearer, createWorld, startAssay, startProgram, startService, until,
  type Assay, type Seen, type Service, type World,
} from '../server/world.ts';
import { nginxWords, runnableNginx } from './nginx.ts';

const CLAIM_HEADERS = parseClaimHeaders(['sub=X-Auth-Subject']);

const START = {
  nginx: nginxWords,
  caddy: (_folder: string, file: string) => ['caddy', 'run', '--config', file, '--adapter', 'caddyfile'],
};

/** A Caddy of its own has no admin port to share. */
function runnable(proxy: 'nginx' | 'caddy', configuration: string): string {
  return proxy === 'caddy' ? `{\n  admin off\n  auto_https off\n}\n${configuration}` : runnableNginx(configuration);
}

describe.each(['nginx', 'caddy'] as const)('%s, configured as printed', (proxy) => {
  let world: World;
  let service: Service;
  let replicas: Assay[];
  let base: string;

  beforeAll(async () => {
    world = await createWorld();
    service = await startService(world);
    const argv = ['forward-auth', '--proxy', proxy, '--openapi', world.document, '--allow-loopback-http',
      '--claim-header', 'sub=X-Auth-Subject', '--port', '0'];
    replicas = await Promise.all([startAssay(world, argv), startAssay(world, argv)]);
    const port = await freePort();
    const configuration = proxyConfiguration(proxy, {
      listen: `127.0.0.1:${port}`,
      services: [service.host],
      auth: replicas.map(({ host }) => host),
      claimHeaders: CLAIM_HEADERS,
    });
    const file = join(world.folder, 'proxy.conf');
    writeFileSync(file, runnable(proxy, configuration));
    await startProgram(world, START[proxy](world.folder, file), port);
    base = `http://127.0.0.1:${port}`;
  });
  afterAll(() => world.end());

  const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
    fetch(`${base}${path}`, { method, headers, ...(method === 'POST' ? { body: 'content' } : {}) });

  it('lets pass what may, and tells the service of the user', async () => {
    const response = await ask('/closed/7?q=%20a', bearer(world.mint({ sub: 'ada' })));
    expect(response.status).toBe(200);
    const seen = await response.json() as Seen;
    expect(seen).toMatchObject({ method: 'GET', url: '/closed/7?q=%20a', headers: { 'x-auth-subject': 'ada' } });
    const info = JSON.parse(Buffer.from(String(seen.headers['x-endpoint-api-userinfo']), 'base64url').toString());
    expect(info).toMatchObject({ sub: 'ada', aud: 'my-api' });
  });

  it('passes the method and the content', async () => {
    const response = await ask('/closed', bearer(world.mint()), 'POST');
    expect(await response.json()).toMatchObject({ method: 'POST', body: 'content' });
    expect((await ask('/open')).status).toBe(200);
    expect((await ask('/closed', bearer(world.mint()), 'DELETE')).status).toBe(403);
  });

  it.each([
    ['no token', '/closed', {}, 401],
    ['a token of nobody', '/closed', bearer('a.b.c'), 401],
    ['an expired token', '/closed', 'expired', 401],
    ['another audience', '/closed', 'audience', 403],
    ['a bad token where none is needed', '/optional', bearer('a.b.c'), 401],
    ['a path that is not listed', '/other', {}, 403],
    ['an encoded slash', '/closed%2f7', {}, 403],
    ['a doubled slash', '/open//', {}, 403],
  ])('refuses %s', async (_, path, headers, status) => {
    const before = service.seen.length;
    const made = headers === 'expired' ? bearer(world.mint({ exp: Date.now() / 1000 - 100 }))
      : headers === 'audience' ? bearer(world.mint({ aud: 'another' })) : headers as Record<string, string>;
    const response = await ask(path, made);
    expect(response.status).toBe(status);
    // nginx passes a challenge on with 401 alone.
    if (status === 401) expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="api\.example"/);
    expect(service.seen.length).toBe(before);
  });

  it('lets nobody say who they are', async () => {
    const names = ['X-Endpoint-API-UserInfo', 'x-auth-subject', 'X-HTTP-Method-Override', 'X-HTTP-Method',
      'X-Method-Override'];
    const forged = Object.fromEntries(names.map((name) => [name, 'forged']));
    for (const [path, headers] of [
      ['/open', forged], ['/optional', forged], ['/closed', { ...forged, ...bearer(world.mint()) }],
    ] as const) {
      const response = await ask(path, headers);
      expect(response.status).toBe(200);
      expect(JSON.stringify(await response.json())).not.toContain('forged');
    }
  });

  it.each(['X_Endpoint_API_UserInfo', 'X-Endpoint_API-UserInfo', 'X_Auth_Subject', 'X_HTTP_Method_Override'])(
    'nor by %s', async (name) => {
      const before = service.seen.length;
      const response = await ask('/open', { [name]: 'forged' });
      expect([200, 403]).toContain(response.status);
      expect(JSON.stringify(service.seen.slice(before))).not.toContain('forged');
    });

  it('decides on the request, not on what a client says of it', async () => {
    const claims = { 'X-Original-URI': '/open', 'X-Original-Method': 'GET', 'X-Forwarded-Uri': '/open',
      'X-Forwarded-Method': 'GET' };
    expect((await ask('/closed', claims)).status).toBe(401);
    expect((await ask('/closed', claims, 'POST')).status).toBe(401);
  });

  it('takes the keys of a rotation', async () => {
    const old = world.mint();
    expect((await ask('/closed', bearer(old))).status).toBe(200);
    world.issuer.rotate();
    const fresh = world.mint();
    // One refetch is each replica's to make, once in its cooldown.
    expect((await ask('/closed', bearer(fresh))).status).toBe(200);
    expect((await ask('/closed', bearer(fresh))).status).toBe(200);
    expect((await ask('/closed', bearer(old))).status).toBe(200);
  });

  it('goes on with one replica killed', async () => {
    await replicas[0]?.stop();
    const headers = bearer(world.mint());
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) statuses.push((await ask('/closed', headers)).status);
    // Caddy has no second try for a question: what fails is an error, and never a pass.
    if (proxy === 'nginx') expect(new Set(statuses)).toEqual(new Set([200]));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
    expect(new Set(statuses.map((status) => (status === 502 ? 200 : status)))).toEqual(new Set([200]));
    expect((await ask('/closed')).status).not.toBe(200);
  });

  it('lets nothing pass with both replicas killed', async () => {
    await replicas[1]?.stop();
    const before = service.seen.length;
    for (const headers of [{}, bearer(world.mint())]) {
      await until(async () => ((await ask('/closed', headers)).status >= 500 ? true : undefined));
    }
    expect(service.seen.length).toBe(before);
  });
});
