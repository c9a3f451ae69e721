/**
 * Uses every feature, says what is left, and leaves it to Node.js whether the process ends: `node every-feature.ts JSON`.
 *
 * @module
 */

import { setTimeout as wait } from 'node:timers/promises';
import { runCommands, runServers, unusedCommands, type Surroundings } from './commands.ts';
import { unusedNames, useGoogle, useJose, usePolicies, useVerifiers } from './library.ts';

const surroundings: Surroundings = JSON.parse(process.argv[2] ?? '{}');

useJose();
await useVerifiers(surroundings);
await useGoogle();
await usePolicies(surroundings);
await runCommands(surroundings);
await runServers(surroundings);

// What is closed has gone when the loop comes round again.
await wait(100);
const left = process.getActiveResourcesInfo();
console.log(JSON.stringify({ unused: [...unusedNames(), ...unusedCommands()], left }));
