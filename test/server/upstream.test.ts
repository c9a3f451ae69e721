import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { createServer as createPort, Socket, type AddressInfo, type Server as Port } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../src/server/limits.ts';
import { createUpstream, faultOf, UpstreamTimeout, type Upstream } from '../../src/server/upstream.ts';
import { atSomePace } from '../jose/pace.ts';

/** A busy machine takes its time. */
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000 });

const ends: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const end of ends.splice(0)) await end();
});

async function listen(server: Server | Port): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function open(url: string, limits: Partial<Limits> = {}): Upstream {
  const upstream = createUpstream(url, { ...DEFAULT_LIMITS, ...limits });
  ends.push(() => upstream.close());
  return upstream;
}

/** The text of an answer, or the name of what went wrong. */
function ask(upstream: Upstream, target = '/', fields: readonly string[] = ['Host', 'a']): Promise<string> {
  return new Promise((resolve) => {
    upstream.open('GET', target, fields)
      .on('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => resolve(text));
      })
      .on('error', (error) => resolve(faultOf(error)))
      .end();
  });
}

/** Until connections that are free are known to be. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe('an upstream is an origin', () => {
  it.each(['', 'service:3000', 'ftp://service', 'ws://service', '//service', 'http://'])('%j is none', (url) => {
    expect(() => open(url)).toThrow(TypeError);
    expect(() => open(url)).toThrow('http or https');
  });

  // Ours and its paths are the same, or the decision was about another one.
  it.each(['http://service/api', 'http://service/?a', 'http://service/#a', 'http://ada@service', 'http://ada:b@service'])(
    '%j is more than that', (url) => {
      expect(() => open(url)).toThrow(TypeError);
      expect(() => open(url)).toThrow('and nothing else');
    });

  it.each([
    ['http://service', 'service', 'service', 80],
    ['http://service:3000/', 'service:3000', 'service', '3000'],
    ['https://service', 'service', 'service', 443],
    ['https://service:8443', 'service:8443', 'service', '8443'],
    ['http://[::1]:3000', '[::1]:3000', '::1', '3000'],
  ])('%s is asked as %s, and connected to as %s, port %s', async (url, authority, host, port) => {
    const upstream = open(url);
    expect(upstream.authority).toBe(authority);
    // A socket that connects to nothing.
    const connect = vi.spyOn(url.startsWith('https') ? SecureAgent.prototype : Agent.prototype, 'createConnection')
      .mockImplementation(() => new Socket());
    upstream.open('GET', '/', ['Host', 'a']).on('error', () => undefined).destroy();
    await settled();
    expect(connect).toHaveBeenCalledTimes(1);
    expect(connect.mock.calls[0]?.[0]).toMatchObject({ host, port });
  });
});

describe('a request', () => {
  it('has the method, the target and the fields that it is given, and no others but Connection', async () => {
    const seen: IncomingMessage[] = [];
    const url = await listen(createServer((request, response) => void (seen.push(request), response.end('answer'))));
    expect(await ask(open(url), '/a?b=%20', ['Host', 'x', 'X-One', '1', 'x-one', '2'])).toBe('answer');
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/a?b=%20' });
    expect(seen[0]?.rawHeaders).toEqual(['Host', 'x', 'X-One', '1', 'x-one', '2', 'Connection', 'keep-alive']);
  });

  it('that follows another takes its connection, which ends with the pool', async () => {
    let [opened, closed] = [0, 0];
    const server = createServer((_, response) => void response.end('answer')).on('connection', (socket) => {
      opened += 1;
      socket.once('close', () => (closed += 1));
    });
    const upstream = open(await listen(server));
    for (let i = 0; i < 3; i += 1) {
      expect(await ask(upstream)).toBe('answer');
      await settled();
    }
    expect([opened, closed]).toEqual([1, 0]);
    upstream.close();
    await soon(() => expect(closed).toBe(1));
  });

  it('waits for a connection where as many are open as may be', async () => {
    const waiting: ServerResponse[] = [];
    const upstream = open(await listen(createServer((_, response) => void waiting.push(response))), { upstreamConnections: 2 });
    const answers = [ask(upstream), ask(upstream), ask(upstream)];
    await soon(() => expect(waiting).toHaveLength(2));
    await settled();
    expect(waiting).toHaveLength(2);
    waiting[0]?.end('first');
    await soon(() => expect(waiting).toHaveLength(3));
    for (const response of waiting.slice(1)) response.end('later');
    expect((await Promise.all(answers)).sort()).toEqual(['first', 'later', 'later']);
  });

  it('of which nothing moves any more ends with "timeout", and one that goes on does not', async () => atSomePace(async (pace) => {
    const url = await listen(createServer((request, response) => {
      if (request.url === '/hangs') return;
      let left = 7;
      const timer = setInterval(() => {
        response.write('.');
        if ((left -= 1) === 0) response.end(clearInterval(timer));
      }, 100 * pace);
    }));
    const upstream = open(url, { idleTimeout: 0.5 * pace });
    const started = performance.now();
    expect(await ask(upstream, '/hangs')).toBe('timeout');
    expect(performance.now() - started).toBeGreaterThan(450 * pace);
    expect(await ask(upstream, '/goes-on')).toBe('.......');
  }));

  // RFC 9112 §6.3: to read it either way is to let the service say where our next answer begins.
  it('whose answer says a length and a coding is answered by nobody', async () => {
    const url = await listen(createPort((socket) => {
      socket.on('error', () => undefined).once('data', () => void socket.end(
        'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'));
    }));
    expect(await ask(open(url))).toBe('broken');
  });
});

describe('a connection', () => {
  /** The next one connects when it is told to. */
  function nextSocket(connecting = true): Socket {
    const socket = Object.assign(new Socket(), { connecting });
    vi.spyOn(Agent.prototype, 'createConnection').mockImplementation(() => socket);
    return socket;
  }

  afterEach(() => void vi.useRealTimers());
  const fake = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

  it('that does not come in time ends the request with "connect_timeout"', async () => {
    const upstream = open('http://service', { connectTimeout: 3, idleTimeout: 600 });
    nextSocket();
    fake();
    const answer = ask(upstream);
    await vi.advanceTimersByTimeAsync(2999);
    expect(await Promise.race([answer, Promise.resolve('waits')])).toBe('waits');
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toBe('connect_timeout');
  });

  it.each(['connect', 'close'])('that comes, or breaks, in time (%s) is waited for no more', async (event) => {
    const upstream = open('http://service', { connectTimeout: 3 });
    const socket = nextSocket();
    fake();
    const request = upstream.open('GET', '/', ['Host', 'a']).on('error', () => undefined);
    await vi.advanceTimersByTimeAsync(1);
    expect(vi.getTimerCount()).toBe(1);
    socket.emit(event);
    expect(vi.getTimerCount()).toBe(0);
    request.destroy();
  });

  it('that is there already is not waited for', async () => {
    const upstream = open('http://service', { connectTimeout: 3 });
    nextSocket(false);
    fake();
    const request = upstream.open('GET', '/', ['Host', 'a']).on('error', () => undefined);
    await vi.advanceTimersByTimeAsync(1);
    expect(vi.getTimerCount()).toBe(0);
    request.destroy();
  });

  it('that nobody takes is "refused"', async () => {
    const server = createPort();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(open(url))).toBe('refused');
  });
});

describe('what went wrong is named', () => {
  const withCode = (code: string): Error => Object.assign(new Error('fault'), { code });
  it.each([
    [withCode('ECONNREFUSED'), 'refused'], [withCode('ECONNRESET'), 'reset'], [withCode('EPIPE'), 'reset'],
    [withCode('HPE_INVALID_CONSTANT'), 'broken'], [new Error('fault'), 'broken'],
    ['fault', 'broken'], [undefined, 'broken'], [{ code: 'ECONNREFUSED' }, 'broken'],
  ])('%o: %s', (error, fault) => {
    expect(faultOf(error)).toBe(fault);
  });

  it.each(['timeout', 'connect_timeout'] as const)('a timeout says itself which it is: %s', (fault) => {
    expect(faultOf(new UpstreamTimeout(fault))).toBe(fault);
    expect(new UpstreamTimeout(fault).message).toBe(fault);
  });
});
