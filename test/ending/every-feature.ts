/**
 * Uses every feature, says what is left, and leaves it to Node.js whether the process ends: `node every-feature.ts JSON`.
 *
 * @module
 */

import { setTimeout as wait } from 'node:timers/promises';
import { runCommands, runServers, unusedCommands, type Surroundings } from './commands.ts';
import { unusedNames, useGoogle, useJose, usePolicies, useVerifiers } from './library.ts';

/** What standard output and error are to Node.js, where they are pipes. */
const OWN_STREAMS = ['PipeWrap', 'TTYWrap'];

const surroundings: Surroundings = JSON.parse(process.argv[2] ?? '{}');

useJose();
await useVerifiers(surroundings);
await useGoogle();
await usePolicies(surroundings);
await runCommands(surroundings);
await runServers(surroundings);

// What is closed has gone when the loop comes round again; on a busy machine, some rounds later. What waits for a time to end waits longer.
let left: readonly string[] = [];
for (let round = 0; round < 20 && (round === 0 || left.some((name) => !OWN_STREAMS.includes(name))); round += 1) {
  await wait(100);
  left = process.getActiveResourcesInfo();
}
console.log(JSON.stringify({ unused: [...unusedNames(), ...unusedCommands()], left }));
