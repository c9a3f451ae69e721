/** WebSockets through `assay gateway`: decided on before they pass, and for no longer than the token says (RFC 6455). */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atSomePace } from '../jose/pace.ts';
import { dial, sendRaw, statusesOf } from './raw.ts';
import { createWorld, startGateway, until, type Assay, type World } from './world.ts';

const HEAD = 'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';

let world: World;
let assay: Assay;
let upgrades = 0;
/** What the service answers to whoever wants to upgrade. */
let answer = '';

beforeAll(async () => {
  world = await createWorld();
  const server = createServer((_, response) => response.end('plain')).on('upgrade', (_request, socket) => {
    upgrades += 1;
    socket.on('error', () => undefined);
    socket.write(answer);
    socket.on('data', (chunk: Buffer) => socket.write(chunk.toString().toUpperCase()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.later(() => {
    server.close();
    server.closeAllConnections();
  });
  assay = await startGateway(world, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => world.end());

const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello';

interface Conversation {
  readonly socket: Socket;
  readonly text: () => string;
}

async function open(path: string, claims: Record<string, unknown> | undefined, more = ''): Promise<Conversation> {
  const socket = await dial(assay.url);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  const field = claims === undefined ? '' : `Authorization: Bearer ${world.mint(claims)}\r\n`;
  socket.write(`GET ${path} HTTP/1.1\r\n${HEAD}${field}\r\n${more}`);
  return { socket, text: () => text };
}

describe('a WebSocket', () => {
  // RFC 9110 §7.8
  it('cannot be asked for by HTTP/1.0', async () => {
    const before = upgrades;
    const text = await sendRaw(assay.url, `GET /open HTTP/1.0\r\n${HEAD}\r\n`, 300);
    expect(statusesOf(text)).toEqual([200]);
    expect(text).toMatch(/\r\n\r\nplain$/);
    expect(upgrades).toBe(before);
  });

  // RFC 9112 §9.3.2: the answer to the first comes first, and its connection is then not free to become another.
  it.each([1, 2])('that is asked for behind %i unanswered is not had, and what was asked before is answered', async (times) => {
    const before = upgrades;
    const first = 'GET /open HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(times);
    const text = await sendRaw(assay.url, `${first}GET /open HTTP/1.1\r\n${HEAD}\r\n`, 300, times + 1);
    expect(statusesOf(text)).toEqual(Array.from({ length: times }, () => 200));
    expect(upgrades).toBe(before);
    // It stands, and the same connection can be upgraded once its answer is there.
    const socket = await dial(assay.url);
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    socket.write('GET /open HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => (received.endsWith('plain') || received.endsWith('0\r\n\r\n') ? true : undefined));
    answer = SWITCHING;
    socket.write(`GET /open HTTP/1.1\r\n${HEAD}\r\n`);
    await until(() => (received.endsWith('hello') ? true : undefined));
    socket.destroy();
  });

  // To what it answers by itself, a Host that is none, Node asks nobody; and one of our answers may be the last.
  it.each([['Host: a\r\nExpect: x', 417], ['X: a', 400]] as const)('that is asked for behind a request with %j is not had', async (field, status) => {
    const statuses = statusesOf(await sendRaw(assay.url, `GET /open HTTP/1.1\r\n${field}\r\n\r\nGET /open HTTP/1.1\r\n${HEAD}\r\n`));
    expect(statuses).toEqual([status]);
    expect((await fetch(`${assay.url}/open`)).status).toBe(200);
  });

  it.each([
    ['without a token', '/closed', '', 401],
    ['with a bad one', '/optional', 'Authorization: Bearer a.b.c\r\n', 401],
    ['on a path that is not listed', '/none', '', 404],
    ['on a path that is another to the service', '/open/../closed', '', 400],
  ] as const)('%s is refused', async (_, path, field, status) => {
    const before = upgrades;
    expect(statusesOf(await sendRaw(assay.url, `GET ${path} HTTP/1.1\r\n${HEAD}${field}\r\n`))).toEqual([status]);
    expect(upgrades).toBe(before);
  });

  it('that may pass, passes octets both ways', async () => {
    answer = SWITCHING;
    const { socket, text } = await open('/closed', {}, 'early');
    await until(() => (text().includes('EARLY') ? true : undefined));
    socket.write('late');
    await until(() => (text().includes('LATE') ? true : undefined));
    expect(statusesOf(text())).toEqual([101]);
    expect(text()).toContain('hello');
    socket.destroy();
    await until(() => (/"status":101,"code":"allowed"/.test(
      assay.written.stdout.replace(/"template":"[^"]*",/g, '')) ? true : undefined));
  });

  it('ends when its token does, and one without a token does not', async () => atSomePace(async (pace) => {
    answer = SWITCHING;
    const now = Date.now() / 1000;
    // The leeway is 60 seconds: a second and a half is left of this one.
    const expiring = await open('/closed', { exp: now - 60 + 1.5 * pace });
    const anonymous = await open('/optional', undefined);
    const lasting = await open('/optional', { exp: now + 60 });
    await until(() => ([expiring, anonymous, lasting].every(({ text }) => /hello|401/.test(text())) ? true : undefined));
    expect(statusesOf(expiring.text())).toEqual([101]);
    await until(() => (expiring.socket.readyState === 'closed' ? true : undefined));
    expect(Date.now() / 1000 - now).toBeGreaterThan(1.3 * pace);
    for (const { socket, text } of [anonymous, lasting]) {
      socket.write('still');
      await until(() => (text().includes('STILL') ? true : undefined));
      socket.destroy();
    }
  }));

  it('that the service turns into something else is 502, and counted', async () => {
    answer = SWITCHING.replace('Upgrade: websocket', 'Upgrade: h2c');
    const { socket, text } = await open('/open', undefined);
    await until(() => (socket.readyState === 'closed' ? true : undefined));
    expect(statusesOf(text())).toEqual([502]);
    expect(text()).toMatch(/"code":"upstream_broken"\}$/);
    expect(await (await fetch(`${assay.adminUrl}/metrics`)).text()).toMatch(/^assay_upstream_errors_total\{kind="broken"\} 1$/m);
  });

  it('that the service does not want is an answer', async () => {
    answer = 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno';
    const text = await sendRaw(assay.url, `GET /open HTTP/1.1\r\n${HEAD}\r\n`);
    expect(statusesOf(text)).toEqual([403]);
    expect(text.endsWith('no')).toBe(true);
  });

  it.each(['POST', 'OPTIONS'])('asked for by %s is none', async (method) => {
    const before = upgrades;
    const text = await sendRaw(assay.url, `${method} /closed HTTP/1.1\r\n${HEAD}Authorization: Bearer ${world.mint()}\r\n\r\n`);
    expect(statusesOf(text)).toEqual([method === 'POST' ? 200 : 405]);
    expect(upgrades).toBe(before);
  });
});
