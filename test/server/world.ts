/**
 * Everything around a server under test: an issuer and a service in this process, and others in processes of their own.
 *
 * @module
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestIssuer, type ListeningIssuer, type TestIssuer } from '../../src/testing/index.ts';
import { NODE, start, type Started } from '../cli/processes.ts';
import { startHere } from './in-process.ts';

export const AUDIENCE = 'my-api';

const seconds = (): number => Date.now() / 1000;

export interface World {
  readonly folder: string;
  readonly issuer: TestIssuer<() => number>;
  readonly keys: ListeningIssuer;
  readonly mint: (claims?: Record<string, unknown>) => string;
  /** The path of an OpenAPI document: /open, /closed, /closed/{id}, /optional. */
  readonly document: string;
  /** The same document. */
  readonly openapi: object;
  /** Ends all that was started, and removes the folder. */
  readonly end: () => Promise<void>;
  /** Has something ended with the rest. */
  readonly later: (end: () => unknown) => void;
}

export async function createWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-proxies-'));
  const issuer = createTestIssuer({ clock: seconds, audience: AUDIENCE });
  const keys = await issuer.listen();
  const ends: (() => unknown)[] = [() => keys.close()];
  const document = join(folder, 'openapi.json');
  const openapi = describeService(keys);
  writeFileSync(document, JSON.stringify(openapi));
  return {
    folder,
    issuer,
    keys,
    document,
    openapi,
    mint: (claims = {}) => keys.mint(claims),
    later: (end) => void ends.push(end),
    end: async () => {
      for (const end of ends.reverse()) await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function describeService({ issuer, jwksUri }: ListeningIssuer): object {
  const answers = { responses: { 200: { description: 'ok' } } };
  const closed = { ...answers, security: [{ users: [] }] };
  return {
    swagger: '2.0',
    info: { title: 'shelves', version: '1' },
    host: 'api.example',
    paths: {
      '/open': { get: answers },
      '/closed': { get: closed, post: closed },
      '/closed/{id}': { get: closed, put: closed, delete: closed },
      '/optional': { get: { ...answers, security: [{ users: [] }, {}] } },
    },
    securityDefinitions: {
      users: {
        'type': 'oauth2', 'flow': 'implicit', 'authorizationUrl': '',
        'x-google-issuer': issuer, 'x-google-jwks_uri': jwksUri, 'x-google-audiences': AUDIENCE,
      },
    },
  };
}

/** What a service has seen of one request. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
  readonly service: string;
}

export interface Service {
  readonly host: string;
  readonly server: Server;
  readonly seen: Seen[];
}

/** A service that answers what it has seen. */
export async function startService(world: World, name = 'service'): Promise<Service> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = request;
      const one = { method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString('latin1'), service: name };
      seen.push(one);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(one));
    });
  });
  return { host: await listenFor(world, server), server, seen };
}

/** Answers as a listener says, on a port of 127.0.0.1, until the world ends. @returns the URL */
export async function serve(world: World, listener: RequestListener): Promise<string> {
  return `http://${(await listenFor(world, createServer(listener)))}`;
}

/** @returns `host:port` */
async function listenFor(world: World, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.later(() => new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface Assay extends Omit<Started, 'child'> {
  readonly child: Pick<ChildProcess, 'exitCode'> & { readonly kill: (signal: NodeJS.Signals) => unknown };
  readonly url: string;
  readonly host: string;
  readonly adminUrl: string | undefined;
  /** Ends the process by a signal, and waits for that. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** Whatever a test that failed has left behind ends with its file. Scripts end their own. */
const left = new Set<ChildProcess>();
if (process.env['VITEST'] !== undefined) {
  const { afterAll } = await import('vitest');
  afterAll(() => {
    for (const child of left) child.kill('SIGKILL');
  });
}

function startElsewhere(words: readonly string[], stdin: string): Started {
  const started = start(words, { stdin });
  left.add(started.child);
  started.child.once('close', () => left.delete(started.child));
  return started;
}

/** Starts a command of ours that listens. @param words start the executable: from source, unless others are given */
export async function startAssay(world: World, argv: readonly string[], stdin = '', words = NODE): Promise<Assay> {
  // Mutants are in this process alone.
  const here = process.env['MUTATION_FOLDER'] === 'server';
  const started = here ? startHere(argv, stdin) : startElsewhere([...words, ...argv], stdin);
  const stop = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    started.child.kill(signal);
    await started.ended;
  };
  world.later(() => stop());
  const url = await until(() => /^(http:\/\/\S+)\n/.exec(started.written.stdout)?.[1], started.child, () =>
    started.written.stderr);
  const wantsAdmin = argv.includes('--admin-port');
  const adminUrl = wantsAdmin
    ? await until(() => /^admin (\S+)$/m.exec(started.written.stderr)?.[1], started.child, () => started.written.stderr)
    : undefined;
  return { ...started, url, host: url.replace('http://', ''), adminUrl, stop };
}

/** Starts a gateway with an admin port before a service, with the document of the world. */
export async function startGateway(world: World, upstream: string, ...more: readonly string[]): Promise<Assay> {
  return startAssay(world, [
    'gateway', '--openapi', world.document, '--allow-loopback-http', '--upstream', upstream, '--admin-port', '0', ...more,
  ]);
}

/** Starts another program, which is ready when its port takes connections. */
export async function startProgram(world: World, words: readonly string[], port: number): Promise<ChildProcess> {
  const [file = '', ...argv] = words;
  let told = '';
  // A home of its own: Caddy keeps what it knows there.
  const env = { ...process.env, HOME: world.folder, XDG_CONFIG_HOME: world.folder, XDG_DATA_HOME: world.folder };
  const child = spawn(file, argv, { cwd: world.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  world.later(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  await until(async () => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => undefined), child, () => told);
  return child;
}

/** Polls for something, for at most forty seconds, or until the process ends. */
export async function until<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  child?: Pick<ChildProcess, 'exitCode'>,
  told: () => string = () => '',
): Promise<T> {
  const end = Date.now() + 40_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end || (child !== undefined && child.exitCode !== null)) throw new Error(`never came: ${told()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The status of an answer, whose body is read to its end. */
export async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(url, { headers });
  await response.arrayBuffer();
  return response.status;
}

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
