/** A service that speaks TLS, against the real process: whom it trusts is settled when it starts. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { certificatePem } from '../../spec-vectors/generate/certificate.ts';
import { privateKey } from '../../spec-vectors/generate/keys.ts';
import { NODE, start } from '../cli/processes.ts';
import { sendRaw, statusesOf } from './raw.ts';
import { createWorld, until, type World } from './world.ts';

let world: World;
let port: number;
/** Of each request that the service has had: the name of the handshake, and the Host. */
const seen: unknown[] = [];

beforeAll(async () => {
  world = await createWorld();
  const now = Date.now() / 1000;
  const cert = certificatePem('rsa-1', now - 86_400, now + 86_400, 'localhost');
  writeFileSync(join(world.folder, 'authority.pem'), cert);
  const server = createServer({ key: privateKey('rsa-1').export({ format: 'pem', type: 'pkcs8' }), cert }, (request, response) => {
    seen.push([(request.socket as TLSSocket).servername, request.headers.host]);
    response.end('ok');
  });
  // Under every address that "localhost" may have.
  await new Promise<void>((resolve) => server.listen(0, resolve));
  world.later(() => void server.close());
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => world.end());

/** The status of /open behind a gateway, and what the service has seen of it. */
async function ask(name: string, env: Readonly<Record<string, string>>): Promise<readonly [status: number | undefined, seen: readonly unknown[]]> {
  const argv = ['gateway', '--openapi', world.document, '--allow-loopback-http', '--upstream', `https://${name}:${port}`];
  const { child, written, ended } = start([...NODE, ...argv], { env });
  const url = await until(() => /^(http:\/\/\S+)\n/.exec(written.stdout)?.[1], child, () => written.stderr);
  seen.length = 0;
  const text = await sendRaw(url, 'GET /open HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
  child.kill();
  await ended;
  return [statusesOf(text)[0], [...seen]];
}

it('is spoken to where its certificate is of an authority that Node trusts and of the name of --upstream, whatever the client calls it', async () => {
  const trusting = { NODE_EXTRA_CA_CERTS: join(world.folder, 'authority.pem') };
  expect(await ask('localhost', trusting)).toEqual([200, [['localhost', 'evil.example']]]);
  expect(await ask('127.0.0.1', trusting)).toEqual([502, []]);
  expect(await ask('localhost', { NODE_EXTRA_CA_CERTS: '' })).toEqual([502, []]);
});
