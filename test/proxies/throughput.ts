/**
 * How many requests a second a gateway passes on, with verification and without, in one run.
 *
 *   npm run throughput                  exits 1 below 0.85 with the verified-token cache, or 0.6 without
 *   npm run throughput -- --rounds 50   of so many slices each (24)
 *   npm run throughput -- --connections 32   with few clients; the default, 512, is a gateway at full load
 *
 * Without verification means: the same process, asked with the same octets for a path that wants no token. All take
 * turns, slice by slice, and are compared within each round, so that a busy moment of the machine is shared.
 *
 * One process has one core, so what it passes on at most is one second by what a request costs its processor. That
 * decides: it says the same on a machine that others use too, where requests a second count the neighbours as well.
 *
 * @module
 */

import { parseArgs } from 'node:util';
import type { Assay } from '../server/world.ts';
import { bearer, createWorld } from '../server/world.ts';
import { headOf, runClients } from './load/clients.ts';
import { BUILT, figuresOf, startLoadedGateway, startLoadedService } from './load/gateway.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '0.5' },
    rounds: { type: 'string', default: '24' },
    connections: { type: 'string', default: '512' },
    users: { type: 'string', default: '1000' },
  },
});
const [slice, rounds, connections, users] = [values.seconds, values.rounds, values.connections, values.users].map(Number);

/** What a good run comes to, of the requests that pass without verification. */
const LEAST = { cached: 0.85, verified: 0.6 } as const;

interface Subject {
  readonly name: string;
  readonly gateway: Assay;
  readonly path: string;
  /** The same process without verification; absent for that itself. */
  readonly base?: Subject;
  /** Per round: requests a second, and microseconds of the gateway's processor for each. */
  readonly rates: number[];
  readonly costs: number[];
}

async function main(): Promise<number> {
  const world = await createWorld();
  try {
    const service = await startLoadedService(world);
    const cached = await startLoadedGateway(world, service, BUILT);
    const uncached = await startLoadedGateway(world, service, BUILT, '--token-cache', '0');
    // About 1 KB each, as Google's are.
    const tokens = Array.from({ length: users ?? 0 }, (_, index) =>
      world.mint({ sub: `user-${index}`, picture: `https://pictures.example/${'x'.repeat(300)}` }));
    console.log(`tokens of ${tokens[0]?.length} characters, ${users} users, ${connections} connections, Node ${process.version}`);
    const subject = (name: string, gateway: Assay, path: string, base?: Subject): Subject =>
      ({ name, gateway, path, rates: [], costs: [], ...(base === undefined ? {} : { base }) });
    const [open, openToo] = [subject('no verification', cached, '/open'), subject('no verification', uncached, '/open')];
    const subjects = [open, subject('cached', cached, '/closed', open), openToo, subject('verified', uncached, '/closed', openToo)];
    for (const one of subjects) await run(one, tokens, 1);
    for (let round = 0; round < (rounds ?? 0); round += 1) {
      for (const one of subjects) {
        const { rate, cost } = await run(one, tokens, slice ?? 0);
        one.rates.push(rate);
        one.costs.push(cost);
      }
    }
    return report(subjects);
  } finally {
    await world.end();
  }
}

async function run(
  { gateway, path }: Subject,
  tokens: readonly string[],
  seconds: number,
): Promise<{ readonly rate: number; readonly cost: number }> {
  const heads = tokens.map((token) => headOf(path, bearer(token)));
  const before = await figuresOf(gateway);
  const started = performance.now();
  const end = started + seconds * 1000;
  let sent = 0;
  let answered = 0;
  const wrong: string[] = [];
  const { broken } = await runClients(gateway.url, connections ?? 0, () => {
    if (performance.now() > end) return undefined;
    const index = sent++ % heads.length;
    const subject = path === '/open' ? 'nobody' : `user-${index}`;
    return {
      head: heads[index] ?? Buffer.alloc(0),
      onAnswer: ({ status, body }) => {
        answered += 1;
        if (status !== 200 || body !== subject) wrong.push(`${status} ${body}, not ${subject}`);
      },
    };
  });
  const took = (performance.now() - started) / 1000;
  const cost = ((await figuresOf(gateway)).cpu - before.cpu) / answered;
  if (wrong.length > 0 || broken > 0) throw new Error(`${wrong.length} wrong, ${broken} broken: ${wrong[0]}`);
  return { rate: answered / took, cost: cost * 1e6 };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

function report(subjects: readonly Subject[]): number {
  let failed = false;
  for (const { name, rates, costs, base } of subjects) {
    const figures = `${name.padEnd(16)} ${median(costs).toFixed(1).padStart(6)} µs of the processor, ${median(rates).toFixed(0).padStart(6)} requests/s seen`;
    const least = LEAST[name as keyof typeof LEAST];
    if (base === undefined || least === undefined) {
      console.log(figures);
      continue;
    }
    // Round by round, for the rounds differ more than the subjects do.
    const byProcessor = median(costs.map((cost, index) => (base.costs[index] ?? NaN) / cost));
    const seen = median(rates.map((rate, index) => rate / (base.rates[index] ?? NaN)));
    if (!(byProcessor >= least)) failed = true;
    console.log(`${figures}: ${byProcessor.toFixed(3)} of those a core passes without (at least ${least}), ${seen.toFixed(3)} of those seen`);
  }
  return failed ? 1 : 0;
}

process.exitCode = await main();
