/** The recipe of src/server/sign-in/README.md that needs no framework. The others are in test/proxies. */
import { afterAll, beforeAll, it } from 'vitest';
import { createWorld, type World } from '../world.ts';
import { expectSignIn, startRecipe } from './recipe.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

it('node:http, as the page of sign-in has it', async () => {
  await expectSignIn(await startRecipe(world, world.folder, "from 'node:http'"));
}, 60_000);
