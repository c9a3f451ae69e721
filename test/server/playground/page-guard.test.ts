/** The playground as a server among others: who may ask it for what, and what its answers let a browser do. */
import { IncomingMessage } from 'node:http';
import { connect, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownOrigins, readOwnPost } from '../../../src/server/playground/page-guard.ts';
import { standPlayground, type Standing } from './standing.ts';

let bench: Standing;
beforeAll(async () => {
  bench = await standPlayground();
});
afterAll(() => bench.end());

const JSON_BODY = { 'content-type': 'application/json' };

describe('who may ask', () => {
  it('a page under a name of our own, and no other: no rebound name gets an answer', async () => {
    const { port } = new URL(bench.url);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`]) {
      expect((await bench.send('GET', '/', { host })).status, host).toBe(200);
    }
    for (const host of [
      'evil.example', `evil.example:${port}`, '127.0.0.1', '127.0.0.1:1', `127.0.0.2:${port}`, `localhost.evil.example:${port}`,
      `127.0.0.1:${port}@evil.example`, `[::1]:${port}`,
    ]) {
      const { status, text } = await bench.send('GET', '/', { host });
      expect(status, host).toBe(421);
      expect(text).not.toContain('evil');
      expect((await bench.send('POST', '/api/mint', { ...JSON_BODY, host }, '{"claims":"{}"}')).status, host).toBe(421);
    }
  });

  it('listens on 127.0.0.1 alone', async () => {
    const { port } = new URL(bench.url);
    expect(bench.url).toBe(`http://127.0.0.1:${port}`);
    const refused = await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.2', port: Number(port) }, () => resolve(false));
      socket.on('error', () => resolve(true));
    });
    expect(refused).toBe(true);
  });

  it.each([
    [200, {}],
    [200, { 'origin': 'OWN', 'sec-fetch-site': 'same-origin' }],
    [403, { origin: 'https://evil.example' }],
    [403, { origin: 'null' }],
    [403, { origin: 'http://localhost:1' }],
    [403, { 'sec-fetch-site': 'cross-site' }],
    [403, { 'sec-fetch-site': 'same-site' }],
    [403, { 'sec-fetch-site': 'none' }],
    [415, { 'content-type': 'text/plain' }],
    [415, { 'content-type': 'application/x-www-form-urlencoded' }],
    [415, { 'content-type': '' }],
    [415, { 'content-type': 'application/jsonp' }],
    [415, { 'content-type': 'text/application/json' }],
    [200, { 'content-type': 'Application/JSON \t; charset=utf-8' }],
  ])('answers %i to %j', async (status, headers) => {
    const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value === 'OWN' ? bench.url : value]));
    const reply = await bench.send('POST', '/api/mint', { ...JSON_BODY, ...own }, '{"claims":"{}"}');
    expect(reply.status).toBe(status);
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each([
    ['GET', '/api/mint', 405], ['PUT', '/api/mint', 405], ['OPTIONS', '/api/mint', 405], ['HEAD', '/api/state', 405],
    ['POST', '/', 405], ['DELETE', '/page/paper.css', 405], ['OPTIONS', '/', 405], ['HEAD', '/', 200],
    ['GET', '/nothing', 404], ['GET', '/page/', 404], ['GET', '/page/wire.ts', 404], ['GET', '/page/../playground.ts', 404],
    ['GET', '/source/src/jose/../../package.json', 404], ['GET', '/source/src/jose/%2e%2e/index.ts', 404],
    ['GET', '/source/src/server/listener.ts', 404], ['GET', '/source/src/jose/jwt.ts', 200], ['GET', '/?token=x', 200],
    ['GET', '//evil.example/', 404], ['GET', '/constructor', 404],
  ])('%s %s is answered with %i', async (method, path, status) => {
    const { status: answered, text, headers } = await bench.send(method, path);
    expect(answered).toBe(status);
    if (method === 'HEAD') expect([text, Number(headers['content-length']) > 0]).toEqual(['', true]);
    if (status === 404) expect(text).toBe('not found\n');
    if (status === 405) expect(headers.allow).toBe(path.startsWith('/api/') ? 'POST' : 'GET, HEAD');
  });

  it.each([
    ['{', 400], ['[]', 400], ['', 400], ['{"token":1}', 400], ['{}', 400], ['{"token":"a","token":"b"}', 400],
    ['\ufeff{"token":"a"}', 400], ['{"token":"\\ud800"}', 400], [JSON.stringify({ token: 'x'.repeat(65_537) }), 413],
    [JSON.stringify({ token: 'x'.repeat(60_000) }), 200],
  ])('a body of %# is answered as it must be', async (body, status) => {
    const reply = await bench.send('POST', '/api/judge', JSON_BODY, body);
    expect(reply.status).toBe(status);
    if (status === 413) expect(reply.headers.connection).toBe('close');
    if (status !== 200) expect(reply.text).not.toContain('xxxx');
  });

  it.each([
    ['GET / HTTP/1.1\r\nhost: evil.example', 421],
    ['GET / HTTP/1.0', 421],
    ['POST /api/mint HTTP/1.1\r\nhost: OWN\r\ncontent-type: text/plain\r\ncontent-length: 9', 415],
    ['POST /api/mint HTTP/1.1\r\nhost: OWN\r\ncontent-type: application/json\r\norigin: https://evil.example\r\ncontent-length: 9', 403],
    ['POST / HTTP/1.1\r\nhost: OWN\r\ncontent-length: 9', 405],
  ])('%j is answered at once with %i, and the connection ends: a body that was not read is no next request', async (head, status) => {
    const { hostname, port, host } = new URL(bench.url);
    const socket = connect({ host: hostname, port: Number(port) });
    const answered = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    socket.write(`${head.replace('OWN', host)}\r\n\r\n`);
    expect(await answered).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*\r\nconnection: close\r\n`, 'i'));
    socket.destroy();
  });

  it('a body without end is cut off', async () => {
    const { hostname, port, host } = new URL(bench.url);
    const socket = connect({ host: hostname, port: Number(port) });
    const answered = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    socket.on('error', () => undefined);
    socket.write(`POST /api/judge HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`);
    const drip = setInterval(() => socket.write(`4000\r\n${'x'.repeat(0x4000)}\r\n`), 5);
    expect(await answered).toMatch(/^HTTP\/1\.1 413 /);
    clearInterval(drip);
    socket.destroy();
  });
});

describe('what answers let a browser do', () => {
  it.each(['/', '/page/paper.css', '/page/bench.js', '/source/src/jose/jwt.ts', '/nothing'])('%s is bound to this origin', async (path) => {
    const { headers } = await bench.send('GET', path);
    expect(headers).toMatchObject({
      'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin', 'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types");
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:/);
  });

  it('the page loads nothing from elsewhere, and holds nothing in line', async () => {
    const { text, headers } = await bench.send('GET', '/');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text.match(/(?:src|href)="(?!\/(?!\/)|#)[^"]*"/g)).toBeNull();
    expect(text).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]*src=)/);
  });

  it('media types are what they are', async () => {
    expect((await bench.send('GET', '/page/bench.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect((await bench.send('GET', '/page/mark.svg')).headers['content-type']).toBe('image/svg+xml');
    expect((await bench.send('GET', '/source/src/jose/jwt.ts')).headers['content-type']).toBe('text/plain; charset=utf-8');
  });
});

/** A request that no client can make at will: at a default port, or with a body that breaks off. */
function requestAt(port: number, headers: Readonly<Record<string, string>> = {}): IncomingMessage {
  const socket = Object.defineProperty(new Socket(), 'localPort', { value: port });
  return Object.assign(new IncomingMessage(socket), { method: 'POST', headers });
}

it('the port is a part of an origin, unless it is the one that http has by itself', () => {
  expect(ownOrigins(requestAt(8787))).toEqual(['http://127.0.0.1:8787', 'http://localhost:8787']);
  expect(ownOrigins(requestAt(80))).toEqual(['http://127.0.0.1', 'http://localhost']);
});

it('a body that breaks off is a failure of the connection, and no refusal', async () => {
  const request = requestAt(8787, { 'content-type': 'application/json' });
  const read = readOwnPost(request, 'http://localhost:8787');
  const failure = new Error('the connection is gone');
  request.destroy(failure);
  await expect(read).rejects.toBe(failure);
});

it('a body that is too large is refused while the request is still open, so that the refusal can be sent', async () => {
  const request = requestAt(8787, { 'content-type': 'application/json' });
  const read = readOwnPost(request, 'http://localhost:8787');
  request.push(Buffer.alloc(65_537));
  await expect(read).rejects.toMatchObject({ status: 413, headers: { connection: 'close' } });
  expect(request.destroyed).toBe(false);
});
