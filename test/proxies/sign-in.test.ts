/** The recipes of sign-in, in the real Express and the real Fastify. Their packages are in ./package.json. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGoogleVerifier, type GoogleClaims } from '../../src/google/index.ts';
import { createSignIn, type SignInResponse } from '../../src/server/index.ts';
import { createTestIssuer } from '../../src/testing/index.ts';
import { Browser, ORIGIN, SECRET, type Site } from '../server/sign-in/site.ts';

const load: (name: string) => unknown = createRequire(import.meta.url);

const issuer = createTestIssuer();
const signIn = createSignIn<GoogleClaims>({
  verifier: createGoogleVerifier({ audience: issuer.audience, keys: issuer.keys, clock: issuer.clock }),
  origin: ORIGIN,
  secrets: [SECRET],
  findAccount: (sub) => `account-${sub}`,
  sessionVersion: null,
  clock: issuer.clock,
});

/** As much of Express as the recipe uses. */
interface ExpressApp {
  readonly use: (...handlers: unknown[]) => void;
  readonly get: (path: string, handler: (request: IncomingMessage, response: ServerResponse) => unknown) => void;
  readonly post: (path: string, handler: (request: IncomingMessage, response: ServerResponse) => unknown) => void;
  readonly listen: (port: number, host: string, done: () => void) => Server;
}
interface Express {
  (): ExpressApp;
  readonly json: () => unknown;
  readonly urlencoded: (options: object) => unknown;
}

const write = (response: ServerResponse, { status, headers, body }: SignInResponse): void =>
  void response.writeHead(status, headers.flat()).end(body);

async function startExpress(): Promise<Server> {
  const express = load('express') as Express;
  const app = express();
  app.get('/login', (request, response) => {
    const { nonce, headers } = signIn.begin(request);
    write(response, { status: 200, headers, body: nonce });
  });
  app.post('/signin', async (request, response) => write(response, (await signIn.complete(request)).response));
  app.post('/signout', (request, response) => write(response, signIn.signOut(request)));
  // The body belongs to sign-in: what parses bodies comes after it.
  app.use(express.json(), express.urlencoded({ extended: false }));
  app.post('/too-late', async (request, response) => write(response, (await signIn.complete(request)).response));
  app.get('/', async (request, response) => {
    const session = await signIn.readSession(request);
    write(response, session === undefined ? { status: 401, headers: [], body: '' }
      : { status: 200, headers: session.headers, body: `${session.subject} ${session.account}` });
  });
  app.use((error: Error, _request: unknown, response: ServerResponse, _next: unknown) =>
    write(response, { status: 500, headers: [], body: error.message }));
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** As much of Fastify as the recipe uses. */
interface FastifyReply {
  readonly code: (status: number) => FastifyReply;
  readonly header: (name: string, value: string | string[]) => FastifyReply;
  readonly send: (body: string) => FastifyReply;
}
type FastifyHandler = (request: { readonly raw: IncomingMessage }, reply: FastifyReply) => Promise<unknown>;
interface FastifyApp {
  readonly server: Server;
  readonly register: (plugin: (app: FastifyApp) => Promise<void>) => void;
  readonly removeAllContentTypeParsers: () => void;
  readonly addContentTypeParser: (type: string, parser: (request: unknown, payload: unknown, done: (error: null) => void) => void) => void;
  readonly get: (path: string, handler: FastifyHandler) => void;
  readonly post: (path: string, handler: FastifyHandler) => void;
  readonly listen: (options: { port: number; host: string }) => Promise<string>;
}

async function startFastify(): Promise<Server> {
  const app = (load('fastify') as () => FastifyApp)();
  const reply = (to: FastifyReply, { status, headers, body }: SignInResponse): FastifyReply => {
    for (const [name, value] of headers) to.header(name, value);
    return to.code(status).send(body);
  };
  app.get('/login', async (request, to) => {
    const { nonce, headers } = signIn.begin(request.raw);
    return reply(to, { status: 200, headers, body: nonce });
  });
  app.register(async (part) => {
    // The body belongs to sign-in: in this part Fastify leaves it alone.
    part.removeAllContentTypeParsers();
    part.addContentTypeParser('*', (_request, _payload, done) => done(null));
    part.post('/signin', async (request, to) => reply(to, (await signIn.complete(request.raw)).response));
    part.post('/signout', async (request, to) => reply(to, signIn.signOut(request.raw)));
  });
  app.post('/too-late', async (request, to) => reply(to, (await signIn.complete(request.raw)).response));
  app.get('/', async (request, to) => {
    const session = await signIn.readSession(request.raw);
    return reply(to, session === undefined ? { status: 401, headers: [], body: '' }
      : { status: 200, headers: session.headers, body: `${session.subject} ${session.account}` });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server;
}

describe.each([['Express', startExpress], ['Fastify', startFastify]] as const)('%s', (_, start) => {
  let server: Server;
  let site: Site;
  beforeAll(async () => {
    server = await start();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    site = { url, issuer, signIn, log: [], close: async () => undefined };
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it.each(['postForm', 'postJson'] as const)('signs in by %s, knows who it is, and signs out', async (mode) => {
    const browser = new Browser(site);
    const answer = await browser[mode](issuer.mint({ sub: '42', nonce: await browser.open() }));
    expect([answer.status, answer.cookies.length]).toEqual([mode === 'postForm' ? 303 : 200, 2]);
    expect(await browser.whoami()).toMatchObject({ status: 200, body: '42 account-42' });
    const form = { 'origin': ORIGIN, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await browser.send('POST', '/signout', form)).status).toBe(303);
    expect((await browser.whoami()).status).toBe(401);
  });

  it('refuses what it should', async () => {
    const browser = new Browser(site);
    const token = issuer.mint({ nonce: await browser.open() });
    expect((await browser.postForm(token, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await browser.postForm(token, {}, { g_csrf_token: 'b' })).status).toBe(403);
    expect((await browser.postJson('a'.repeat(20_000))).status).toBe(413);
    expect((await browser.postJson(token)).status).toBe(200);
    expect((await browser.postJson(token)).status).toBe(403);
  });

  it('says so where a parser has come first', async () => {
    const browser = new Browser(site);
    const headers = { 'content-type': 'application/json', 'origin': ORIGIN };
    const answer = await browser.send('POST', '/too-late', headers, '{"credential":"a"}');
    expect([answer.status, answer.body]).toEqual([500, expect.stringContaining('before any parser of bodies')]);
  });
});
