/** nginx over two gateways, configured as src/server/README.md says, and one of them killed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../cli/free-port.ts';
import { blocksOf } from '../server/page.ts';
import { dial } from '../server/raw.ts';
import {
  bearer, createWorld, startAssay, startProgram, startService, until,
  type Assay, type Seen, type Service, type World,
} from '../server/world.ts';
import { headOf, runClients } from './load/clients.ts';
import { nginxWords, runnableNginx } from './nginx.ts';

let world: World;
let service: Service;
let replicas: Assay[];
let argv: string[];
let base: string;

beforeAll(async () => {
  world = await createWorld();
  service = await startService(world);
  argv = ['gateway', '--openapi', world.document, '--allow-loopback-http', '--upstream', `http://${service.host}`,
    '--claim-header', 'sub=X-Auth-Subject', '--trust-forwarded', '--admin-port', '0', '--drain', '5'];
  // Ports that nothing else is given while a replica is away.
  replicas = await Promise.all([0, 1].map(async () => startAssay(world, [...argv, '--port', String(await freePort())])));
  const port = await freePort();
  const [page = ''] = blocksOf('nginx replicas');
  const configuration = page.replace('127.0.0.1:8080', `127.0.0.1:${port}`)
    .replace('127.0.0.1:9091', replicas[0]?.host ?? '').replace('127.0.0.1:9092', replicas[1]?.host ?? '');
  const file = join(world.folder, 'nginx.conf');
  writeFileSync(file, runnableNginx(configuration));
  await startProgram(world, nginxWords(world.folder, file), port);
  base = `http://127.0.0.1:${port}`;
});
afterAll(() => world.end());

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(`${base}${path}`, { method, headers, ...(method === 'POST' ? { body: 'content' } : {}) });

describe('nginx over two gateways', () => {
  it('uses both', async () => {
    for (let i = 0; i < 8; i += 1) expect((await ask('/closed', bearer(world.mint()))).status).toBe(200);
    for (const { written } of replicas) {
      await until(() => (written.stdout.includes('"status":200') ? true : undefined));
    }
  });

  it('passes what may pass, whole, and says who the client is', async () => {
    const headers = { ...bearer(world.mint({ sub: 'ada' })), 'x-forwarded-for': '10.0.0.1', 'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example', 'forwarded': 'for=10.0.0.1' };
    const seen = await (await ask('/closed?q=%20a', headers, 'POST')).json() as Seen;
    expect(seen).toMatchObject({ method: 'POST', url: '/closed?q=%20a', body: 'content',
      headers: { 'x-auth-subject': 'ada', 'x-forwarded-proto': 'http' } });
    // nginx says the client, and the gateway nginx.
    expect(seen.headers['x-forwarded-for']).toBe('127.0.0.1, 127.0.0.1');
    expect(JSON.stringify(seen)).not.toMatch(/10\.0\.0\.1|evil\.example/);
  });

  it.each([
    ['no token', '/closed', {}, 401],
    ['a bad token where none is needed', '/optional', bearer('a.b.c'), 401],
    ['another audience', '/closed', 'audience', 403],
    ['a path that is not listed', '/none', {}, 404],
    ['another method', '/closed/7', 'patch', 405],
    ['an encoded slash', '/closed%2f7', {}, 400],
    ['a doubled slash', '/open//', {}, 400],
  ] as const)('%s is refused, and nginx passes the answer on', async (_, path, headers, status) => {
    const before = service.seen.length;
    const response = headers === 'patch' ? await ask(path, {}, 'PATCH')
      : await ask(path, headers === 'audience' ? bearer(world.mint({ aud: 'another' })) : headers);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.has('www-authenticate')).toBe(status === 401 || status === 403);
    expect(service.seen.length).toBe(before);
  });

  it('lets nobody say who they are', async () => {
    const names = ['X-Endpoint-API-UserInfo', 'x-auth-subject', 'X-HTTP-Method-Override', 'X_Auth_Subject', 'X-Endpoint_API-UserInfo'];
    const forged = Object.fromEntries(names.map((name) => [name, 'forged']));
    for (const [path, headers] of [['/open', forged], ['/optional', forged], ['/closed', { ...forged, ...bearer(world.mint()) }]] as const) {
      const response = await ask(path, headers);
      expect(response.status).toBe(200);
      expect(await response.text()).not.toContain('forged');
    }
  });

  it('passes a WebSocket', async () => {
    const server = service.server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.on('data', (chunk: Buffer) => socket.write(chunk.toString().toUpperCase()));
      world.later(() => socket.destroy());
    });
    const socket = await dial(base);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    const head = 'GET /closed HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
    socket.write(`${head}Authorization: Bearer ${world.mint()}\r\n\r\n`);
    await until(() => (text.includes(' 101 ') ? true : undefined));
    socket.write('through');
    await until(() => (text.includes('THROUGH') ? true : undefined));
    socket.destroy();
    server.removeAllListeners('upgrade');
  });

  it('takes the keys of a rotation at once', async () => {
    const old = world.mint();
    world.issuer.rotate();
    const fresh = world.mint();
    for (let i = 0; i < 4; i += 1) {
      for (const token of [old, fresh]) expect((await ask('/closed', bearer(token))).status).toBe(200);
    }
  });

  /** Sends GETs without a pause until told otherwise, and returns the statuses that were not 200, and how many were. */
  async function load(during: () => Promise<unknown>): Promise<{ good: number; others: number[]; broken: number }> {
    const tokens = [world.mint(), world.mint({ sub: 'b' })];
    let [over, good] = [false, 0];
    const others: number[] = [];
    const running = runClients(base, 8, () => over ? undefined : {
      head: headOf('/closed', bearer(tokens[good % 2] ?? '')),
      onAnswer: ({ status }) => void (status === 200 ? (good += 1) : others.push(status)),
    });
    await until(() => (good > 50 ? true : undefined));
    await during();
    const enough = good + 200;
    await until(() => (good > enough ? true : undefined));
    over = true;
    return { ...await running, good, others };
  }

  it('loses no request when one is stopped', async () => {
    const { good, others, broken } = await load(async () => replicas[0]?.stop('SIGTERM'));
    expect({ others, broken }).toEqual({ others: [], broken: 0 });
    expect(good).toBeGreaterThan(250);
  });

  it('loses no GET when one is killed', async () => {
    // In place of the one that was stopped: the same port, as a supervisor would.
    replicas[0] = await startAssay(world, [...argv, '--port', new URL(replicas[0]?.url ?? '').port]);
    // nginx counts in whole seconds: one that was away for fail_timeout=1s is tried again after up to two.
    await until(async () => {
      await ask('/closed', bearer(world.mint()));
      return replicas[0]?.written.stdout.includes('"status":200') ? true : undefined;
    });
    const { others, broken } = await load(async () => replicas[1]?.stop('SIGKILL'));
    expect({ others, broken }).toEqual({ others: [], broken: 0 });
    const before = service.seen.length;
    expect((await ask('/closed')).status).toBe(401);
    expect(service.seen.length).toBe(before);
  });

  it('lets nothing pass with both gone', async () => {
    await replicas[0]?.stop();
    const before = service.seen.length;
    expect((await ask('/open')).status).toBe(502);
    expect(service.seen.length).toBe(before);
  });
});
