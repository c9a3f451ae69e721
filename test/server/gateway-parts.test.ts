/** The reverse proxy in this process, with a judge that decides as each test says. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createPort, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AccessEntry } from '../../src/server/access-log.ts';
import { listenGateway, type GatewayParts } from '../../src/server/gateway.ts';
import type { Judgement } from '../../src/server/judge.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { atSomePace } from '../jose/pace.ts';
import { dial, sendRaw, statusesOf } from './raw.ts';
import { createToldJudge } from './told-judge.ts';

/** A busy machine takes its time. */
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000 });
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const ALLOWED: Judgement = { allowed: true, method: 'GET', headers: [['x-auth-subject', 'ada']], template: '/a' };
const REFUSED: Judgement = { allowed: false, code: 'token_expired', template: '/a', response: { status: 401, headers: [['x-a', 'b']], body: 'no' } };

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function urlOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A service that keeps what it is asked. */
async function serve(answer: RequestListener = (_, response) => response.end('ok')) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  const url = await urlOf(server);
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url, seen, server };
}

/** A gateway before a service, and all that it does. */
async function listen(upstream: string, judgement: () => Judgement | Promise<Judgement> = () => ALLOWED, parts: Partial<GatewayParts> = {}) {
  const { judge, judged, refused } = createToldJudge(judgement, { status: 400, headers: [], body: 'bad' });
  const logged: AccessEntry[] = [];
  const answered: [status: number, seconds: number][] = [];
  const faults: string[] = [];
  const listener = await listenGateway(0, '127.0.0.1', {
    upstream,
    judge,
    claimHeaders: [{ claim: 'sub', header: 'x-auth-subject' }],
    metrics: {
      ...createMetrics(), countAnswer: (status, seconds) => void answered.push([status, seconds]), countUpstreamError: (kind) => void faults.push(kind),
    },
    log: (entry) => void logged.push(entry),
    ...parts,
  });
  ends.push(() => listener.drain(0));
  return { ...listener, judged, refused, logged, answered, faults };
}

const head = (line: string, ...fields: readonly string[]): string => [`${line} HTTP/1.1`, 'Host: api.example', ...fields, '', ''].join('\r\n');
const CLOSE = 'Connection: close';

describe('a request', () => {
  it('is judged as it came, and goes on with the user in place of what the client has said of it', async () => {
    const { url: service, seen } = await serve();
    const { url, judged } = await listen(service);
    expect(await sendRaw(url, head('GET /a?b', CLOSE, 'X-Auth-Subject: forged', 'X-Forwarded-For: forged', 'X: 1'))).toMatch(/ok\r\n|ok$/);
    expect(judged).toStrictEqual([{ method: 'GET', target: '/a?b', scheme: 'http', host: 'api.example', headers: new Map([
      ['host', ['api.example']], ['connection', ['close']], ['x-auth-subject', ['forged']], ['x-forwarded-for', ['forged']], ['x', ['1']]]) }]);
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/a?b' });
    expect(seen[0]?.headers).toMatchObject({ 'x-auth-subject': 'ada', 'x-forwarded-for': '127.0.0.1', 'x': '1' });
  });

  it('without a host is judged without one, and goes on with the service\'s', async () => {
    const { url: service, seen } = await serve();
    const { url, judged } = await listen(service);
    await sendRaw(url, 'GET / HTTP/1.0\r\n\r\n');
    expect(judged).toStrictEqual([{ method: 'GET', target: '/', scheme: 'http', headers: new Map() }]);
    expect(seen[0]?.headers.host).toBe(service.replace('http://', ''));
  });

  it('keeps what a proxy before us has said of the way, where it is trusted', async () => {
    const { url: service, seen } = await serve();
    const { url } = await listen(service, () => ALLOWED, { trustForwarded: true });
    await sendRaw(url, head('GET /', CLOSE, 'X-Forwarded-For: 192.0.2.1', 'X-Forwarded-Proto: https'));
    expect(seen[0]?.headers).toMatchObject({ 'x-forwarded-for': '192.0.2.1, 127.0.0.1', 'x-forwarded-proto': 'https' });
  });

  it('goes on by the method of the judgement', async () => {
    const { url: service, seen } = await serve();
    const { url } = await listen(service, () => ({ ...ALLOWED, method: 'PUT' }));
    await sendRaw(url, `${head('POST /', CLOSE, 'Content-Length: 2')}ok`);
    expect(seen[0]).toMatchObject({ method: 'PUT', headers: { 'content-length': '2' } });
  });

  // RFC 9110 §10.1.1
  it.each([[ALLOWED, [100, 200]], [REFUSED, [401]]])('that waits to be asked for its content is, where somebody wants it: %o', async (judgement, statuses) => {
    const { url: service } = await serve((request, response) => request.resume().on('end', () => response.end('ok')));
    const { url } = await listen(service, () => judgement);
    const socket = await dial(url);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    socket.write(head('GET /', CLOSE, 'Expect: 100-continue', 'Content-Length: 2'));
    await soon(() => expect(statusesOf(text)[0]).toBe(statuses[0]));
    socket.write('ok');
    await soon(() => expect(socket.closed).toBe(true));
    expect(statusesOf(text)).toEqual(statuses);
  });
});

// RFC 9110 §10.1.1: a client that has not asked would take a 100 for its answer.
it.each([
  ['does not wait', 'POST / HTTP/1.1', 'Content-Length: 2'],
  ['has no content', 'GET / HTTP/1.1', 'Expect: 100-continue'],
  ['has neither', 'GET / HTTP/1.1', 'X: a'],
  ['speaks HTTP/1.0', 'POST / HTTP/1.0', 'Expect: 100-continue\r\nContent-Length: 2'],
])('a client that %s is not told to go on', async (_, line, field) => {
  const { url: service } = await serve((request, response) => request.resume().on('end', () => response.end('ok')));
  const { url } = await listen(service);
  expect(statusesOf(await sendRaw(url, `${line}\r\nHost: a\r\nConnection: close\r\n${field}\r\n\r\n${field.includes('Length') ? 'ok' : ''}`))).toEqual([200]);
});

describe('a refusal', () => {
  it('is the judge\'s answer, and the service hears nothing', async () => {
    const { url: service, seen } = await serve();
    const { url } = await listen(service, () => REFUSED);
    const text = await sendRaw(url, head('GET /'), 50);
    expect(text).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\nx-a: b\r\ncontent-length: 2\r\n(?:.+\r\n)*Connection: keep-alive\r\n(?:.+\r\n)*\r\nno$/);
    expect(seen).toEqual([]);
  });

  it('of a request with content is the last of its connection, and what came along with it is not judged (RFC 9112 §9.6)', async () => {
    const { url: service } = await serve();
    const { url, judged } = await listen(service, () => REFUSED);
    const text = await sendRaw(url, `${head('POST /', 'Content-Length: 2')}ok${head('GET /smuggled')}`);
    expect(statusesOf(text)).toEqual([401]);
    expect(text).toMatch(/\r\nConnection: close\r\n/);
    expect(judged).toHaveLength(1);
  });

  it.each([
    ['two hosts', head('GET /', 'Host: b')],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
  ])('of a request with %s needs no judge, and condemns its connection', async (_, text) => {
    const { url: service } = await serve();
    const { url, judged, refused, logged } = await listen(service);
    const answer = await sendRaw(url, `${text}${head('GET /smuggled')}`);
    expect(statusesOf(answer)).toEqual([400]);
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
    expect(judged).toEqual([]);
    expect(refused).toMatchObject([[{ code: 'request_refused', method: 'GET', reason: expect.any(String) }, { target: '/' }]]);
    expect(logged).toMatchObject([{ code: 'request_refused', status: 400 }]);
  });

  it('is 502 where the judge fails, and 431 for more fields than are taken', async () => {
    const { url: service, seen } = await serve();
    const { url } = await listen(service, () => Promise.reject(new Error('fault')), { limits: { headerFields: 3 } });
    expect(statusesOf(await sendRaw(url, head('GET /')))).toEqual([502]);
    expect(statusesOf(await sendRaw(url, head('GET /', 'X: a', 'X: b', 'X: c')))).toEqual([431]);
    expect(seen).toEqual([]);
  });
});

describe('what is told of a request', () => {
  it.each([[ALLOWED, 200, 'allowed'], [REFUSED, 401, 'token_expired']] as const)('%o', async (judgement, status, code) => {
    const { url: service } = await serve();
    const { url, logged, answered, faults } = await listen(service, async () => {
      await pause(60);
      return judgement;
    });
    const started = performance.now();
    await sendRaw(url, head('GET /a?b', CLOSE));
    const longest = (performance.now() - started) / 1000;
    await soon(() => expect(logged).toEqual([{
      method: 'GET', target: '/a?b', status, code, template: '/a', client: '127.0.0.1', upstream: undefined, seconds: expect.any(Number), complete: true,
    }]));
    const [{ seconds } = { seconds: 0 }] = logged;
    expect(seconds).toBeGreaterThan(0.05);
    expect(seconds).toBeLessThanOrEqual(longest);
    expect([answered, faults]).toEqual([[[status, seconds]], []]);
  });

  it('names what went wrong with the service', async () => {
    const server = createPort();
    const service = await urlOf(server);
    await new Promise((resolve) => server.close(resolve));
    const { url, logged, faults } = await listen(service);
    expect(statusesOf(await sendRaw(url, head('GET /', CLOSE)))).toEqual([502]);
    await soon(() => expect(logged).toMatchObject([{ status: 502, code: 'allowed', upstream: 'refused', complete: true }]));
    expect(faults).toEqual(['refused']);
  });

  it('says that an answer did not go out whole', async () => {
    const { url: service } = await serve((_, response) => void response.write('begun'));
    const { url, logged } = await listen(service);
    const socket = await dial(url);
    socket.write(head('GET /'));
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    await soon(() => expect(logged).toMatchObject([{ status: 200, code: 'allowed', complete: false }]));
  });

  it('is told also where the client has gone while keys were waited for; the service then hears nothing', async () => {
    let decide = (_: Judgement): void => undefined;
    const { url: service, seen } = await serve();
    const { url, judged, logged, answered, connections } = await listen(service, () => new Promise((resolve) => (decide = resolve)));
    const socket = await dial(url);
    socket.write(head('GET /'));
    await soon(() => expect(judged).toHaveLength(1));
    socket.resetAndDestroy();
    await soon(() => expect(connections()).toBe(0));
    decide(ALLOWED);
    await soon(() => expect(logged).toMatchObject([{ status: 499, code: 'allowed', complete: false }]));
    expect([answered.map(([status]) => status), seen]).toEqual([[499], []]);
  });

  it('has no status of an answer where the client has gone before there was one', async () => {
    const { url: service, seen } = await serve(() => undefined);
    const { url, logged, answered } = await listen(service);
    const socket = await dial(url);
    socket.write(head('GET /'));
    await soon(() => expect(seen).toHaveLength(1));
    socket.destroy();
    await soon(() => expect(logged).toMatchObject([{ status: 499, code: 'allowed', complete: false }]));
    expect(answered.map(([status]) => status)).toEqual([499]);
  });
});

const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket'];

/** A service that agrees to be a WebSocket, or answers. */
async function serveWebSocket() {
  const service = await serve();
  const upgrades: IncomingMessage[] = [];
  service.server.on('upgrade', (request: IncomingMessage, socket) => {
    upgrades.push(request);
    socket.on('error', () => undefined);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello');
    socket.on('data', (chunk: Buffer) => socket.write(chunk.toString().toUpperCase()));
  });
  return { ...service, upgrades };
}

describe('a WebSocket', () => {
  /** A client that asks for one. */
  async function ask(url: string, more = '') {
    const socket = await dial(url);
    ends.push(() => socket.destroy());
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    socket.write(`${head('GET /a', ...UPGRADE)}${more}`);
    return { socket, text: () => text };
  }

  it('that may pass is joined with the service\'s, and told of when it has ended', async () => {
    const { url: service, upgrades } = await serveWebSocket();
    const { url, logged, answered } = await listen(service);
    const { socket, text } = await ask(url, 'early');
    await soon(() => expect(text()).toMatch(/^HTTP\/1\.1 101 .*EARLY$/s));
    expect(upgrades[0]?.headers).toMatchObject({ 'x-auth-subject': 'ada', 'connection': 'Upgrade', 'upgrade': 'websocket' });
    expect(logged).toEqual([]);
    socket.destroy();
    await soon(() => expect(logged).toMatchObject([{ method: 'GET', target: '/a', status: 101, code: 'allowed', complete: true }]));
    expect(answered).toHaveLength(1);
  });

  it('may have as many fields as are taken', async () => {
    const { url: service } = await serveWebSocket();
    const { url } = await listen(service, () => ALLOWED, { limits: { headerFields: 3 } });
    const { text } = await ask(url);
    await soon(() => expect(text()).toMatch(/hello$/));
  });

  // RFC 9110 §7.8
  it('is none in HTTP/1.0', async () => {
    const { url: service, upgrades } = await serveWebSocket();
    const { url } = await listen(service);
    expect(statusesOf(await sendRaw(url, 'GET /a HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'))).toEqual([200]);
    expect(upgrades).toEqual([]);
  });

  it('ends when its token does, and when nothing moves', async () => atSomePace(async (pace) => {
    const { url: service } = await serveWebSocket();
    const expiring = await listen(service, () => ({ ...ALLOWED, until: Date.now() / 1000 + 0.4 * pace }));
    const idle = await listen(service, () => ALLOWED, { limits: { upgradedIdle: 0.4 * pace } });
    for (const { url } of [expiring, idle]) {
      const { socket, text } = await ask(url);
      await soon(() => expect(text()).toMatch(/hello$/));
      expect(socket.closed).toBe(false);
      await soon(() => expect(socket.closed).toBe(true));
    }
  }));

  it('that may not is answered like any other request, and the connection ends', async () => {
    const { url: service, upgrades } = await serveWebSocket();
    const { url, logged } = await listen(service, () => REFUSED);
    expect(await sendRaw(url, head('GET /a', ...UPGRADE))).toMatch(/^HTTP\/1\.1 401 (?:.+\r\n)+\r\nno$/);
    expect([upgrades, logged.length]).toEqual([[], 1]);
  });

  it('that the service turns into something else is a fault of the service, and told of as one', async () => {
    const { url: service, server } = await serve();
    server.on('upgrade', (_, socket) => void socket.on('error', () => undefined).end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'));
    const { url, logged, faults } = await listen(service);
    expect(await sendRaw(url, head('GET /a', ...UPGRADE))).toMatch(/^HTTP\/1\.1 502 (?:.+\r\n)+\r\n\{.*"upstream_broken"\}$/);
    await soon(() => expect(logged).toMatchObject([{ status: 502, code: 'allowed', upstream: 'broken', complete: true }]));
    expect(faults).toEqual(['broken']);
  });

  it('is none by another method, be it the judgement\'s', async () => {
    const { url: service, upgrades, seen } = await serveWebSocket();
    const { url } = await listen(service, () => ({ ...ALLOWED, method: 'DELETE' }));
    expect(statusesOf(await sendRaw(url, head('GET /a', ...UPGRADE)))).toEqual([200]);
    expect([upgrades, seen.map(({ method }) => method)]).toEqual([[], ['DELETE']]);
  });

  it('cuts the connection where the judge fails: there is no answer that HTTP would read', async () => {
    const { url: service } = await serveWebSocket();
    const { url } = await listen(service, () => Promise.reject(new Error('fault')));
    const { socket, text } = await ask(url);
    await soon(() => expect(socket.closed).toBe(true));
    expect(text()).toBe('');
  });
});

describe('a request to become anything else', () => {
  it('is one like any other, and the service does not hear of it', async () => {
    const { url: service, seen } = await serve();
    const { url } = await listen(service);
    expect(statusesOf(await sendRaw(url, head('GET /a', 'Connection: Upgrade', 'Upgrade: h2c')))).toEqual([200]);
    expect(seen[0]?.headers.upgrade).toBe(undefined);
  });

  // What follows would be a body that nobody has parsed, or another protocol.
  it.each([
    ['a length', head('POST /a', 'Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 2')],
    ['chunks', head('POST /a', 'Connection: Upgrade', 'Upgrade: websocket', 'Transfer-Encoding: chunked')],
    ['something behind it', `${head('GET /a', 'Connection: Upgrade', 'Upgrade: h2c')}PRI`],
    ['more fields than are taken', head('GET /a', ...UPGRADE, 'X: a', 'X: b')],
  ])('with %s is refused, and not judged, and told of', async (_, text) => {
    const { url: service, seen } = await serve();
    const { url, judged, logged } = await listen(service, () => ALLOWED, { limits: { headerFields: 4 } });
    expect(await sendRaw(url, text)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-length: 3\r\n(?:.+\r\n)*Connection: close\r\n(?:.+\r\n)*\r\nbad$/);
    expect([judged, seen]).toEqual([[], []]);
    await soon(() => expect(logged).toMatchObject([{ target: '/a', status: 400, code: 'request_refused', complete: true }]));
  });
});

it('an upstream that is no origin is found before anything listens', async () => {
  await expect(listen('http://service/path')).rejects.toThrow(TypeError);
});

it('a gateway that ends leaves no connection to the service open', async () => {
  let open = 0;
  const { url: service, server } = await serve();
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
  });
  const { url, drain } = await listen(service);
  await sendRaw(url, head('GET /', CLOSE));
  expect(open).toBe(1);
  await drain(1);
  await soon(() => expect(open).toBe(0));
});
