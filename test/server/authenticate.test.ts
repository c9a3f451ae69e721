/** authenticate: with requests of every kind, and as the recipes of node:http and fetch-style handlers use it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { createAuthenticator, type AuthenticatorOptions, type IncomingRequest } from '../../src/server/index.ts';
import { createTestIssuer } from '../../src/testing/index.ts';
import { createVerifier } from '../../src/verifier/index.ts';
import { sendRaw, statusesOf } from './raw.ts';

const issuer = createTestIssuer({ audience: 'my-api' });
const { keys, clock } = issuer;
const verifier = createVerifier({ issuer: issuer.issuer, audience: 'my-api', keys, clock });
/** Made by each test: what is wrong with making it is then a test that fails, and not a file that cannot be read. */
const authenticate = (request: IncomingRequest) => createAuthenticator({ verifier, realm: 'shelves' })(request);
const token = issuer.mint({ sub: 'ada' });
const authorization = `Bearer ${token}`;

describe('a good token', () => {
  it.each<[string, IncomingRequest]>([
    ['Headers', { method: 'GET', url: '/', headers: new Headers({ authorization }) }],
    ['a Request', new Request('https://api.example/', { headers: { authorization } })],
    ['an object', { method: 'GET', url: '/', headers: { authorization } }],
    ['an object with another case', { headers: { Authorization: authorization } }],
    ['an object of lists', { headers: { authorization: [authorization] } }],
    ['raw headers', { headers: {}, rawHeaders: ['Authorization', authorization] }],
  ])('in %s', async (_, request) => {
    const result = await authenticate(request);
    expect(result).toMatchObject({ authenticated: true, jwt: { claims: { sub: 'ada' } } });
  });
});

describe('anything else', () => {
  const basic = 'Basic YTpi';
  it.each<[string, IncomingRequest, string]>([
    ['nothing', { headers: {} }, 'credentials_missing'],
    ['another scheme', { headers: { authorization: basic } }, 'credentials_missing'],
    ['a bare token', { headers: { authorization: token } }, 'credentials_malformed'],
    ['two in one', { headers: { authorization: `${authorization}, ${authorization}` } }, 'credentials_malformed'],
    ['two', { headers: { authorization: [authorization, authorization] } }, 'credentials_repeated'],
    ['two cases', { headers: { authorization, Authorization: authorization } }, 'credentials_repeated'],
    ['two of which Node shows one',
      { headers: { authorization }, rawHeaders: ['Authorization', authorization, 'authorization', basic] },
      'credentials_repeated'],
    ['two that Headers has joined',
      { headers: new Headers([['authorization', authorization], ['authorization', authorization]]) },
      'credentials_malformed'],
    ['a query', { url: `/?access_token=${token}`, headers: {} }, 'credentials_missing'],
    ['an expired token', { headers: { authorization: `Bearer ${issuer.mint({ exp: 1 })}` } }, 'token_expired'],
    ['a forged one', { headers: { authorization: `${authorization.slice(0, -8)}AAAAAAAA` } }, 'signature_invalid'],
  ])('%s', async (_, request, code) => {
    const result = await authenticate(request);
    if (result.authenticated) throw new Error('was let in');
    expect(result.code).toBe(code);
    expect(result.response.status).toBe(401);
    expect(new Map(result.response.headers).get('www-authenticate')).toMatch(/^Bearer realm="shelves"/);
    expect(JSON.stringify(result)).not.toContain(token.slice(0, 40));
  });

  it('tells a stranger the same of every token whose signature did not hold', async () => {
    const bodies = await Promise.all(['a.b.c', `${token.slice(0, -8)}AAAAAAAA`, issuer.mint({}, { key: 'unpublished' })]
      .map(async (text) => {
        const result = await authenticate({ headers: { authorization: `Bearer ${text}` } });
        return result.authenticated ? 'let in' : JSON.stringify(result.response);
      }));
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).toContain('invalid_token');
  });

  it('is 403 for another audience, and 503 for keys that cannot be had', async () => {
    const another = await authenticate({ headers: { authorization: `Bearer ${issuer.mint({ aud: 'other' })}` } });
    expect(another).toMatchObject({ authenticated: false, response: { status: 403 } });
    const { createRemoteKeySet } = await import('../../src/keys/index.ts');
    const none = createRemoteKeySet('https://keys.example/', { fetch: () => Promise.reject(new Error('down')) });
    const lost = createVerifier({ issuer: issuer.issuer, audience: 'my-api', keys: none, clock });
    expect(await createAuthenticator({ verifier: lost })({ headers: { authorization } }))
      .toMatchObject({ authenticated: false, code: 'keys_unavailable', response: { status: 503 } });
  });

  it('gets a body with GET, which is also what a request without a method is, and none with HEAD', async () => {
    const bodyOf = async (request: IncomingRequest): Promise<string | undefined> => {
      const result = await authenticate(request);
      return result.authenticated ? undefined : result.response.body;
    };
    expect(await bodyOf({ headers: {} })).toContain('credentials_missing');
    expect(await bodyOf({ headers: {} })).toBe(await bodyOf({ method: 'GET', headers: {} }));
    expect(await bodyOf({ method: 'HEAD', headers: {} })).toBe('');
  });
});

describe('options', () => {
  const challengeOf = async (options: Partial<AuthenticatorOptions>): Promise<string | undefined> => {
    const result = await createAuthenticator({ verifier, ...options })({ headers: {} });
    return result.authenticated ? undefined : new Map(result.response.headers).get('www-authenticate');
  };

  it('the realm is "api" where none is given', async () => {
    expect(await challengeOf({})).toBe('Bearer realm="api"');
    expect(await challengeOf({ realm: 'shelves' })).toBe('Bearer realm="shelves"');
  });

  it.each([[{}, false], [{ verbose: false }, false], [{ verbose: true }, true]])('%o: the code of a forged token is told: %s', async (options, told) => {
    const forged = { headers: { authorization: `${authorization.slice(0, -8)}AAAAAAAA` } };
    const result = await createAuthenticator({ verifier, ...options })(forged);
    expect(result).toMatchObject({ authenticated: false, code: 'signature_invalid' });
    expect(JSON.stringify(result.authenticated || result.response).includes('signature_invalid')).toBe(told);
  });

  it.each<[object, string]>([
    [{}, '"verifier" is required'], [{ verifier: {} }, '"verifier" is required'], [{ verifier: null }, '"verifier" is required'],
    [{ verifier, realm: 7 }, '"realm" expected'], [{ verifier, realm: 'a"b' }, 'realm'],
    [{ verifier, verbose: 'yes' }, '"verbose" expected'], [{ verifier, relam: 'a' }, 'createAuthenticator'],
  ])('%o is a mistake of the caller\'s', (options, words) => {
    const make = (): unknown => createAuthenticator(options as AuthenticatorOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(words);
  });

  it('a mistake that shows only with a token is thrown on, and is no answer', async () => {
    const broken = createVerifier({ issuer: issuer.issuer, audience: 'my-api', keys, clock: () => NaN });
    await expect(createAuthenticator({ verifier: broken })({ headers: { authorization } })).rejects.toThrow('the time of verification');
  });
});

describe('the recipe', () => {
  const server = createServer(async (request, response) => {
    const result = await authenticate(request);
    if (!result.authenticated) {
      const { status, headers, body } = result.response;
      response.writeHead(status, headers.flat()).end(body);
      return;
    }
    response.end(`Hello ${result.jwt.claims.sub}`);
  });
  afterAll(() => void server.close());

  it('of node:http', async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const good = await fetch(url, { headers: { authorization } });
    expect(await good.text()).toBe('Hello ada');
    const bad = await fetch(url, { method: 'HEAD' });
    expect({ status: bad.status, challenge: bad.headers.get('www-authenticate') })
      .toEqual({ status: 401, challenge: 'Bearer realm="shelves"' });
    const field = `Authorization: ${authorization}\r\n`;
    const head = `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n`;
    expect(statusesOf(await sendRaw(url, `${head}${field}${field}\r\n`))).toEqual([401]);
  });

  it('of a fetch-style handler', async () => {
    const handler = async (request: Request): Promise<Response> => {
      const result = await authenticate(request);
      if (!result.authenticated) {
        const { status, headers, body } = result.response;
        return new Response(body, { status, headers: headers.map(([name, value]) => [name, value]) });
      }
      return new Response(`Hello ${result.jwt.claims.sub}`);
    };
    expect(await (await handler(new Request('https://a/', { headers: { authorization } }))).text()).toBe('Hello ada');
    const refused = await handler(new Request('https://a/'));
    expect([refused.status, refused.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
  });
});
