/** The recipes of authenticate, in the real Express and the real Fastify. Their packages are in ./package.json. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthenticator, type Authentication } from '../../src/server/index.ts';
import { createTestIssuer } from '../../src/testing/index.ts';
import { createVerifier } from '../../src/verifier/index.ts';
import { sendRaw, statusesOf } from '../server/raw.ts';

const load: (name: string) => unknown = createRequire(import.meta.url);

const issuer = createTestIssuer({ audience: 'my-api' });
const { keys, clock } = issuer;
const verifier = createVerifier({ issuer: issuer.issuer, audience: 'my-api', keys, clock });
const authenticate = createAuthenticator({ verifier });

/** As much of Express as the recipe uses. */
interface ExpressApp {
  readonly use: (handler: (request: IncomingMessage, response: ExpressResponse, next: () => void) => unknown) => void;
  readonly get: (path: string, handler: (request: IncomingMessage, response: ExpressResponse) => unknown) => void;
  readonly listen: (port: number, host: string, done: () => void) => Server;
}
interface ExpressResponse extends ServerResponse {
  readonly locals: { authentication?: Authentication & { readonly authenticated: true } };
}

async function startExpress(): Promise<Server> {
  const express = load('express') as () => ExpressApp;
  const app = express();
  app.use(async (request, response, next) => {
    const result = await authenticate(request);
    if (result.authenticated) {
      response.locals.authentication = result;
      return next();
    }
    const { status, headers, body } = result.response;
    response.writeHead(status, headers.flat()).end(body);
  });
  app.get('/', (_, response) => response.end(`Hello ${response.locals.authentication?.jwt.claims.sub}`));
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** As much of Fastify as the recipe uses. */
interface FastifyReply {
  readonly code: (status: number) => FastifyReply;
  readonly header: (name: string, value: string) => FastifyReply;
  readonly send: (body: string) => FastifyReply;
}
interface FastifyApp {
  readonly server: Server;
  readonly addHook: (name: 'onRequest', hook: (request: { raw: IncomingMessage; user?: string }, reply: FastifyReply) =>
    Promise<unknown>) => void;
  readonly get: (path: string, handler: (request: { user?: string }) => Promise<string>) => void;
  readonly listen: (options: { port: number; host: string }) => Promise<string>;
}

async function startFastify(): Promise<Server> {
  const fastify = load('fastify') as () => FastifyApp;
  const app = fastify();
  app.addHook('onRequest', async (request, reply) => {
    const result = await authenticate(request.raw);
    if (result.authenticated) {
      request.user = result.jwt.claims.sub ?? '';
      return;
    }
    const { status, headers, body } = result.response;
    for (const [name, value] of headers) reply.header(name, value);
    return reply.code(status).send(body);
  });
  app.get('/', async (request) => `Hello ${request.user}`);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server;
}

describe.each([['Express', startExpress], ['Fastify', startFastify]] as const)('%s', (_, start) => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = await start();
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  const authorization = (claims = {}): string => `Bearer ${issuer.mint({ sub: 'ada', ...claims })}`;

  it('lets in whom it knows', async () => {
    const response = await fetch(url, { headers: { authorization: authorization() } });
    expect(await response.text()).toBe('Hello ada');
  });

  it('answers everybody else', async () => {
    const none = await fetch(url);
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="api"']);
    expect(none.headers.get('content-type')).toMatch(/^application\/problem\+json(?:; charset=utf-8)?$/);
    const expired = await fetch(url, { headers: { authorization: authorization({ exp: 1 }) } });
    expect([expired.status, (await expired.json() as { code: string }).code]).toEqual([401, 'token_expired']);
    const field = `Authorization: ${authorization()}\r\n`;
    const twice = `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${field}${field}\r\n`;
    expect(statusesOf(await sendRaw(url, twice))).toEqual([401]);
  });
});
