/** A server of this process, and clients that speak by hand. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../src/server/limits.ts';
import { listenOn, type Listener, type ListenerHandlers } from '../../src/server/listener.ts';
import { atSomePace } from '../jose/pace.ts';
import { dial, sendRaw, statusesOf } from './raw.ts';

/** A busy machine takes its time. */
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000 });
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const listeners: Listener[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(listeners.splice(0).map((listener) => listener.drain(0)));
});

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

async function listen(answer: Answer, limits: Partial<Limits> = {}, more: Partial<ListenerHandlers> = {}): Promise<Listener> {
  const request = async (message: IncomingMessage, response: ServerResponse): Promise<void> => void (await answer(message, response));
  const listener = await listenOn(0, '127.0.0.1', { request, ...more }, { ...DEFAULT_LIMITS, ...limits });
  listeners.push(listener);
  return listener;
}

/** A client that says something, and what it is told. */
async function client({ url }: Listener, says = ''): Promise<{ readonly socket: Socket; readonly text: () => string }> {
  const socket = await dial(url);
  sockets.push(socket);
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  socket.write(says);
  return { socket, text: () => text };
}

const ok: Answer = (_, response) => response.end('ok');
const get = (path: string, ...fields: readonly string[]): string => [`GET ${path} HTTP/1.1`, 'Host: a', ...fields, '', ''].join('\r\n');
const CLOSE = 'Connection: close';

describe('the address', () => {
  it('is where it listens, without a slash at the end', async () => {
    const { url } = await listen(ok);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(await (await fetch(`${url}/`)).text()).toBe('ok');
  });

  it.runIf(Object.values(networkInterfaces()).flat().some((one) => one?.address === '::1'))('of IPv6 stands in brackets', async () => {
    const listener = await listenOn(0, '::1', { request: async (_, response) => void response.end('ok') }, DEFAULT_LIMITS);
    listeners.push(listener);
    expect(listener.url).toMatch(/^http:\/\/\[::1\]:[1-9]\d*$/);
    expect(await (await fetch(listener.url)).text()).toBe('ok');
  });

  it('that is taken cannot be had', async () => {
    const { port } = new URL((await listen(ok)).url);
    await expect(listenOn(Number(port), '127.0.0.1', { request: async () => undefined }, DEFAULT_LIMITS)).rejects.toThrow('EADDRINUSE');
  });
});

/** The same, and the server of node:http within. */
async function listenWithin(answer: Answer, limits: Partial<Limits> = {}): Promise<{ readonly url: string; readonly server: Server | undefined }> {
  const began = vi.spyOn(Server.prototype, 'listen');
  const { url } = await listen(answer, limits);
  const server = began.mock.contexts.find((one) => one instanceof Server);
  began.mockRestore();
  return { url, server };
}

it('a connection that the system could not take is no reason to end', async () => {
  const { url, server } = await listenWithin(ok);
  // As net:Server says it of accept(2), where memory or descriptors have run out.
  for (let i = 0; i < 2; i += 1) server?.emit('error', Object.assign(new Error('accept ENOBUFS'), { code: 'ENOBUFS' }));
  expect(statusesOf(await sendRaw(url, get('/', CLOSE)))).toEqual([200]);
});

describe('a fault of ours', () => {
  const fault: Answer = () => {
    throw new Error('fault');
  };
  const BARE = (status: string): RegExp =>
    new RegExp(`^HTTP/1\\.1 ${status}\\r\\nconnection: close\\r\\ncache-control: no-store\\r\\ncontent-length: 0\\r\\nDate: .*\\r\\n\\r\\n$`);

  it('is answered 500, or as the server is told, with nothing about it, and ends the connection', async () => {
    expect(await sendRaw((await listen(fault)).url, get('/'))).toMatch(BARE('500 Internal Server Error'));
    expect(await sendRaw((await listen(fault, {}, { faultStatus: 403 })).url, get('/'))).toMatch(BARE('403 Forbidden'));
  });

  it('where an answer has begun, cuts the connection: what began cannot become another', async () => {
    const { url } = await listen((_, response) => {
      response.writeHead(200, { 'content-length': '4' }).write('ha');
      throw new Error('fault');
    });
    const text = await sendRaw(url, get('/'));
    expect(statusesOf(text)).not.toContain(500);
  });
});

describe('the head of a request', () => {
  it('has so many fields, and not one more', async () => {
    let asked = 0;
    const { url } = await listen((_, response) => void ((asked += 1), response.end()), { headerFields: 5 });
    const fields = (count: number): readonly string[] => [...Array.from({ length: count - 2 }, () => 'X: a'), CLOSE];
    expect(statusesOf(await sendRaw(url, get('/', ...fields(5))))).toEqual([200]);
    expect(statusesOf(await sendRaw(url, get('/', ...fields(6))))).toEqual([431]);
    expect(statusesOf(await sendRaw(url, get('/', ...fields(60))))).toEqual([431]);
    expect(asked).toBe(1);
  });

  // Node reads fields in lots of 32, and drops in silence those that are too many.
  it('has so many fields, whatever Node drops of them, and all are seen', async () => {
    const seen: (string | undefined)[] = [];
    const { url } = await listen(({ headers: { via } }, response) => void (seen.push(via), response.end()), { headerFields: 65 });
    const fields = (count: number): readonly string[] => [CLOSE, ...Array.from({ length: count - 3 }, () => 'X: a'), 'Via: b'];
    expect(statusesOf(await sendRaw(url, get('/', ...fields(65))))).toEqual([200]);
    expect(statusesOf(await sendRaw(url, get('/', ...fields(66))))).toEqual([431]);
    expect(seen).toEqual(['b']);
  });

  it('is so long', async () => {
    const { url } = await listen(ok, { headOctets: 2000 });
    expect(statusesOf(await sendRaw(url, get('/', `X: ${'a'.repeat(1000)}`, CLOSE)))).toEqual([200]);
    expect(await sendRaw(url, get('/', `X: ${'a'.repeat(3000)}`)))
      .toBe('HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });

  it('comes in time', async () => {
    const listener = await listen(ok, { headTimeout: 0.3 });
    const { socket, text } = await client(listener, 'GET / HTTP/1.1\r\nHo');
    await soon(() => expect(socket.closed).toBe(true));
    expect(text()).toBe('HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });

  // node:http takes whole milliseconds alone, and 1.001 s are 1000.9999999999999 of them.
  it.each([0.333, 1.001])('comes within a time that need not be one of whole milliseconds: %f s', async (seconds) => {
    const { url } = await listen(ok, { headTimeout: seconds, keepAlive: seconds });
    expect(statusesOf(await sendRaw(url, get('/', CLOSE)))).toEqual([200]);
  });

  it.each(['nonsense', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\x01b\r\n\r\n'])('is HTTP, which %j is not', async (text) => {
    const { url } = await listen(ok);
    expect(await sendRaw(url, `${text}\r\n\r\n`)).toBe('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });

  // Nobody could tell where the first answer ends and this one begins.
  it('that is none, behind one whose answer is under way, ends the connection without a word', async () => {
    const listener = await listen((_, response) => void response.write('begun'));
    const { socket, text: told } = await client(listener, get('/'));
    await soon(() => expect(told()).toContain('begun'));
    const before = told();
    socket.write('nonsense\r\n\r\n');
    await soon(() => expect(socket.closed).toBe(true));
    expect(told()).toBe(before);
  });

  it('has all of its time, and no more than half of it, or a second, until it is noticed that it is too late', async () => {
    const started = performance.now();
    const { socket } = await client(await listen(ok, { headTimeout: 0.5 }), 'GET / HTTP/1.1\r\nHo');
    await soon(() => expect(socket.closed).toBe(true));
    expect(performance.now() - started).toBeGreaterThan(490);
    // What node:http goes by, and says of itself: no clock on the wall could tell on a busy machine.
    for (const [headTimeout, interval] of [[0.5, 250], [0.333, 167], [10, 1000]] as const) {
      expect((await listenWithin(ok, { headTimeout })).server).toHaveProperty('connectionsCheckingInterval', interval);
    }
  });

  it('that is none, behind an answer of Node\'s own, is not answered', async () => {
    const { server } = await listenWithin(ok);
    const socket = { writable: true, bytesWritten: 5, destroy: vi.fn(), end: vi.fn() };
    server?.emit('clientError', new Error('fault'), socket);
    expect([socket.destroy.mock.calls.length, socket.end.mock.calls.length]).toEqual([1, 0]);
  });

  it('that is none ends the connection, whether the client does or not', async () => {
    const listener = await listen(ok);
    const socket = connect({ port: Number(new URL(listener.url).port), host: '127.0.0.1', allowHalfOpen: true });
    sockets.push(socket);
    socket.on('error', () => undefined).resume().write('nonsense\r\n\r\n');
    await new Promise((resolve) => socket.once('end', resolve));
    await soon(() => expect(listener.connections()).toBe(0));
  });

  it('that is none, behind one that was answered, is told so, unless that answer was the last', async () => {
    let closed = false;
    const listener = await listen((_, response) => response.once('close', () => (closed = true)).end('ok'));
    const { socket, text } = await client(listener, get('/'));
    await soon(() => expect([statusesOf(text()), closed]).toEqual([[200], true]));
    socket.write('nonsense\r\n\r\n');
    await soon(() => expect(socket.closed).toBe(true));
    expect(statusesOf(text())).toEqual([200, 400]);
    expect(statusesOf(await sendRaw(listener.url, `${get('/', CLOSE)}nonsense\r\n\r\n`))).toEqual([200]);
  });

  it('that expects what nobody knows is 417 (RFC 9110 §10.1.1)', async () => {
    const { url } = await listen(ok);
    expect(await sendRaw(url, get('/', 'Expect: a'))).toMatch(/^HTTP\/1\.1 417 Expectation Failed\r\nconnection: close\r\n/);
  });

  it('that is refused is so with another status, where the server is told to', async () => {
    const { url } = await listen(ok, { headerFields: 5, headOctets: 2000, headTimeout: 0.3 }, { refusedStatus: 403 });
    for (const text of ['nonsense\r\n\r\n', get('/', 'Expect: a'), get('/', ...Array.from({ length: 5 }, () => 'X: a')), get('/', `X: ${'a'.repeat(3000)}`), 'GET / HTTP/1.1\r\nHo']) {
      expect(await sendRaw(url, text)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\nconnection: close\r\n/);
    }
  });

  // RFC 9110 §10.1.1: it is for whoever decides to ask for the content.
  it('that waits to be asked for its content is not asked by itself', async () => {
    const { url } = await listen((_, response) => response.writeHead(401).end());
    const text = await sendRaw(url, get('/', 'Expect: 100-continue', 'Content-Length: 2', CLOSE));
    expect(statusesOf(text)).toEqual([401]);
  });
});

describe('a connection', () => {
  it('is counted while it is there', async () => {
    const listener = await listen(ok);
    expect(listener.connections()).toBe(0);
    const [one, other] = [await client(listener), await client(listener)];
    await soon(() => expect(listener.connections()).toBe(2));
    one.socket.destroy();
    other.socket.resetAndDestroy();
    await soon(() => expect(listener.connections()).toBe(0));
  });

  it('is cut where there are as many as may be', async () => {
    const listener = await listen(ok, { connections: 1 });
    const first = await client(listener);
    const { socket } = await client(listener, get('/'));
    await soon(() => expect(socket.closed).toBe(true));
    first.socket.write(get('/'));
    await soon(() => expect(statusesOf(first.text())).toEqual([200]));
  });

  it('on which nothing moves, though an answer is awaited, ends after the service would have', async () => {
    const listener = await listen(() => undefined, { idleTimeout: 0.1, connectTimeout: 0.2 });
    const started = performance.now();
    const { socket } = await client(listener, get('/'));
    await soon(() => expect(socket.closed).toBe(true));
    expect(performance.now() - started).toBeGreaterThan(1250);
  });

  it('is kept for as long as it is said', async () => {
    expect((await listenWithin(ok, { keepAlive: 0.2 })).server).toHaveProperty('keepAliveTimeout', 200);
  });

  it('is kept for the next request, for a while', async () => atSomePace(async (pace) => {
    const listener = await listen(ok, { keepAlive: 0.2 * pace });
    const { socket, text } = await client(listener, get('/'));
    await soon(() => expect(statusesOf(text())).toEqual([200]));
    socket.write(get('/'));
    await soon(() => expect(statusesOf(text())).toEqual([200, 200]));
    await soon(() => expect(socket.closed).toBe(true));
  }));
});

const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket'];

describe('a request to upgrade', () => {
  it('is one like any other where nobody sees to such', async () => {
    expect(statusesOf(await sendRaw((await listen(ok)).url, get('/', 'Connection: Upgrade, close', 'Upgrade: websocket')))).toEqual([200]);
  });

  it('is for whoever does, with what came along', async () => {
    const heads: string[] = [];
    const listener = await listen(ok, {}, {
      upgrade: (request, socket, head) => {
        heads.push(`${request.url} ${head.toString()}`);
        socket.end('upgraded');
      },
    });
    expect(await sendRaw(listener.url, `${get('/ws', ...UPGRADE)}early`)).toBe('upgraded');
    expect(heads).toEqual(['/ws early']);
  });

  it('may follow a request that has been answered', async () => {
    let closed = false;
    const listener = await listen((_, response) => response.once('close', () => (closed = true)).end('ok'), {}, {
      upgrade: (_, socket) => void socket.end('upgraded'),
    });
    const { socket, text } = await client(listener, get('/'));
    await soon(() => expect([statusesOf(text()), closed]).toEqual([[200], true]));
    socket.write(get('/ws', ...UPGRADE));
    await soon(() => expect(text()).toMatch(/upgraded$/));
  });

  // RFC 9112 §9.3.2: the answers under way come first.
  it('behind one that has not is not had, and the connection ends with the answer', async () => {
    let upgrades = 0;
    const answers: (() => void)[] = [];
    const listener = await listen((_, response) => answers.push(() => void response.end('late')), {}, { upgrade: () => void (upgrades += 1) });
    const { socket, text } = await client(listener, `${get('/')}${get('/ws', ...UPGRADE)}`);
    await soon(() => expect(answers).toHaveLength(1));
    await pause(50);
    expect([text(), socket.closed]).toEqual(['', false]);
    answers[0]?.();
    await soon(() => expect(socket.closed).toBe(true));
    expect(text()).toMatch(/\r\n\r\nlate$/);
    expect(upgrades).toBe(0);
  });

  it('may break while whoever sees to it has not begun to', async () => {
    const held: Socket[] = [];
    const listener = await listen(ok, {}, { upgrade: (_, socket) => void held.push(socket) });
    await client(listener, get('/ws', ...UPGRADE));
    await soon(() => expect(held).toHaveLength(1));
    expect(() => held[0]?.emit('error', new Error('fault'))).not.toThrow();
    await soon(() => expect(listener.connections()).toBe(0));
  });

  // Of such, Node 26 hands over a stream and not the connection.
  it.each(['Content-Length: 2', 'Transfer-Encoding: chunked'])('with content (%s) is on its connection too', async (field) => {
    const held: Socket[] = [];
    const answers: (() => void)[] = [];
    const listener = await listen((_, response) => answers.push(() => void response.end('late')), {}, { upgrade: (_, socket) => void held.push(socket) });
    const lone = await client(listener, get('/ws', ...UPGRADE, field));
    await soon(() => expect(held).toHaveLength(1));
    expect(held[0]).toHaveProperty('remotePort', lone.socket.localPort);
    expect(() => held[0]?.emit('error', new Error('fault'))).not.toThrow();
    await soon(() => expect(listener.connections()).toBe(0));
    const behind = await client(listener, `${get('/')}${get('/ws', ...UPGRADE, field)}`);
    await soon(() => expect(answers).toHaveLength(1));
    await pause(50);
    answers[0]?.();
    await soon(() => expect(behind.socket.closed).toBe(true));
    expect(behind.text()).toMatch(/\r\n\r\nlate$/);
    expect(held).toHaveLength(1);
  });

  it('that cannot be seen to ends the connection', async () => {
    const listener = await listen(ok, {}, {
      upgrade: (_, socket) => {
        socket.write('begun');
        throw new Error('fault');
      },
    });
    const { socket, text } = await client(listener, get('/ws', ...UPGRADE));
    await soon(() => expect(socket.closed).toBe(true));
    expect(text()).toBe('begun');
  });
});

describe('a server that is to end', () => {
  it('says so, takes no new connections, and has ended when nothing is left', async () => {
    const listener = await listen(ok);
    expect(listener.draining()).toBe(false);
    const ended = listener.drain(60);
    expect(listener.draining()).toBe(true);
    await ended;
    const refused = connect(Number(new URL(listener.url).port), '127.0.0.1');
    await expect(new Promise((resolve, reject) => refused.once('connect', resolve).once('error', reject))).rejects.toThrow('ECONNREFUSED');
  });

  it('cuts at once what is idle, and what never said anything', async () => {
    const listener = await listen(ok);
    const [silent, idle] = [await client(listener), await client(listener, get('/'))];
    await soon(() => expect(statusesOf(idle.text())).toEqual([200]));
    await soon(() => expect(listener.connections()).toBe(2));
    // Longer than this test may take.
    await listener.drain(300);
    await soon(() => expect([silent.socket.closed, idle.socket.closed]).toEqual([true, true]));
  });

  it('lets end what is under way, and says to what comes behind it that the connection ends', async () => {
    const answers: (() => void)[] = [];
    const listener = await listen((_, response) => answers.push(() => void response.end('late')));
    const { socket, text } = await client(listener, get('/1'));
    await soon(() => expect(answers).toHaveLength(1));
    const ended = listener.drain(60);
    await pause(150);
    expect(socket.closed).toBe(false);
    socket.write(get('/2'));
    await soon(() => expect(answers).toHaveLength(2));
    for (const answer of answers) answer();
    await ended;
    await soon(() => expect(socket.closed).toBe(true));
    expect(statusesOf(text())).toEqual([200, 200]);
    expect(text().match(/^connection: \S+$/gim)?.at(-1)).toBe('Connection: close');
  });

  it('does not wait for a client that would keep its connection', async () => {
    const answers: (() => void)[] = [];
    const listener = await listen((_, response) => answers.push(() => void response.end('late')));
    const { text } = await client(listener, get('/'));
    await soon(() => expect(answers).toHaveLength(1));
    const ended = listener.drain(300);
    answers[0]?.();
    await ended;
    await soon(() => expect(statusesOf(text())).toEqual([200]));
  });

  it('cuts what has not ended when its time is over; and sooner, where it is told again', async () => {
    // One is longer than this test may take.
    for (const graces of [[0.3], [300, 0.3]]) {
      const listener = await listen((_, response) => void response.write('begun'));
      const { socket, text } = await client(listener, get('/'));
      await soon(() => expect(text()).toContain('begun'));
      const started = performance.now();
      await Promise.all(graces.map((grace) => listener.drain(grace)));
      expect(performance.now() - started).toBeGreaterThan(280);
      await soon(() => expect(socket.closed).toBe(true));
    }
  });

  it('leaves no timer behind', async () => {
    const listener = await listen(ok);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    await listener.drain(60);
    const left = vi.getTimerCount();
    vi.useRealTimers();
    expect(left).toBe(0);
  });
});
