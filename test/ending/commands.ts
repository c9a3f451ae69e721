/**
 * Runs every command of `assay` in one process: those that end, and those that serve until they are stopped.
 *
 * @module
 */

import { connect } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { generateKeyPairSync } from 'node:crypto';
import { COMMANDS, runCli } from '../../src/cli/cli.ts';
import { standPlayground } from '../server/playground/standing.ts';
import type { Elsewhere } from './library.ts';

/** The executable as a thread of a process that reads TypeScript, which Node 20 does not hand on to its threads. */
const THREAD = `import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))}).then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL('../../src/cli/assay.ts', import.meta.url).href)});
});`;

/** What the commands need beside an issuer. */
export interface Surroundings extends Elsewhere {
  /** To write to. */
  readonly folder: string;
  /** A service that answers, and takes WebSockets, and goes on when everybody here has gone. */
  readonly service: string;
}

interface Serving {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const unused = new Set(COMMANDS.map(({ name }) => name));

/** The commands that nobody has run. */
export function unusedCommands(): readonly string[] {
  return [...unused].map((name) => `assay ${name}`);
}

/** A command that has begun. @param whenStopped resolves when it is to end */
async function begin(
  argv: readonly string[],
  input: string,
  whenStopped: Promise<void>,
  onWrite: (text: string) => void = () => undefined,
): Promise<void> {
  unused.delete(argv[0] ?? '');
  let told = '';
  const output = { write: (text: string | Uint8Array, written?: () => void) => {
    told += String(text);
    onWrite(told);
    written?.();
  } };
  const status = await runCli(argv, {
    stdin: chunksOf(input), stdout: output, stderr: output, env: {}, now: () => Date.now() / 1000, whenStopped: () => whenStopped,
    startThread: (workerData: unknown) => new Worker(THREAD, { eval: true, workerData }),
  });
  if (status !== 0) throw new Error(`assay ${argv.join(' ')}: ${status}\n${told}`);
}

async function* chunksOf(text: string): AsyncGenerator<string> {
  yield text;
}

const never = new Promise<void>(() => undefined);

async function serve(...argv: readonly string[]): Promise<Serving> {
  const stopping = withResolvers();
  const listening = withResolvers<string>();
  const ended = begin(argv, '', stopping.promise, (told) => {
    const url = /^(http:\/\/\S+)\n/m.exec(told)?.[1];
    if (url !== undefined) listening.resolve(url);
  });
  ended.catch(listening.reject);
  return {
    url: await listening.promise,
    stop: () => {
      stopping.resolve();
      return ended;
    },
  };
}

/** Node 20 has no Promise.withResolvers. */
function withResolvers<T = void>() {
  let [resolve, reject]: [(value: T) => void, (reason: unknown) => void] = [() => undefined, () => undefined];
  const promise = new Promise<T>((...given) => ([resolve, reject] = given));
  return { promise, resolve, reject };
}

/** The commands that end by themselves. */
export async function runCommands({ folder, jwksUri, issuer, token, audience }: Surroundings): Promise<void> {
  const key = join(folder, 'key.pem');
  writeFileSync(key, generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const terms = ['--issuer', issuer, '--audience', audience, '--keys', jwksUri, '--allow-loopback-http'];
  const run = (argv: readonly string[], input = ''): Promise<void> => begin(argv, input, never);
  await run(['verify', '-', ...terms], token);
  await run(['verify', '--batch', '-', '--jobs', '2', ...terms], `${token}\n`.repeat(300));
  await run(['explain', '-', ...terms], token);
  await run(['decode', '-'], token);
  await run(['keys', jwksUri, '--allow-loopback-http']);
  await run(['sign', '--key', key, '--claims', '{"sub":"a"}']);
  await run(['demo']);
  await run(['vendor', join(folder, 'vendored'), '--with', 'keys,verifier,google,sign']);
}

/** The commands that serve: each is asked something over connections that are kept, and then stopped. */
export async function runServers({ folder, issuer, token, audience, jwksUri, service }: Surroundings): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const policy = ['--issuer', issuer, '--audience', audience, '--keys', jwksUri, '--allow-loopback-http', '--port', '0'];
  const bearer = { authorization: `Bearer ${token}` };
  const expectStatus = async (status: number, url: string, init: RequestInit = {}): Promise<void> => {
    const answer = await fetch(url, init);
    if (answer.status !== status) throw new Error(`${url}: ${answer.status}, ${await answer.text()}`);
    await answer.arrayBuffer();
  };

  const gateway = await serve('gateway', ...policy, '--upstream', service, '--admin-port', '0', '--drain', '1');
  await expectStatus(200, `${gateway.url}/a`, { headers: bearer });
  await expectStatus(401, `${gateway.url}/a`);
  await useWebSocket(gateway.url, token);
  // Connections that say nothing, or half of a request, must not keep it.
  const silent = await Promise.all(['', 'GET / HTTP/1.1\r\n'].map((text) => dial(gateway.url, text)));
  await gateway.stop();
  for (const socket of silent) socket.destroy();

  const auth = await serve('forward-auth', '--proxy', 'nginx', ...policy);
  await expectStatus(200, auth.url, { headers: { ...bearer, 'x-original-method': 'GET', 'x-original-uri': '/a' } });
  await auth.stop();

  const local = await serve('dev-issuer', '--port', '0');
  await expectStatus(200, `${local.url}/mint`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  await local.stop();

  // The command serves what the build has made of its page; here the page is the sources'.
  unused.delete('playground');
  const playground = await standPlayground();
  const { token: minted } = await playground.ask<{ readonly token: string }>('/api/mint', { claims: '{}' });
  await playground.ask('/api/judge', { token: minted });
  await playground.end();
}

/** A WebSocket that is open when the token is good, and closed by the client. */
async function useWebSocket(url: string, token: string): Promise<void> {
  const socket = await dial(url, [
    'GET /socket HTTP/1.1', 'Host: a', 'Connection: Upgrade', 'Upgrade: websocket', `Authorization: Bearer ${token}`, '', '',
  ].join('\r\n'));
  await new Promise<void>((resolve, reject) => {
    socket.once('data', (octets: Buffer) => {
      if (octets.toString('latin1').startsWith('HTTP/1.1 101 ')) resolve();
      else reject(new Error(octets.toString('latin1')));
    });
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.destroy();
  await closed;
}

function dial(url: string, text: string): Promise<ReturnType<typeof connect>> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(text);
      resolve(socket);
    });
    socket.once('error', reject);
    socket.on('error', () => undefined);
  });
}
