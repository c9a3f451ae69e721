/** The auth answer for a proxy, with a judge that decides as each test says. */
import { createServer } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AccessEntry } from '../../src/server/access-log.ts';
import { guardedNames, listenForwardAuth, sendWhole, type ForwardAuthParts } from '../../src/server/forward-auth.ts';
import type { Judgement } from '../../src/server/judge.ts';
import type { Listener } from '../../src/server/listener.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { dial, sendRaw, statusesOf } from './raw.ts';
import { createToldJudge } from './told-judge.ts';

/** A busy machine takes its time. */
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000 });

const ALLOWED: Judgement = { allowed: true, method: 'GET', headers: [['x-auth-subject', 'ada']], template: '/a' };
const REFUSED: Judgement = {
  allowed: false, code: 'token_expired', template: '/a',
  response: { status: 401, headers: [['content-type', 'text/plain'], ['www-authenticate', 'Bearer realm="a"']], body: 'nö' },
};

const listeners: Listener[] = [];
afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.drain(0)));
});

/** A server before which a proxy stands, and all that it does. */
async function listen(judgement: () => Judgement | Promise<Judgement>, parts: Partial<ForwardAuthParts> = {}) {
  const { judge, judged, refused } = createToldJudge(judgement, { status: 403, headers: [], body: 'no' });
  const logged: AccessEntry[] = [];
  const answered: [status: number, seconds: number][] = [];
  const listener = await listenForwardAuth(0, '127.0.0.1', {
    proxy: 'nginx',
    judge,
    claimHeaders: [{ claim: 'sub', header: 'x-auth-subject' }],
    metrics: { ...createMetrics(), countAnswer: (status, seconds) => void answered.push([status, seconds]) },
    log: (entry) => void logged.push(entry),
    ...parts,
  });
  listeners.push(listener);
  return { url: listener.url, connections: listener.connections, judged, refused, logged, answered };
}

const asking = (method: string, target: string, ...fields: readonly string[]): string => [
  'GET /any HTTP/1.1', 'Host: api.example', `X-Original-Method: ${method}`, `X-Original-URI: ${target}`, 'Connection: close', ...fields, '', '',
].join('\r\n');

/** The fields of an answer that are not Node's own, and its content. */
function partsOf(text: string) {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { status: statusesOf(text)[0], fields: head.split('\r\n').slice(1).filter((field) => !/^(?:Date|Connection):/.test(field)), body };
}

describe('the judge', () => {
  it('decides on the request that is asked about, with all the fields of the one that asks', async () => {
    const { url, judged } = await listen(() => ALLOWED);
    await sendRaw(url, asking('PUT', '/a?b', 'X: 1', 'x: 2'));
    expect(judged).toStrictEqual([{
      method: 'PUT', target: '/a?b', scheme: 'http', host: 'api.example',
      headers: new Map([['host', ['api.example']], ['x-original-method', ['PUT']], ['x-original-uri', ['/a?b']], ['connection', ['close']], ['x', ['1', '2']]]),
    }]);
  });

  it('is told of no host where none is named', async () => {
    const { url, judged } = await listen(() => ALLOWED, { proxy: 'envoy' });
    await sendRaw(url, 'GET /a HTTP/1.0\r\n\r\n');
    expect(judged).toStrictEqual([{ method: 'GET', target: '/a', scheme: 'http', headers: new Map() }]);
  });

  it('does not where the proxy does not say what it asks about; then it is the asking that is refused', async () => {
    const { url, judged, refused } = await listen(() => ALLOWED);
    expect(partsOf(await sendRaw(url, 'POST /any HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'))).toMatchObject({ status: 403, body: 'no' });
    expect(judged).toEqual([]);
    expect(refused).toEqual([[
      { code: 'request_refused', method: 'POST', reason: 'nginx is expected to say x-original-method, once' },
      expect.objectContaining({ method: 'POST', target: '/any' }),
    ]]);
  });

  // The proxy's configuration replaces the name with "-", and could not replace each of these.
  it.each(['X_Auth_Subject', 'x-auth.subject', 'X-Endpoint_API-UserInfo', 'x_http_method_override'])('does not where a client has sent %s', async (name) => {
    const { url, judged, refused } = await listen(() => ALLOWED);
    expect(partsOf(await sendRaw(url, asking('PUT', '/a', `${name}: forged`)))).toMatchObject({ status: 403 });
    expect(judged).toEqual([]);
    expect(refused).toMatchObject([[{ code: 'request_refused', method: 'PUT', reason: expect.any(String) }, { method: 'PUT', target: '/a' }]]);
  });

  it.each(['X-Auth-Subject', 'X_Other', 'X-Endpoint-API-UserInfo'])('does where a client has sent %s', async (name) => {
    const { url, judged } = await listen(() => ALLOWED);
    expect(partsOf(await sendRaw(url, asking('PUT', '/a', `${name}: a`)))).toMatchObject({ status: 200 });
    expect(judged).toHaveLength(1);
  });

  it('that fails refuses: any other status is a pass to some proxy', async () => {
    const { url } = await listen(() => Promise.reject(new Error('fault')));
    expect(partsOf(await sendRaw(url, asking('GET', '/a')))).toMatchObject({ status: 403, body: '' });
  });
});

describe('the answer', () => {
  it.each(['nginx', 'caddy', 'traefik'] as const)('that lets pass tells %s of the user, and is not to be kept', async (proxy) => {
    const { url } = await listen(() => ALLOWED, { proxy });
    const fields = ['X-Forwarded-Method: GET', 'X-Forwarded-Uri: /a'];
    expect(partsOf(await sendRaw(url, asking('GET', '/a', ...fields))))
      .toEqual({ status: 200, fields: ['x-auth-subject: ada', 'cache-control: no-store', 'content-length: 0'], body: '' });
  });

  it('that lets pass tells Envoy also what to remove, which is what is not set', async () => {
    const { url } = await listen(() => ALLOWED, { proxy: 'envoy' });
    expect(partsOf(await sendRaw(url, asking('GET', '/a'))).fields).toEqual([
      'x-auth-subject: ada',
      'x-envoy-auth-headers-to-remove: x-endpoint-api-userinfo,x-http-method-override,x-http-method,x-method-override,x-original-url,x-rewrite-url,proxy',
      'cache-control: no-store', 'content-length: 0',
    ]);
  });

  it('that refuses is the judge\'s', async () => {
    const { url } = await listen(() => REFUSED);
    expect(partsOf(await sendRaw(url, asking('GET', '/a')))).toEqual({
      status: 401, fields: ['content-type: text/plain', 'www-authenticate: Bearer realm="a"', 'content-length: 3'], body: Buffer.from('nö').toString('latin1'),
    });
  });

  it('is the last of its connection where the question had content, which nobody reads', async () => {
    const { url } = await listen(() => ALLOWED);
    const question = asking('GET', '/a').replace('Connection: close\r\n', '');
    expect(await sendRaw(url, question, 50)).toContain('\r\nConnection: keep-alive\r\n');
    for (const field of ['Content-Length: 2', 'Transfer-Encoding: chunked']) {
      expect(await sendRaw(url, question.replace('\r\n\r\n', `\r\n${field}\r\n\r\n`), 50)).toMatch(/\r\nConnection: close\r\n/);
    }
  });

  it('is a refusal for more fields than the server is told to take, which are not judged', async () => {
    const { url, judged } = await listen(() => ALLOWED, { limits: { headerFields: 4 } });
    expect(statusesOf(await sendRaw(url, asking('GET', '/a')))).toEqual([200]);
    expect(statusesOf(await sendRaw(url, asking('GET', '/a', 'X: a')))).toEqual([403]);
    expect(judged).toHaveLength(1);
  });
});

describe('what is told of it', () => {
  const slowly = async (judgement: Judgement): Promise<Judgement> => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    return judgement;
  };

  it.each([[ALLOWED, 200, 'allowed'], [REFUSED, 401, 'token_expired']] as const)('%o', async (judgement, status, code) => {
    const { url, logged, answered } = await listen(() => slowly(judgement));
    const started = performance.now();
    await sendRaw(url, asking('PUT', '/a?b'));
    const longest = (performance.now() - started) / 1000;
    await soon(() => expect(logged).toEqual([{ method: 'PUT', target: '/a?b', status, code, template: '/a', seconds: expect.any(Number), complete: true }]));
    const [{ seconds } = { seconds: 0 }] = logged;
    expect(seconds).toBeGreaterThan(0.05);
    expect(seconds).toBeLessThanOrEqual(longest);
    expect(answered).toEqual([[status, seconds]]);
  });

  it('also where the proxy has gone while keys were waited for, and got nothing', async () => {
    let decide = (_: Judgement): void => undefined;
    const { url, judged, logged, answered, connections } = await listen(() => new Promise<Judgement>((resolve) => (decide = resolve)));
    const socket = await dial(url);
    socket.write(asking('GET', '/a'));
    await soon(() => expect(judged).toHaveLength(1));
    socket.resetAndDestroy();
    await soon(() => expect(connections()).toBe(0));
    decide(ALLOWED);
    await soon(() => expect(logged).toMatchObject([{ method: 'GET', target: '/a', status: 499, code: 'allowed', complete: false }]));
    expect(answered).toHaveLength(1);
  });
});

it('what must not come from a client: who the user is, and what would make another request of this one', () => {
  expect(guardedNames([{ claim: 'sub', header: 'x-auth-subject' }])).toEqual([
    'x-endpoint-api-userinfo', 'x-auth-subject', 'x-http-method-override', 'x-http-method', 'x-method-override', 'x-original-url', 'x-rewrite-url',
    'proxy',
  ]);
});

// RFC 9110 §8.6
it('an answer to HEAD does not say how long its content would have been', async () => {
  const server = createServer((request, response) => sendWhole(response, request.method, { status: 200, headers: [['x-a', 'b']], body: 'nö' }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const ask = (method: string): Promise<string> => sendRaw(url, `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  expect(partsOf(await ask('HEAD'))).toEqual({ status: 200, fields: ['x-a: b'], body: '' });
  expect(partsOf(await ask('GET'))).toMatchObject({ fields: ['x-a: b', 'content-length: 3'] });
  server.close();
});
