/**
 * Uses a remote key set, says "done", and leaves it to Node.js whether the process ends:
 * `node ends.ts SCENE URL TIMEOUT`.
 *
 * @module
 */

import { createRemoteKeySet } from '../../../src/keys/index.ts';

const [scene = '', url = '', timeout = ''] = process.argv.slice(2);

let now = 0;
const never = (): Promise<never> => new Promise(() => undefined);
const options = { allowLoopbackHttp: true, clock: () => now, timeout: Number(timeout) };

/** A look-up in the last fifth of a lifetime: it begins a fetch that nobody waits for. */
async function leaveFetchBehind(hanging: string, fetch?: typeof never): Promise<void> {
  const known = createRemoteKeySet(url, options);
  await known.load();
  const initial = { ...known.snapshot(), url: hanging };
  const keys = createRemoteKeySet(hanging, { ...options, initial, ...(fetch === undefined ? {} : { fetch }) });
  now += 3000;
  keys.find('key-1');
}

const scenes = new Map<string, () => Promise<unknown>>([
  ['loaded', () => createRemoteKeySet(url, options).load()],
  ['background', () => leaveFetchBehind(`${url}hang`)],
  ['left', () => leaveFetchBehind(`${url}hang`, never)],
  ['awaited', () => createRemoteKeySet(url, { ...options, fetch: never }).load()],
]);

const begun = performance.now();
await scenes.get(scene)?.().catch((error: Error) => console.log(error.message));
console.log(`done after ${Math.round(performance.now() - begun)} ms`);
process.on('exit', () => console.log(`ended after ${Math.round(performance.now() - begun)} ms`));
