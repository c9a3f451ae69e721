/**
 * The recipes of src/server/sign-in/README.md as programs: as they stand there, but for a port that is free and keys that are here.
 *
 * @module
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { blocksOf, readPage, ROOT } from '../../pages/page.ts';
import { createTestIssuer, type TestIssuer } from '../../../src/testing/index.ts';
import { freePort } from '../../cli/free-port.ts';
import { NODE } from '../../cli/processes.ts';
import { startProgram, type World } from '../world.ts';
import { Browser, ORIGIN } from './site.ts';

const CLIENT_ID = 'my-client-id.apps.googleusercontent.com';
const KNOWN = '110169484474386276334';

/** The package's names, as its exports map them, but to the sources. */
const fromSource = (code: string): string => code.replace(/from 'jwt-assay(\/\w+)?'/g, (_, floor: string = '') =>
  `from '${pathToFileURL(join(ROOT, 'src', floor, 'index.ts')).href}'`);

function blockWith(page: string, text: string): string {
  const found = blocksOf(readPage(page)).filter(({ code }) => code.includes(text));
  if (found.length !== 1) throw new Error(`${found.length} blocks of ${page} have ${text}`);
  return found[0]?.code ?? '';
}

export interface Recipe {
  readonly url: string;
  readonly issuer: TestIssuer<() => number>;
}

/**
 * Starts the recipe that has a text.
 *
 * @param folder where its framework is found.
 * @param change for one who does not keep to it.
 */
export async function startRecipe(world: World, folder: string, text: string, change = (code: string): string => code): Promise<Recipe> {
  const issuer = createTestIssuer({ audience: CLIENT_ID, clock: () => Date.now() / 1000 });
  const keys = await issuer.listen();
  world.later(() => keys.close());
  const verifier = `createGoogleVerifier({ audience: '${CLIENT_ID}' })`;
  const shared = blockWith('README.md', 'createSignIn({');
  expect(shared).toContain(verifier);
  const here = verifier.replace(' })', `, keys: createRemoteKeySet('${keys.jwksUri}', { allowLoopbackHttp: true }) })`);
  const write = (name: string, code: string): string => {
    writeFileSync(join(folder, name), fromSource(code));
    return join(folder, name);
  };
  write('sign-in.ts', shared.replace(verifier, here).replace('{ createGoogleVerifier }', '{ createGoogleVerifier, createRemoteKeySet }'));
  write('login-page.ts', blockWith('src/server/sign-in/README.md', 'gsi/client'));
  const port = await freePort();
  const recipe = blockWith('src/server/sign-in/README.md', text).replace('3000', String(port));
  const program = write(`recipe-${port}.mts`, change(recipe));
  await startProgram(world, [...NODE.slice(0, -1), program], port);
  return { url: `http://127.0.0.1:${port}`, issuer };
}

/** What a recipe must do: sign in who has an account, in both modes, know who it is, sign out; and nobody else. */
export async function expectSignIn({ url, issuer }: Recipe): Promise<void> {
  const form = { 'origin': ORIGIN, 'content-type': 'application/x-www-form-urlencoded' };
  for (const mode of ['postForm', 'postJson'] as const) {
    const browser = new Browser({ url });
    const begin = async (): Promise<string> => {
      const { headers, body } = await browser.whoami();
      expect([headers['content-type'], headers['cache-control']]).toEqual(['text/html; charset=utf-8', 'no-store']);
      expect(body).toContain(`data-client_id="${CLIENT_ID}"`);
      return /data-nonce="([\w-]+)"/.exec(body)?.[1] ?? '';
    };
    const stranger = issuer.mint({ sub: '42', nonce: await begin() });
    expect((await browser[mode](stranger)).status).toBe(403);
    const token = issuer.mint({ sub: KNOWN, nonce: await begin() });
    expect((await new Browser({ url })[mode](token)).status).toBe(403);
    expect((await browser[mode](token, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await browser[mode]('a'.repeat(20_000))).status).toBe(413);
    expect((await browser[mode](token)).status).toBe(mode === 'postForm' ? 303 : 200);
    expect(await browser.whoami()).toMatchObject({ status: 200, body: 'Hello ada' });
    expect((await browser[mode](token)).status).toBe(403);
    expect((await browser.send('POST', '/signout', { ...form, origin: 'https://evil.example' })).status).toBe(403);
    expect((await browser.send('POST', '/signout', form)).status).toBe(303);
    await begin();
  }
}
