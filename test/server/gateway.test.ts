/** `assay gateway` in a process of its own, before a service that tells what it has seen. */
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dial, sendRaw, statusesOf } from './raw.ts';
import { bearer, createWorld, startGateway, startService, until, type Assay, type Seen, type Service, type World } from './world.ts';

let world: World;
let service: Service;
let assay: Assay;

beforeAll(async () => {
  world = await createWorld();
  service = await startService(world);
  assay = await startGateway(world, `http://${service.host}`, '--claim-header', 'sub=X-Auth-Subject');
});
afterAll(() => world.end());

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly seen: Seen;
}

async function ask(path: string, headers: OutgoingHttpHeaders = {}, method = 'GET', body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const out = httpRequest(`${assay.url}${path}`, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: text,
        get seen(): Seen { return JSON.parse(text); },
      }));
    });
    out.on('error', reject);
    out.end(body);
  });
}

describe('what may pass', () => {
  it('goes on as it came, with the user beside it', async () => {
    const { status, seen } = await ask('/closed/7?q=%20a&b', { ...bearer(world.mint({ sub: 'ada' })), 'x-own': 'kept' });
    expect(status).toBe(200);
    expect(seen).toMatchObject({ method: 'GET', url: '/closed/7?q=%20a&b' });
    expect(seen.headers).toMatchObject({ 'x-own': 'kept', 'x-auth-subject': 'ada', 'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http', 'x-forwarded-host': assay.host, 'host': assay.host });
    const info = JSON.parse(Buffer.from(String(seen.headers['x-endpoint-api-userinfo']), 'base64url').toString());
    expect(info).toMatchObject({ sub: 'ada' });
  });

  it.each(['POST', 'PUT', 'DELETE'])('goes on with its content (%s)', async (method) => {
    const path = method === 'POST' ? '/closed' : '/closed/7';
    for (const framing of [{ 'content-length': 7 }, { 'transfer-encoding': 'chunked' }]) {
      const { seen } = await ask(path, { ...bearer(world.mint()), ...framing }, method, 'content');
      expect(seen).toMatchObject({ method, body: 'content' });
    }
    const { seen } = await ask(path, { ...bearer(world.mint()), 'content-length': 0 }, method);
    expect(seen).toMatchObject({ method, body: '' });
  });

  it('HEAD is answered without content', async () => {
    const { status, body } = await ask('/open', {}, 'HEAD');
    expect({ status, body }).toEqual({ status: 200, body: '' });
    expect(await ask('/closed', {}, 'HEAD')).toMatchObject({ status: 401, body: '' });
  });

  it('loses what is for one hop, and what names the way', async () => {
    const { seen } = await ask('/open', { 'connection': 'keep-alive, x-secret, authorization', 'x-secret': 'a', 'te': 'trailers',
      'keep-alive': 'timeout=5', 'x-forwarded-for': '10.0.0.1', 'x_forwarded_for': '10.0.0.1', 'x-real-ip': '10.0.0.1',
      'forwarded': 'for=10.0.0.1', 'proxy-connection': 'a', 'authorization': 'Basic x' });
    expect(JSON.stringify(seen.rawHeaders)).not.toMatch(/x-secret|trailers|10\.0\.0\.1|proxy-connection|timeout=5/i);
    expect(seen.headers).toMatchObject({ 'authorization': 'Basic x', 'x-forwarded-for': '127.0.0.1' });
  });

  it('loses what would make another request of it behind us, and what could be taken for a token that was looked at', async () => {
    const forged = { 'x-original-url': '/closed', 'x-rewrite-url': '/closed', 'x-forwarded-user': 'ada', 'proxy': 'http://evil.example',
      'x_goog_iap_jwt_assertion': 'a.b.c', 'transfer_encoding': 'chunked', 'x-own': 'kept' };
    const { seen } = await ask('/open', forged);
    expect(Object.keys(seen.headers).filter((name) => Object.hasOwn(forged, name))).toEqual(['x-own']);
  });

  it('answers a client that waits to be asked for its content', async () => {
    const head = (token: string) => `POST /closed HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n` +
      'Expect: 100-continue\r\nContent-Length: 2\r\n\r\n';
    expect(statusesOf(await sendRaw(assay.url, head('a.b.c')))).toEqual([401]);
    const socket = await dial(assay.url);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.write(head(world.mint()));
    await until(() => (statusesOf(text).includes(100) ? true : undefined));
    socket.write('ok');
    await until(() => (statusesOf(text).includes(200) ? true : undefined));
    socket.destroy();
  });
});

describe('what may not pass', () => {
  it.each([
    ['no token', '/closed', {}, 401],
    ['another method', '/closed/7', { method: 'PATCH' }, 405],
    ['another path', '/none', {}, 404],
    ['an encoded slash', '/closed%2f7', {}, 400],
    ['a step up', '/open/../closed', {}, 400],
    ['a token in two fields', '/closed', { twice: true }, 401],
  ])('%s', async (_, path, { method = 'GET', twice = false }: { method?: string; twice?: boolean }, status) => {
    const before = service.seen.length;
    const field = `Authorization: Bearer ${world.mint()}\r\n`;
    const text = await sendRaw(assay.url,
      `${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${twice ? field + field : ''}\r\n`);
    expect(statusesOf(text)).toEqual([status]);
    expect(service.seen.length).toBe(before);
  });

  it('a user of the client\'s own making', async () => {
    const names = ['X-Endpoint-API-UserInfo', 'x_endpoint_api_userinfo', 'X-Endpoint_API-UserInfo', 'x-auth-subject',
      'X_Auth_Subject', 'X.Auth-Subject', 'X~Endpoint!API|UserInfo', 'X-HTTP-Method-Override', 'x_http_method_override', 'X-Method-Override'];
    const forged = Object.fromEntries(names.map((name) => [name, 'forged']));
    for (const headers of [forged, { ...forged, ...bearer(world.mint()) }]) {
      const { status, body } = await ask('/optional', headers);
      expect(status).toBe(200);
      expect(body).not.toContain('forged');
    }
  });
});

describe('what is told of it', () => {
  it('the log has no token', async () => {
    const token = world.mint();
    await ask(`/closed?access_token=${token}&a=1`);
    await ask('/closed', bearer(token));
    await ask(`/none/${token}?ACCESS_TOKEN=${token}`);
    const lines = await until(() => {
      const found = assay.written.stdout.split('\n').slice(1, -1);
      return found.some((line) => line.includes('/none/')) ? found : undefined;
    });
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ method: expect.any(String), status: expect.any(Number) });
    expect(assay.written.stdout).not.toContain(token.slice(0, 30));
    expect(assay.written.stdout).not.toContain(token.split('.')[1]);
    expect(assay.written.stdout).toContain('"target":"/closed?access_token=REDACTED&a=1"');
  });

  it('the admin port says how it is, and what it has counted', async () => {
    const page = async (path: string) => {
      const response = await fetch(`${assay.adminUrl}${path}`);
      return { status: response.status, text: await response.text() };
    };
    expect(await page('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await page('/readyz')).toEqual({ status: 200, text: 'ready\n' });
    expect((await page('/other')).status).toBe(404);
    const { text } = await page('/metrics');
    expect(text).toMatch(/^assay_decisions_total\{code="allowed"\} [1-9]\d*$/m);
    expect(text).toMatch(/^assay_decisions_total\{code="credentials_missing"\} [1-9]\d*$/m);
    expect(text).toMatch(/^assay_decision_seconds_bucket\{le="\+Inf"\} [1-9]\d*$/m);
    expect(text).toMatch(/^assay_key_set_age_seconds\{provider="users"\} \d/m);
    expect(text).toMatch(/^assay_key_fetches_total\{provider="users",result="fetched"\} 1$/m);
    // RFC of none: every line is a comment or a sample.
    expect(text.split('\n').filter((line) => !/^(?:# (?:HELP|TYPE) .+|\w+(?:\{[^}]*\})? \S+|)$/.test(line))).toEqual([]);
  });

  it('nothing else listens', async () => {
    await expect(fetch(`${assay.url}/metrics`).then(({ status }) => status)).resolves.toBe(404);
    const { port } = new URL(assay.url);
    await expect(new Promise((resolve, reject) => {
      connect(Number(port), '127.0.0.2').once('connect', resolve).once('error', reject);
    })).rejects.toThrow();
  });
});
