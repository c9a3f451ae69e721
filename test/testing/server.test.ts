import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKeySet, readUnverified } from '../../src/jose/index.ts';
import { createFakeClock, createTestIssuer, type ListeningIssuer } from '../../src/testing/index.ts';
import { createVerifier } from '../../src/verifier/index.ts';

const issuer = createTestIssuer({ alg: 'EdDSA', clock: createFakeClock(1_700_000_000) });

let server: ListeningIssuer;
beforeAll(async () => {
  server = await issuer.listen();
});
afterAll(() => server.close());
beforeEach(() => issuer.fail('none'));

function post(path: string, body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) {
  return fetch(`${server.url}${path}`, { method: 'POST', body, headers });
}

/** A request whose Host and target fetch would not send. */
function rawStatus(options: { host?: string; path?: string; method?: string }): Promise<number | undefined> {
  const { host, path = '/', method = 'GET' } = options;
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', ...(host === undefined ? {} : { host }) };
    const request = httpRequest({ hostname, port, path, method, headers, agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    });
    request.once('error', reject);
    request.end(method === 'POST' ? '{}' : undefined);
  });
}

describe('its name', () => {
  test('is its address where no issuer was given, in the document and in its tokens', async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(server.issuer).toBe(server.url);
    expect(server.discoveryUri).toBe(`${server.url}/.well-known/openid-configuration`);
    expect(await (await fetch(server.discoveryUri)).json()).toMatchObject({ issuer: server.url });
    expect(readUnverified(server.mint()).claims.iss).toBe(server.url);
    expect(readUnverified(issuer.mint()).claims.iss).toBe('https://accounts.google.com');
  });

  test('is the one that was given, otherwise', async () => {
    const named = createTestIssuer({ issuer: 'https://issuer.example', alg: 'EdDSA' });
    const listening = await named.listen();
    try {
      expect(await (await fetch(listening.discoveryUri)).json()).toMatchObject({
        issuer: 'https://issuer.example',
        jwks_uri: `${listening.url}/certs`,
      });
      expect(readUnverified(listening.mint()).claims.iss).toBe('https://issuer.example');
    } finally {
      await listening.close();
    }
  });

  test('its tokens are verified with the keys it serves', async () => {
    for (const uri of [server.jwksUri, server.certificatesUri]) {
      const keys = createKeySet((await (await fetch(uri)).json()) as object);
      const options = { issuer: server.issuer, audience: issuer.audience, clock: issuer.clock };
      const verifier = createVerifier({ ...options, keys, algorithms: ['EdDSA'] });
      const token = (await (await post('/mint', '{"sub":"ada"}')).text()).trim();
      expect(verifier.verifySync(token).claims.sub).toBe('ada');
    }
  });
});

describe('GET /', () => {
  test('shows the way', async () => {
    const response = await fetch(server.url);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({
      issuer: server.url,
      audience: issuer.audience,
      kid: issuer.kid,
      failing: 'none',
      jwks_uri: server.jwksUri,
      certificates_uri: server.certificatesUri,
      discovery_uri: server.discoveryUri,
    });
  });

  test('has no token for anyone', async () => {
    expect(await (await fetch(server.url)).text()).not.toContain('eyJ');
    expect((await fetch(`${server.url}/mint`)).status).toBe(405);
  });
});

describe('controls', () => {
  test('POST /mint answers a token, as plain text that is not kept', async () => {
    const response = await post('/mint', '{"email":"ada@example.com","exp":5}');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { claims } = readUnverified((await response.text()).trim());
    expect(claims).toMatchObject({ email: 'ada@example.com', exp: 5, sub: '110169484474386276334' });
  });

  test('POST /rotate and /retire move the keys', async () => {
    const old = issuer.kid;
    expect(await (await post('/rotate', '{}')).json()).toEqual({ kid: issuer.kid });
    expect(issuer.kid).not.toBe(old);
    expect(await (await post('/retire', '{}')).json()).toEqual({ retired: [old] });
  });

  test('POST /fail fails the documents, and nothing else', async () => {
    expect(await (await post('/fail', '{"mode":"error"}')).json()).toEqual({ failing: 'error' });
    expect((await fetch(server.jwksUri)).status).toBe(500);
    expect((await fetch(server.url)).status).toBe(200);
    expect((await post('/fail', '{"mode":"slow"}')).status).toBe(400);
    expect(issuer.failing).toBe('error');
    expect((await post('/fail', '{"mode":"none"}')).status).toBe(200);
    expect((await fetch(server.jwksUri)).status).toBe(200);
  });

  test.each([
    ['no JSON', 'claims', 400],
    ['an array', '[]', 400],
    ['two members of one name', '{"sub":"a","sub":"b"}', 400],
    ['nothing', '', 400],
    ['65,537 octets', `{"a":"${'x'.repeat(65_529)}"}`, 413],
    ['a million octets', `{"a":"${'x'.repeat(1_000_000)}"}`, 413],
    ['65,536 octets', `{"a":"${'x'.repeat(65_528)}"}`, 200],
  ])('a body of %s', async (_, body, status) => {
    expect((await post('/mint', body)).status).toBe(status);
  });
});

describe('a web page cannot use it', () => {
  test.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['text/plain; application/json', 415],
    ['application/jsonp', 415],
    ['application/json', 200],
    ['Application/JSON; charset=utf-8', 200],
  ])('a body of type %s: %d', async (type, status) => {
    const before = issuer.kid;
    const response = await post('/rotate', '{}', { 'content-type': type });
    expect(response.status).toBe(status);
    expect(issuer.kid === before).toBe(status !== 200);
  });

  test('a preflight is not granted', async () => {
    const response = await fetch(`${server.url}/mint`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(405);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test.each([
    ['evil.example', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost.evil.example:80', 421],
    ['127.0.0.1@evil.example', 421],
    ['128.0.0.1', 421],
    ['127.0.0.1:', 421],
    ['localhost', 200],
    ['LOCALHOST:8080', 200],
    ['127.1.2.3:1', 200],
    ['[::1]:80', 200],
  ])('under the Host "%s": %d', async (host, status) => {
    expect(await rawStatus({ host })).toBe(status);
    const before = issuer.kid;
    expect(await rawStatus({ host, path: '/rotate', method: 'POST' })).toBe(status);
    expect(issuer.kid === before).toBe(status !== 200);
  });

  test.each([
    ['http://evil.example/', 400],
    ['//evil.example/certs', 404],
    ['//', 400],
    ['/certs?x=1', 200],
    ['/certs/', 404],
  ])('the target %s: %d', async (path, status) => {
    expect(await rawStatus({ path })).toBe(status);
  });
});
