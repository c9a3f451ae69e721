/**
 * What the fuzzer of HTTP asks: a gateway before a service that remembers, and a forward-auth server.
 *
 * @module
 */

import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startHere } from '../server/in-process.ts';
import { bearer, createWorld, startAssay, until, type World } from '../server/world.ts';
import type { Passed, Standing } from './http-fuzzer.ts';

/** It, and how it is. */
export interface Stand extends Standing {
  /** Octets of the gateway's process, and connections that it has open. Absent where it is this process. */
  readonly health: () => Promise<{ readonly memory: number; readonly connections: number } | undefined>;
  /** What the processes have said on standard error, where one has ended. */
  readonly lastWords: () => string | undefined;
  readonly end: () => Promise<void>;
}

/** @param elsewhere in processes of their own, as they are in earnest; or in this one, which takes no time to start */
export async function openStand(elsewhere: boolean): Promise<Stand> {
  const world = await createWorld();
  const service = await startRememberingService(world);
  const shared = ['--openapi', world.document, '--allow-loopback-http', '--claim-header', 'sub=X-Auth-Subject', '--no-access-log', '--port', '0'];
  const begin = (argv: readonly string[]) => (elsewhere ? startAssay(world, argv) : beginHere(world, argv));
  const gateway = await begin(['gateway', ...shared, '--upstream', service.url, '--admin-port', '0', '--head-timeout', '2', '--upstream-timeout', '3']);
  const auth = await begin(['forward-auth', '--proxy', 'nginx', ...shared]);
  // With keys at hand every decision is made at once, in the order of the requests.
  await Promise.all([gateway, auth].map(({ url }) => askOnce(`${url}/closed`, {
    ...bearer(world.mint()), 'x-original-method': 'GET', 'x-original-uri': '/closed',
  })));
  return {
    tokens: { good: world.mint({ sub: 'ada' }), bad: [world.mint({ sub: 'eve', exp: 1 }), `${world.mint()}x`, 'a.b.c'] },
    targets: [{ name: 'gateway', url: gateway.url }, { name: 'gateway', url: gateway.url }, { name: 'forward-auth', url: auth.url }],
    takePassed: () => service.passed.splice(0),
    health: async () => {
      if (gateway.adminUrl === undefined) return undefined;
      const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
      const valueOf = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
      return { memory: valueOf('process_resident_memory_bytes'), connections: valueOf('assay_connections') };
    },
    lastWords: () => [gateway, auth].find(({ child }) => child.exitCode !== null)?.written.stderr,
    end: world.end,
  };
}

/** On a connection that is over with the answer: one that fetch() keeps would be found to be left over. */
function askOnce(url: string, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false, headers }, (response) => response.resume().once('end', resolve)).once('error', reject);
  });
}

interface Begun {
  readonly url: string;
  readonly adminUrl: string | undefined;
  readonly child: { readonly exitCode: number | null };
  readonly written: { readonly stderr: string };
}

async function beginHere(world: World, argv: readonly string[]): Promise<Begun> {
  const { child, written, ended } = startHere(argv, '');
  world.later(async () => {
    child.kill();
    await ended;
  });
  const url = await until(() => /^(http:\/\/\S+)\n/.exec(written.stdout)?.[1], child, () => written.stderr);
  return { url, adminUrl: undefined, child, written };
}

async function startRememberingService(world: World): Promise<{ readonly url: string; readonly passed: Passed[] }> {
  const passed: Passed[] = [];
  const server = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    const { method = '', url = '', rawHeaders } = request;
    const one = { method, url, rawHeaders, body: '' };
    passed.push(one);
    request.setEncoding('latin1').on('data', (text) => (one.body += String(text))).on('error', () => undefined);
    request.on('end', () => response.end('ok'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.later(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, passed };
}
