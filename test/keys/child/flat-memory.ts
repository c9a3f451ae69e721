/**
 * Fetches a bad body over and over, and says how the memory of the process has grown. A process of its own, so that
 * what is measured is the library and nothing else: `node --expose-gc flat-memory.ts URL FETCHES`.
 *
 * @module
 */

import { createRemoteKeySet, type KeyEvent } from '../../../src/keys/index.ts';

const [url = '', fetches = '0'] = process.argv.slice(2);

let now = 0;
let failures = 0;
const onEvent = ({ type }: KeyEvent): void => void (failures += type === 'failed' ? 1 : 0);
const keys = createRemoteKeySet(url, { allowLoopbackHttp: true, clock: () => now, onEvent });

async function fetchTimes(times: number): Promise<void> {
  for (let i = 0; i < times; i++, now += 100) await keys.load().catch(() => undefined);
}

function rss(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

// What is loaded and grown once, by the first of them, is no leak.
await fetchTimes(10);
const before = rss();
await fetchTimes(Number(fetches));
const mebibytes = (octets: number): number => Math.round(octets / 104_857.6) / 10;
const growth = mebibytes(rss() - before);
const peak = mebibytes(process.resourceUsage().maxRSS * 1024);
console.log(JSON.stringify({ failures, before: mebibytes(before), growth, peak }));
