/** One exchange: a client by hand, a service by hand, and `relay` between two servers of this process. */
import { createServer, IncomingMessage, ServerResponse, type Server } from 'node:http';
import { createServer as createPort, Socket, type AddressInfo, type Server as Port } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readRawHeaders } from '../../src/esp/index.ts';
import { framingOf } from '../../src/server/hop-by-hop.ts';
import { DEFAULT_LIMITS } from '../../src/server/limits.ts';
import { answerFault, relay, type RelayTerms } from '../../src/server/relay.ts';
import { createUpstream, type Upstream } from '../../src/server/upstream.ts';
import { atSomePace } from '../jose/pace.ts';
import { dial, sendRaw, statusesOf } from './raw.ts';

/** A busy machine takes its time. */
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000 });

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function listen(server: Server | Port): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A service that keeps what it is sent, and gives each head the next answer, or the last one again. */
async function service(...answers: readonly ((socket: Socket) => unknown)[]) {
  let [text, heads, connections] = ['', 0, 0];
  const closed: number[] = [];
  const url = await listen(createPort((socket) => {
    const number = (connections += 1);
    ends.push(() => socket.destroy());
    socket.on('error', () => undefined).once('close', () => closed.push(number));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      if (!chunk.includes('\r\n\r\n')) return;
      answers[Math.min(heads, answers.length - 1)]?.(socket);
      heads += 1;
    });
  }));
  return { url, text: () => text, heads: () => heads, connections: () => connections, closed };
}

const says = (text: string) => (socket: Socket): void => void socket.write(text, 'latin1');
const OK = says('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
const hangsUp = (socket: Socket): void => void socket.destroy();

/** A server that relays all that it gets. */
async function front(url: string, terms: Partial<RelayTerms> = {}, idleTimeout = 30) {
  const faults: string[] = [];
  const upstream = createUpstream(url, { ...DEFAULT_LIMITS, idleTimeout });
  ends.push(() => upstream.close());
  const gone: boolean[] = [];
  const address = await listen(createServer((request, response) => {
    const framing = framingOf(readRawHeaders(request.rawHeaders));
    const content = framing.kind === 'length' ? ['Content-Length', String(framing.octets)] : [];
    response.once('close', () => gone.push(response.writableFinished));
    relay(request, response, {
      upstream, framing, method: request.method ?? '', fields: ['Host', 'service', ...content], onFault: (fault) => faults.push(fault), ...terms,
    });
  }));
  return { url: address, faults, gone };
}

const head = (line: string, ...fields: readonly string[]): string => [`${line} HTTP/1.1`, 'Host: a', ...fields, '', ''].join('\r\n');
const CLOSE = 'Connection: close';

describe('a request', () => {
  it('goes on with its target and content, by the method and with the fields that it is given', async () => {
    const { url, text } = await service(OK);
    const { url: own } = await front(url, { method: 'PUT', fields: ['Host', 'service', 'X-User', 'ada', 'Content-Length', '4'] });
    const answer = await sendRaw(own, `${head('POST /a?b=%20c', 'Content-Length: 4', 'X-User: forged', CLOSE)}1234`);
    expect(statusesOf(answer)).toEqual([200]);
    expect(text()).toBe('PUT /a?b=%20c HTTP/1.1\r\nHost: service\r\nX-User: ada\r\nContent-Length: 4\r\nConnection: keep-alive\r\n\r\n1234');
  });

  it('without content ends with its head', async () => {
    const { url, text } = await service(OK);
    const { url: own, faults } = await front(url);
    expect(statusesOf(await sendRaw(own, head('GET /', CLOSE)))).toEqual([200]);
    expect(text()).toBe('GET / HTTP/1.1\r\nHost: service\r\nConnection: keep-alive\r\n\r\n');
    expect(faults).toEqual([]);
  });
});

describe('an answer', () => {
  it('comes back as it was sent, field for field, less what is for one hop', async () => {
    const { url } = await service(says('HTTP/1.1 203 Well, Well\r\nX-One: 1\r\nset-cookie: a\r\nSet-Cookie: b\r\nKeep-Alive: timeout=9\r\n' +
      'Connection: x-mine\r\nX-Mine: c\r\nContent-Length: 2\r\n\r\nok'));
    const { url: own } = await front(url);
    const answer = await sendRaw(own, head('GET /', CLOSE));
    expect(answer.replace(/Date: .*\r\n/, '')).toBe(
      'HTTP/1.1 203 Well, Well\r\nX-One: 1\r\nset-cookie: a\r\nSet-Cookie: b\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
  });

  it('leaves the connection of a request that is whole open', async () => {
    const { url } = await service(OK);
    const { url: own } = await front(url);
    const answers = await sendRaw(own, `${head('GET /1')}${head('GET /2', CLOSE)}`, 300, 2);
    expect(statusesOf(answers)).toEqual([200, 200]);
    expect(answers.match(/^connection: \S+$/gim)).toEqual(['Connection: keep-alive', 'Connection: close']);
  });

  // RFC 9112 §9.3: what is not read to its end leaves no place for another request.
  it('to a request that is still being sent ends its connection, and the service\'s', async () => {
    const { url, closed } = await service(OK);
    const { url: own, faults } = await front(url);
    const answer = await sendRaw(own, `${head('POST /', 'Content-Length: 10')}123`);
    expect(statusesOf(answer)).toEqual([200]);
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
    await soon(() => expect(closed).toEqual([1]));
    expect(faults).toEqual([]);
  });

  it.each([
    // RFC 9110 §8.6: to HEAD, the length is that of the answer to GET.
    ['HEAD', 'HEAD', true],
    // To any other it would be content that does not come.
    ['GET', 'HEAD', false],
    ['GET', 'GET', true],
  ])('to %s, which went on as %s, has the service\'s length: %s', async (asked, sent, kept) => {
    const { url } = await service(says(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: a\r\n\r\n${sent === 'HEAD' ? '' : 'ok'}`));
    const { url: own } = await front(url, { method: sent });
    const answer = await sendRaw(own, head(`${asked} /`, CLOSE));
    expect(answer).toContain('\r\nX: a\r\n');
    expect(answer.includes('\r\nContent-Length: 2\r\n')).toBe(kept);
  });

  it('that does not go on is cut, and told of once', async () => atSomePace(async (pace) => {
    const { url } = await service(says('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'));
    const { url: own, faults, gone } = await front(url, {}, 0.5 * pace);
    expect(await sendRaw(own, head('GET /'), 20_000)).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\nhalf$/);
    await soon(() => expect([faults, gone]).toEqual([['broken'], [false]]));
  }));

  it('that ends early does not look whole: the connection is cut', async () => {
    const { url } = await service((socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n'));
    const { url: own, faults, gone } = await front(url);
    const answer = await sendRaw(own, head('GET /'));
    expect(answer).toContain('2\r\nok\r\n');
    expect(answer).not.toContain('0\r\n\r\n');
    await soon(() => expect([faults, gone]).toEqual([['broken'], [false]]));
  });
});

describe('a service that fails', () => {
  it.each([
    ['hangs up', hangsUp, 502, 'Bad Gateway', 'reset'],
    ['talks nonsense', says('nonsense\r\n\r\n'), 502, 'Bad Gateway', 'broken'],
    ['says nothing', () => undefined, 504, 'Gateway Timeout', 'timeout'],
    ['turns into something else, unasked', says('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'), 502, 'Bad Gateway', 'broken'],
  ] as const)('(it %s) is told of once, and of nothing more than that', async (_, answer, status, title, fault) => {
    const { url, closed } = await service(answer);
    const { url: own, faults } = await front(url, {}, fault === 'timeout' ? 0.3 : 30);
    const text = await sendRaw(own, head('GET /'));
    const [fields = '', body = ''] = text.split('\r\n\r\n');
    expect(statusesOf(text)).toEqual([status]);
    expect(fields).toMatch(/\r\ncontent-type: application\/problem\+json\r\n/);
    expect(fields).toMatch(/\r\ncache-control: no-store\r\n/);
    expect(fields).toMatch(/\r\nConnection: close(?:\r\n|$)/);
    expect(JSON.parse(body)).toEqual({ title, status, code: `upstream_${fault}` });
    expect(faults).toEqual([fault]);
    await soon(() => expect(closed).toEqual([1]));
  });

  it('has no content for HEAD', async () => {
    const { url } = await service(hangsUp);
    const { url: own } = await front(url);
    const text = await sendRaw(own, head('HEAD /'));
    expect(statusesOf(text)).toEqual([502]);
    expect(text.endsWith('\r\n\r\n')).toBe(true);
  });

  it('for whom nobody waits any more is not told of, and its connection ends', async () => {
    const { url, heads, closed } = await service(() => undefined);
    const { url: own, faults, gone } = await front(url);
    const socket = await dial(own);
    socket.write(head('GET /'));
    await soon(() => expect(heads()).toBe(1));
    socket.destroy();
    await soon(() => expect([closed, gone]).toEqual([[1], [false]]));
    expect(faults).toEqual([]);
  });

  it('where an answer has begun already, the connection is cut', () => {
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    response.writeHead(200).flushHeaders();
    answerFault(response, 'GET', 'broken');
    expect([response.destroyed, response.statusCode]).toEqual([true, 200]);
  });

  it.each([['timeout', 504], ['connect_timeout', 504], ['refused', 502], ['reset', 502], ['broken', 502]] as const)('%s is %i', (fault, status) => {
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    answerFault(response, 'GET', fault);
    expect(response.statusCode).toBe(status);
  });
});

// RFC 9112 §9.3.1: a connection may close just as a request is sent on it.
describe('a connection that had been kept, and closes at the next request', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('%s is sent once more', async (method) => {
    const { url, heads, connections } = await service(OK, hangsUp, says('HTTP/1.1 204 No Content\r\n\r\n'));
    const { url: own, faults } = await front(url);
    expect(statusesOf(await sendRaw(own, head('GET /', CLOSE)))).toEqual([200]);
    expect(statusesOf(await sendRaw(own, head(`${method} /`, CLOSE)))).toEqual([204]);
    expect([heads(), connections(), faults]).toEqual([3, 2, []]);
  });

  // RFC 9110 §9.2.2: it may have been done.
  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is not', async (method) => {
    const { url, heads } = await service(OK, hangsUp, OK);
    const { url: own, faults } = await front(url);
    await sendRaw(own, head('GET /', CLOSE));
    expect(statusesOf(await sendRaw(own, head(`${method} /`, CLOSE)))).toEqual([502]);
    expect([heads(), faults]).toEqual([2, ['reset']]);
  });

  it('nor is a GET with content, which has gone', async () => {
    const { url, heads } = await service(OK, hangsUp, OK);
    const { url: own, faults } = await front(url);
    await sendRaw(own, head('GET /', CLOSE));
    expect(statusesOf(await sendRaw(own, `${head('GET /', 'Content-Length: 2', CLOSE)}ok`))).toEqual([502]);
    expect([heads(), faults]).toEqual([2, ['reset']]);
  });

  it('nor is one that was answered with nonsense, or not in time', async () => atSomePace(async (pace) => {
    for (const [second, status, fault] of [[says('nonsense\r\n\r\n'), 502, 'broken'], [() => undefined, 504, 'timeout']] as const) {
      const { url, heads } = await service(OK, second, OK);
      const { url: own, faults } = await front(url, {}, fault === 'timeout' ? 0.5 * pace : 30);
      await sendRaw(own, head('GET /', CLOSE));
      expect(statusesOf(await sendRaw(own, head('GET /', CLOSE)))).toEqual([status]);
      expect([heads(), faults]).toEqual([2, [fault]]);
    }
  }));

  it('nor is one on a connection of its own, or a second time', async () => {
    const { url, heads } = await service(hangsUp, OK);
    const { url: own, faults } = await front(url);
    expect(statusesOf(await sendRaw(own, head('GET /', CLOSE)))).toEqual([502]);
    expect([heads(), faults]).toEqual([1, ['reset']]);
    const kept = await service(OK, hangsUp);
    const { url: again, faults: told } = await front(kept.url);
    await sendRaw(again, head('GET /', CLOSE));
    expect(statusesOf(await sendRaw(again, head('GET /', CLOSE)))).toEqual([502]);
    expect([kept.heads(), told]).toEqual([3, ['reset']]);
  });

  it('and is one of several that do so, is had one other try and no more', async () => {
    const both: Socket[] = [];
    const together = (socket: Socket): void => {
      if (both.push(socket) === 2) both.forEach(OK);
    };
    const { url, heads, connections } = await service(together, together, hangsUp, hangsUp, OK);
    const { url: own, faults } = await front(url);
    await Promise.all([sendRaw(own, head('GET /', CLOSE)), sendRaw(own, head('GET /', CLOSE))]);
    expect(connections()).toBe(2);
    expect(statusesOf(await sendRaw(own, head('GET /', CLOSE)))).toEqual([502]);
    expect([heads(), faults]).toEqual([4, ['reset']]);
  });

  it('is left when the client goes, also where the request was sent again', async () => {
    const { url, heads, closed } = await service(OK, hangsUp, () => undefined);
    const { url: own, faults } = await front(url);
    await sendRaw(own, head('GET /', CLOSE));
    const socket = await dial(own);
    socket.write(head('GET /'));
    await soon(() => expect(heads()).toBe(3));
    socket.destroy();
    await soon(() => expect(closed).toEqual([1, 2]));
    expect(faults).toEqual([]);
  });
});

describe('where the service may become something else', () => {
  it('its answer is for whoever asked for that', async () => {
    const { url } = await service(says('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'));
    const upgraded: (string | undefined)[] = [];
    const { url: own, faults } = await front(url, {
      fields: ['Host', 'a', 'Connection', 'Upgrade', 'Upgrade', 'websocket'],
      onUpgrade: (out) => void out.once('upgrade', ({ headers: { upgrade } }, socket) => {
        upgraded.push(upgrade);
        socket.destroy();
      }),
    });
    const client = await dial(own);
    client.write(head('GET /'));
    await soon(() => expect(upgraded).toEqual(['websocket']));
    client.destroy();
    expect(faults).toEqual([]);
  });
});

/** An exchange of which each end is at hand, for what comes at no time that a test could choose. */
function atHand(complete = true) {
  const out = Object.assign(new PassThrough(), { reusedSocket: false });
  const answer = (rawHeaders: readonly string[]) => Object.assign(new PassThrough(), { rawHeaders, statusCode: 200, statusMessage: 'OK', complete: false });
  const faults: string[] = [];
  const request = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url: '/', complete });
  const response = new ServerResponse(request);
  const upstream = { authority: 'service', open: () => out, close: () => undefined } as unknown as Upstream;
  relay(request, response, { upstream, method: 'GET', fields: [], framing: { kind: 'none' }, onFault: (fault) => faults.push(fault) });
  return { out, answer, response, faults };
}

describe('at whatever time it comes:', () => {
  it('a request without content goes on at once, with nothing to wait for', () => {
    expect(atHand().out.writableEnded).toBe(true);
  });

  // The parser lets none through; this is what holds where it is another one's.
  it('an answer with a field that cannot be written is none', () => {
    const { out, answer, response, faults } = atHand();
    const sent = vi.spyOn(response, 'end');
    const broken = answer(['X', 'a\r\nSet-Cookie: b']);
    out.emit('response', broken);
    expect([response.statusCode, response.getHeaderNames(), faults]).toEqual([502, [], ['broken']]);
    expect(sent.mock.calls).toEqual([[expect.stringContaining('"upstream_broken"')]]);
    expect(broken.destroyed).toBe(true);
  });

  it('a service that fails twice is told of once', () => {
    for (const first of ['error', 'upgrade']) {
      const { out, faults } = atHand();
      if (first === 'error') out.emit('error', new Error('fault'));
      else out.emit('upgrade', {}, new PassThrough());
      out.emit('error', new Error('fault'));
      expect(faults).toEqual(['broken']);
    }
  });

  it('what fails behind an answer that has begun is for that to tell, and behind one that is whole is nobody\'s', () => {
    const { out, answer, response, faults } = atHand();
    const begun = answer([]);
    out.emit('response', begun);
    out.emit('error', new Error('fault'));
    expect([faults, response.destroyed]).toEqual([[], false]);
    begun.complete = true;
    begun.emit('error', new Error('fault'));
    expect([faults, response.destroyed]).toEqual([[], true]);
  });

  it.each([[true, true, false], [true, false, true], [false, true, true], [false, false, true]])(
    'answered whole: %s, asked whole: %s. What else the service would take is cut: %s', (answered, asked, cut) => {
      const { out, response } = atHand(asked);
      Object.defineProperty(response, 'writableFinished', { value: answered });
      response.emit('close');
      expect(out.destroyed).toBe(cut);
    });
});
