/** The recipes of src/server/README.md, as they stand there, in the real Express and Fastify, node:http and fetch's Request. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestIssuer } from '../../src/testing/index.ts';
import { recipeWith } from '../server/page.ts';
import { sendRaw, statusesOf } from '../server/raw.ts';
import { createWorld, startProgram, type World } from '../server/world.ts';
import { freePort } from '../cli/free-port.ts';
import { NODE } from '../cli/processes.ts';

// Where the packages of ./package.json are found.
const folder = ((parent: string) => {
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, '.recipes-'));
})(fileURLToPath(new URL('node_modules', import.meta.url)));

const sources = (floor: string): string => pathToFileURL(fileURLToPath(new URL(`../../src${floor}/index.ts`, import.meta.url))).href;

/** The package's names, as its exports map them, but to the sources. */
const fromSource = (code: string): string => code.replace(/from 'jwt-assay(\/\w+)?'/g, (_, floor: string = '') => `from '${sources(floor)}'`);

let world: World;

beforeAll(async () => {
  world = await createWorld();
  // What the recipes share, with an issuer on this machine in place of one that is not.
  const shared = recipeWith('discoverKeySet').replace("'https://issuer.example'", `'${world.keys.issuer}'`)
    .replace('discoverKeySet(issuer)', 'discoverKeySet(issuer, { allowLoopbackHttp: true })');
  writeFileSync(join(folder, 'authenticate.ts'), fromSource(shared));
});
afterAll(async () => {
  await world.end();
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ['node:http', "from 'node:http'"], ['Express', "from 'express'"], ['Fastify', "from 'fastify'"],
])('the recipe for %s', (name, text) => {
  let url: string;
  beforeAll(async () => {
    const port = await freePort();
    const file = join(folder, `${name.replace(':', '-')}.mts`);
    writeFileSync(file, recipeWith(text).replace('3000', String(port)));
    await startProgram(world, [...NODE.slice(0, -1), file], port);
    url = `http://127.0.0.1:${port}/`;
  });
  const authorization = (claims = {}): string => `Bearer ${world.mint({ sub: 'ada', ...claims })}`;

  it('lets in whom it knows', async () => {
    const response = await fetch(url, { headers: { authorization: authorization() } });
    expect([response.status, await response.text()]).toEqual([200, 'Hello ada']);
  });

  it('answers everybody else', async () => {
    const none = await fetch(url);
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="api"']);
    expect(none.headers.get('content-type')).toMatch(/^application\/problem\+json(?:; charset=utf-8)?$/);
    const expired = await fetch(url, { headers: { authorization: authorization({ exp: 1 }) } });
    expect([expired.status, (await expired.json() as { code: string }).code]).toEqual([401, 'token_expired']);
    const forged = await fetch(url, { headers: { authorization: `${authorization().slice(0, -8)}AAAAAAAA` } });
    expect([forged.status, (await forged.json() as { code: string }).code]).toEqual([401, 'invalid_token']);
    const field = `Authorization: ${authorization()}\r\n`;
    const twice = `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${field}${field}\r\n`;
    expect(statusesOf(await sendRaw(url, twice))).toEqual([401]);
  });
});

it('the recipe in the style of fetch', async () => {
  const file = join(folder, 'fetch.ts');
  writeFileSync(file, recipeWith('new Response'));
  const { handle } = await import(pathToFileURL(file).href) as { handle: (request: Request) => Promise<Response> };
  const ask = (headers: Record<string, string>) => handle(new Request('https://api.example/', { headers }));
  const good = await ask({ authorization: `Bearer ${world.mint({ sub: 'ada' })}` });
  expect([good.status, await good.text()]).toEqual([200, 'Hello ada']);
  const stranger = createTestIssuer().mint();
  for (const headers of [{}, { authorization: `Bearer ${stranger}` }]) {
    const refused = await ask(headers as Record<string, string>);
    expect([refused.status, refused.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
  }
});
