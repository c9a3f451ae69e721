/** What the options of `assay gateway` and `assay forward-auth` come to. */
import * as nodeCrypto from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { NODE, start } from '../cli/processes.ts';
import { startHere } from './in-process.ts';
import { bearer, createWorld, startAssay, startService, statusOf, until, type Seen, type Service, type World } from './world.ts';

vi.mock('node:crypto', async (importOriginal) => {
  const original = await importOriginal<typeof nodeCrypto>();
  return { ...original, createVerify: vi.fn(original.createVerify) };
});

let world: World;
let service: Service;

beforeAll(async () => {
  world = await createWorld();
  service = await startService(world);
});
afterAll(() => world.end());

interface Running {
  readonly url: string;
  readonly written: { readonly stdout: string; readonly stderr: string };
  readonly stop: () => Promise<unknown>;
}

/** A gateway in this process. */
async function startGatewayHere(...argv: string[]): Promise<Running> {
  return startServerHere('gateway', '--upstream', `http://${service.host}`, ...argv);
}

async function startServerHere(...argv: string[]): Promise<Running> {
  const { child, written, ended } = startHere([...argv, '--allow-loopback-http'], '');
  const url = await until(() => /^(http:\/\/\S+)\n/.exec(written.stdout)?.[1], child, () => written.stderr);
  return { url, written, stop: async () => (child.kill(), ended) };
}

const fileOf = (name: string, text: string): string => {
  const file = join(world.folder, name);
  writeFileSync(file, text);
  return file;
};

const seenBy = async (url: string, token: string): Promise<Seen> =>
  await (await fetch(url, { headers: bearer(token) })).json() as Seen;

describe('--token-cache', () => {
  // RS256, as the world's issuer signs.
  const verified = vi.mocked(nodeCrypto.createVerify);

  it.each([
    ['gateway', [], 1], ['gateway', ['--token-cache', '0'], 3], ['forward-auth', [], 1], ['forward-auth', ['--token-cache', '0'], 3],
  ] as const)('%s with %j verifies a token that comes three times %i times', async (command, more, times) => {
    const how = command === 'gateway' ? ['--upstream', `http://${service.host}`] : ['--proxy', 'envoy'];
    const assay = await startServerHere(command, ...how, '--openapi', world.document, ...more);
    const token = bearer(world.mint());
    const forged = bearer(`${world.mint({ sub: 'eve' }).slice(0, -8)}AAAAAAAA`);
    verified.mockClear();
    for (let i = 0; i < 3; i += 1) expect(await statusOf(`${assay.url}/closed`, token)).toBe(200);
    expect(verified).toHaveBeenCalledTimes(times);
    // One that is refused is never remembered.
    for (let i = 0; i < 2; i += 1) expect(await statusOf(`${assay.url}/closed`, forged)).toBe(401);
    expect(verified).toHaveBeenCalledTimes(times + 2);
    await assay.stop();
  });
});

it('keys are fetched before anybody asks', async () => {
  const assay = await startGatewayHere('--openapi', world.document, '--admin-port', '0');
  const admin = await until(() => /^admin (\S+)$/m.exec(assay.written.stderr)?.[1]);
  const metrics = async (): Promise<string> => (await fetch(`${admin}/metrics`)).text();
  await until(async () => ((await metrics()).includes('assay_key_fetches_total{provider="users",result="fetched"} 1\n') ? true : undefined));
  await assay.stop();
});

describe('--user-info', () => {
  const infoOf = async (...argv: string[]): Promise<string[]> => {
    const assay = await startGatewayHere('--openapi', world.document, ...argv);
    const { headers } = await seenBy(`${assay.url}/closed`, world.mint());
    await assay.stop();
    const info = Buffer.from(String(headers['x-endpoint-api-userinfo']), 'base64url').toString();
    return Object.keys(JSON.parse(info) as object).slice(0, 2);
  };

  it.each([
    [[], 'espv2'], [['--responses', 'espv1'], 'espv1'], [['--responses', 'espv2'], 'espv2'],
    [['--user-info', 'espv1'], 'espv1'], [['--responses', 'espv1', '--user-info', 'espv2'], 'espv2'],
  ])('%j: the form of %s', async (argv, form) => {
    expect(await infoOf(...argv)).toEqual(form === 'espv1' ? ['claims', 'issuer'] : ['iss', 'azp']);
  });
});

it('--service-name is an audience in place of the host, and the realm', async () => {
  const assay = await startGatewayHere('--openapi', world.document, '--service-name', 'shelves.example');
  const ask = (aud: string): Promise<number> => statusOf(`${assay.url}/closed`, bearer(world.mint({ aud })));
  expect([await ask('https://shelves.example'), await ask('api.example'), await ask('my-api')]).toEqual([200, 403, 200]);
  expect((await fetch(`${assay.url}/closed`)).headers.get('www-authenticate')).toBe('Bearer realm="shelves.example"');
  await assay.stop();
});

it('--no-access-log writes nothing but the address', async () => {
  const [quiet, loud] = [await startGatewayHere('--openapi', world.document, '--no-access-log'), await startGatewayHere('--openapi', world.document)];
  for (const { url, stop } of [quiet, loud]) {
    expect(await statusOf(`${url}/open`)).toBe(200);
    await stop();
  }
  expect([quiet.written.stdout, loud.written.stdout.split('\n').length]).toEqual([`${quiet.url}\n`, 3]);
});

it('--unenforced leaves to others what cannot be enforced here, and nothing else', async () => {
  const key = { type: 'apiKey', name: 'key', in: 'query' };
  const { securityDefinitions, paths } = world.openapi as { readonly securityDefinitions: object; readonly paths: object };
  const document = fileOf('keys.json', JSON.stringify({
    ...world.openapi, securityDefinitions: { ...securityDefinitions, key },
    paths: { ...paths, '/key': { get: { security: [{ key: [] }] } }, '/both': { get: { security: [{ key: [], users: [] }] } } },
  }));
  const argv = ['gateway', '--upstream', `http://${service.host}`, '--openapi', document, '--allow-loopback-http'];
  const { status, stdout, stderr } = await startHere(argv, '').ended;
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '',
    stderr: expect.stringContaining('the OpenAPI document, paths./key.get.security[0]: key cannot be enforced here; if something else enforces it, say --unenforced key') });

  const assay = await startGatewayHere('--openapi', document, '--unenforced', 'key');
  expect(assay.written.stderr.match(/key .*enforced elsewhere$/gm)).toHaveLength(2);
  expect([await statusOf(`${assay.url}/key`), await statusOf(`${assay.url}/both`)]).toEqual([200, 401]);
  expect(await statusOf(`${assay.url}/both`, bearer(world.mint()))).toBe(200);
  await assay.stop();
});

describe('--openapi -', () => {
  it('reads the document from standard input', async () => {
    const argv = ['gateway', '--upstream', `http://${service.host}`, '--openapi', '-', '--allow-loopback-http'];
    const assay = await startAssay(world, argv, JSON.stringify(world.openapi));
    expect([await statusOf(`${assay.url}/open`), await statusOf(`${assay.url}/closed`)]).toEqual([200, 401]);
    await assay.stop();
  });

  // Where there is no python3-yaml there is nothing to run.
  const canConvert = process.platform !== 'win32' && spawnSync('python3', ['-c', 'import yaml']).status === 0;
  it.skipIf(!canConvert)('is what the line for YAML ends in, and that line works as it stands', async () => {
    const yaml = fileOf('openapi.yaml', 'swagger: "2.0"\nhost: api.example\nx-google-allow: all\npaths:\n  /a: {get: {responses: {200: {description: ok}}}}\n');
    const { stderr } = await startHere(['gateway', '--upstream', `http://${service.host}`, '--openapi', yaml], '').ended;
    const [, line = ''] = /convert it: (.*)\n/.exec(stderr) ?? [];
    // On a port that is taken, it ends by itself.
    const taken = service.host.split(':')[1] ?? '';
    const shim = fileOf('assay', `#!/bin/sh\nexec ${NODE.map((word) => `'${word}'`).join(' ')} "$@"\n`);
    chmodSync(shim, 0o700);
    const script = line.replace(/\.\.\.$/, `--upstream http://${service.host} --port ${taken}`);
    const piped = await start(['sh', '-c', script], { cwd: world.folder, env: { PATH: `${world.folder}:${process.env['PATH'] ?? ''}` } }).ended;
    expect(piped).toMatchObject({ status: 2, stdout: '' });
    expect(piped.stderr).toContain('x-google-allow: all lets every request through');
    expect(piped.stderr).toContain('cannot listen: the port is taken');
  });
});
