/** The recipes of src/server/sign-in/README.md, as they stand there, in the real Express and Fastify. Their packages are in ./package.json. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSignIn, startRecipe } from '../server/sign-in/recipe.ts';
import { Browser } from '../server/sign-in/site.ts';
import { createWorld, type World } from '../server/world.ts';

// Where the packages of ./package.json are found.
const folder = ((parent: string) => {
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, '.sign-in-'));
})(fileURLToPath(new URL('node_modules', import.meta.url)));

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world.end();
  rmSync(folder, { recursive: true, force: true });
});

/** With a parser of bodies before it, in Express; without what keeps it from bodies, in Fastify. */
const TOO_LATE: Readonly<Record<string, (code: string) => string>> = {
  Express: (code) => code.replace('express();', 'express();\napp.use(express.json());'),
  Fastify: (code) => code.replace(/^.*ContentTypeParser.*\n/gm, ''),
};

describe.each([['Express', "from 'express'"], ['Fastify', "from 'fastify'"]])('%s', (name, text) => {
  it('signs in who has an account, in both modes, and nobody else', async () => expectSignIn(await startRecipe(world, folder, text)));

  it('says so where a parser has come first', async () => {
    const browser = new Browser(await startRecipe(world, folder, text, TOO_LATE[name]));
    const answer = await browser.postJson('a');
    expect([answer.status, answer.body]).toEqual([500, expect.stringContaining('before any parser of bodies')]);
  });
});
