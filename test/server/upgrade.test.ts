/** WebSockets (RFC 6455), between two sockets of this process. */
import { EventEmitter, once } from 'node:events';
import { IncomingMessage, type ClientRequest } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readRawHeaders } from '../../src/esp/index.ts';
import { asksForWebSocket, joinWhenUpgraded, responseOn, type Ends } from '../../src/server/upgrade.ts';
import { atSomePace } from '../jose/pace.ts';

/** A busy machine takes its time. */
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000 });

describe('a request asks for a WebSocket', () => {
  it.each<[boolean, string, readonly string[]]>([
    [true, 'GET', ['Upgrade', 'websocket']],
    [true, 'GET', ['upgrade', ' WebSocket\t']],
    [true, 'GET', ['Connection', 'Upgrade', 'Upgrade', 'websocket', 'Sec-WebSocket-Version', '13']],
    // RFC 6455 §4.1: by GET.
    [false, 'POST', ['Upgrade', 'websocket']],
    [false, 'GET', []],
    [false, 'GET', ['Upgrade', '']],
    [false, 'GET', ['Upgrade', 'h2c']],
    // The service might choose the other.
    [false, 'GET', ['Upgrade', 'websocket, h2c']],
    [false, 'GET', ['Upgrade', 'websocket', 'Upgrade', 'h2c']],
    [false, 'GET', ['Upgrade', 'websocket', 'Upgrade', 'websocket']],
    // What follows would be a body that nobody has parsed.
    [false, 'GET', ['Upgrade', 'websocket', 'Content-Length', '2']],
    [false, 'GET', ['Upgrade', 'websocket', 'Transfer-Encoding', 'chunked']],
  ])('%s: %s %j', (asks, method, fields) => {
    expect(asksForWebSocket({ method, target: '/', headers: readRawHeaders(fields) })).toBe(asks);
  });
});

const server = createServer({ allowHalfOpen: true });
const open: Socket[] = [];
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
afterEach(() => {
  vi.useRealTimers();
  for (const socket of open.splice(0)) socket.destroy();
});
afterAll(() => void server.close());

/** Something at the other end of a socket, and all that it is sent. */
interface Peer {
  /** What is under test holds this end. */
  readonly end: Socket;
  readonly peer: Socket;
  readonly text: () => string;
}

async function pair(allowHalfOpen = false): Promise<Peer> {
  const accepted = once(server, 'connection');
  const peer = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen });
  const [end] = (await accepted) as [Socket];
  let text = '';
  peer.on('error', () => undefined).setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  open.push(end, peer);
  return { end, peer, text: () => text };
}

describe('an answer on a connection that Node has given up', () => {
  it('is the last one of it', async () => {
    const { end, peer, text } = await pair();
    const response = responseOn(Object.assign(new IncomingMessage(end), { httpVersionMajor: 1, httpVersionMinor: 1 }), end);
    const closed = once(peer, 'close');
    response.writeHead(401, { 'content-length': '2' }).end('no');
    await closed;
    expect(text()).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(text()).toMatch(/\r\nConnection: close\r\n/);
    expect(text().endsWith('\r\n\r\nno')).toBe(true);
  });

  it('is over when the client goes', async () => {
    const { end, peer } = await pair();
    const response = responseOn(new IncomingMessage(end), end);
    end.on('error', () => undefined).resume();
    peer.resetAndDestroy();
    await soon(() => expect(response.destroyed).toBe(true));
  });
});

const UPGRADED = ['Upgrade', 'websocket', 'Connection', 'Upgrade, x-mine', 'X-Mine', 'a', 'Sec-WebSocket-Accept', 'b', 'X-Name', '\xe4'];

/** Two ends, joined when the service has said so. */
async function join({ ends = {}, fields = UPGRADED, first = '', allowHalfOpen = false }: {
  readonly ends?: Partial<Ends>; readonly fields?: readonly string[]; readonly first?: string; readonly allowHalfOpen?: boolean;
} = {}) {
  const [client, service] = [await pair(allowHalfOpen), await pair(allowHalfOpen)];
  const response = responseOn(new IncomingMessage(client.end), client.end);
  const out = new EventEmitter();
  let ended = 0;
  let others = 0;
  joinWhenUpgraded(out as ClientRequest, {
    response, socket: client.end, head: Buffer.alloc(0), idle: 600, until: undefined, onEnd: () => void (ended += 1), onOther: () => void (others += 1),
    ...ends,
  });
  const answer = new IncomingMessage(service.end);
  answer.rawHeaders = [...fields];
  const at = fields.indexOf('Upgrade');
  if (at !== -1) answer.headers = { upgrade: fields[at + 1] ?? '' };
  out.emit('upgrade', answer, service.end, Buffer.from(first));
  return { client, service, response, ended: () => ended, others: () => others };
}

const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: b\r\nX-Name: \xe4\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

describe('two ends that are joined', () => {
  it('begin with what the service has answered, and with what either has said already', async () => {
    const { client, service, response } = await join({ ends: { head: Buffer.from('early') }, first: 'hello' });
    await soon(() => expect([client.text(), service.text()]).toEqual([`${SWITCHING}hello`, 'early']));
    // For the log; nothing is sent through it.
    expect([response.statusCode, response.headersSent, response.socket]).toEqual([101, false, null]);
  });

  it('pass octets both ways', async () => {
    const { client, service, ended } = await join();
    client.peer.write('ping');
    service.peer.write('pong');
    await soon(() => expect([client.text(), service.text()]).toEqual([`${SWITCHING}pong`, 'ping']));
    expect(ended()).toBe(0);
  });

  // RFC 6455 §7.1.1
  it.each([['client', 'ends'], ['client', 'breaks'], ['service', 'ends'], ['service', 'breaks']] as const)(
    'end together, and once: when the %s %s', async (who, how) => {
      const { client, service, ended } = await join();
      await soon(() => expect(client.text()).toBe(SWITCHING));
      const { peer } = who === 'client' ? client : service;
      if (how === 'ends') peer.end();
      else peer.resetAndDestroy();
      await soon(() => expect([client.end.destroyed, service.end.destroyed, client.peer.closed, service.peer.closed, ended()]).toEqual([true, true, true, true, 1]));
    });

  it.each(['client', 'service'] as const)('end when one of them (the %s) has ended, though the other would go on', async (who) => {
    const { client, service, ended } = await join({ allowHalfOpen: true });
    await soon(() => expect(client.text()).toBe(SWITCHING));
    (who === 'client' ? client : service).peer.end();
    await soon(() => expect([client.end.destroyed, service.end.destroyed, ended()]).toEqual([true, true, 1]));
  });

  it.each(['client', 'service'] as const)('end when one of them cannot be written to (the %s)', async (who) => {
    const { client, service, ended } = await join();
    const { end } = who === 'client' ? client : service;
    end.emit('error', new Error('fault'));
    await soon(() => expect([client.end.destroyed, service.end.destroyed, ended()]).toEqual([true, true, 1]));
  });

  it('end when neither has said anything for a while', async () => atSomePace(async (pace) => {
    const started = performance.now();
    const { client, service, ended } = await join({ ends: { idle: 0.5 * pace } });
    const words = setInterval(() => client.peer.write('.'), 50 * pace);
    setTimeout(() => clearInterval(words), 600 * pace);
    await vi.waitFor(() => expect([client.end.destroyed, service.end.destroyed, ended()]).toEqual([true, true, 1]), { timeout: 5000 * pace });
    clearInterval(words);
    expect(performance.now() - started).toBeGreaterThan(900 * pace);
    expect(service.text()).toMatch(/^\.+$/);
  }));
});

describe('a service that has agreed to something else', () => {
  it.each([['h2c', ['Upgrade', 'h2c']], ['nothing', []], ['two things', ['Upgrade', 'websocket, h2c']]])('(%s) is cut, and the client is left to be answered', async (_, fields) => {
    const { client, service, others, ended } = await join({ fields, first: 'hello' });
    await soon(() => expect([service.peer.closed, others()]).toEqual([true, 1]));
    expect([client.text(), client.end.destroyed, ended()]).toEqual(['', false, 0]);
  });

  it('in capitals has not', async () => {
    const { client } = await join({ fields: ['Upgrade', 'WebSocket'] });
    await soon(() => expect(client.text()).toMatch(/^HTTP\/1\.1 101 /));
  });
});

describe('a token that expires', () => {
  const now = 1_700_000_000;
  const fake = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: now * 1000 });

  it('cuts the connection then, whatever moves, and no sooner', async () => {
    fake();
    const { client } = await join({ ends: { until: now + 10 } });
    vi.advanceTimersByTime(9999);
    expect(client.end.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(client.end.destroyed).toBe(true);
  });

  it('and is over already, cuts it at once', async () => {
    fake();
    const { client } = await join({ ends: { until: now - 10 } });
    expect(client.end.destroyed).toBe(false);
    vi.advanceTimersByTime(0);
    expect(client.end.destroyed).toBe(true);
  });

  it('in a hundred years does not: no timer of Node\'s runs that long, and one that is asked to fires at once', async () => {
    fake();
    const { client } = await join({ ends: { until: now + 3_000_000_000 } });
    vi.advanceTimersByTime(2 ** 31 - 2);
    expect(client.end.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(client.end.destroyed).toBe(true);
  });

  it('is waited for no longer than there is a connection', async () => {
    fake();
    const { client } = await join({ ends: { until: now + 10 } });
    expect(vi.getTimerCount()).toBe(1);
    const closed = once(client.end, 'close');
    client.end.destroy();
    await closed;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('need not be there', async () => {
    fake();
    await join();
    expect(vi.getTimerCount()).toBe(0);
  });
});
