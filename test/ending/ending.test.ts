/** A process that has used every feature ends by itself, though issuer and service, elsewhere, keep their connections. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestIssuer, type ListeningIssuer } from '../../src/testing/index.ts';
import { start } from '../cli/processes.ts';
import type { Surroundings } from './commands.ts';

const PROGRAM = fileURLToPath(new URL('every-feature.ts', import.meta.url));

/** What standard output and error are to Node.js, where they are pipes. */
const OWN_STREAMS = ['PipeWrap', 'TTYWrap'];

let folder = '';
let keys: ListeningIssuer;
let service: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-ending-'));
  keys = await createTestIssuer({ clock: () => Date.now() / 1000 }).listen();
  service = createServer({ keepAliveTimeout: 300_000 }, (_, response) => void response.end('ok'));
  service.on('upgrade', (_, socket) => {
    socket.on('error', () => undefined).resume();
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  service.closeAllConnections();
  service.close();
  await keys.close();
  rmSync(folder, { recursive: true, force: true });
});

it('a process that has used every feature has nothing left, and ends', async () => {
  const { issuer, jwksUri } = keys;
  const audience = 'my-api';
  const token = keys.mint({ aud: audience, azp: audience });
  const surroundings: Surroundings = {
    issuer, jwksUri, token, audience, folder, service: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
  };
  const { child, written, ended } = start([process.execPath, '--import', import.meta.resolve('tsx'), PROGRAM, JSON.stringify(surroundings)]);
  // A process that does not end by itself is killed, and has no status then.
  const patience = setTimeout(() => child.kill('SIGKILL'), 50_000);
  const { status, stderr } = await ended.finally(() => clearTimeout(patience));
  expect({ stderr, told: /^\{.*\}\n$/.test(written.stdout) }).toEqual({ stderr: '', told: true });
  const { unused, left } = JSON.parse(written.stdout) as { readonly unused: string[]; readonly left: string[] };
  expect({ unused, left: left.filter((name) => !OWN_STREAMS.includes(name)), status }).toEqual({ unused: [], left: [], status: 0 });
});
