/**
 * A gateway at full load, before a key server that comes and goes and an issuer that rotates its keys.
 *
 * @module
 */

import { createWorld, until, type Assay, type World } from '../../server/world.ts';
import type { FailureMode } from '../../../src/testing/index.ts';
import { runClients, type Answer } from './clients.ts';
import { NODE } from '../../cli/processes.ts';
import { figuresOf, startLoadedGateway, startLoadedService, type Figures } from './gateway.ts';
import { beginKeyLife, type KeyLife } from './key-life.ts';
import { createDraw, mintForKey, type KeyTokens, type KnownRequest } from './requests.ts';

export interface SoakTerms {
  readonly seconds: number;
  readonly connections: number;
  /** Of the random choices. */
  readonly seed: number;
  readonly onSample?: (sample: Sample) => void;
}

export interface Sample extends Figures {
  /** Seconds since the start. */
  readonly at: number;
  readonly answers: number;
  readonly wrong: number;
}

export interface SoakReport {
  readonly answers: number;
  readonly broken: number;
  /** Decisions that were not what the making of the request said. The first few, in words. */
  readonly wrong: number;
  readonly examples: readonly string[];
  /** By kind and status. */
  readonly counts: ReadonlyMap<string, number>;
  /** Milliseconds. */
  readonly latency: { readonly median: number; readonly p99: number; readonly most: number };
  readonly samples: readonly Sample[];
  readonly keys: readonly ReturnType<KeyLife['delays']>[];
  /** Keys that were not known, or not gone, in the time that the flapping leaves for it. */
  readonly late: number;
  readonly fetches: { readonly fetched: number; readonly failed: number };
}

/** How the key server is, and for how many seconds. "wrong-keys" is not among it: what an issuer says is believed. */
const FLAPPING: readonly (readonly [FailureMode, number])[] = [
  ['none', 6], ['down', 2], ['none', 4], ['hang', 3], ['none', 5], ['error', 2], ['garbage', 2], ['none', 5], ['empty', 2], ['drip', 3],
  ['none', 4], ['redirect', 2], ['huge', 2],
];

/** Rotations and removals, as parts of the whole run. */
const ROTATIONS = [0.05, 0.35, 0.65];
const REMOVALS = [0.2, 0.5, 0.8];

/** An unknown key ID is asked about every 30 s, a set lives for 60 s; failures and pauses between attempts come on top. Seconds. */
const KNOWN_WITHIN = 60;
const GONE_WITHIN = 90;

/** Runs a soak. Everything that it starts has ended when it resolves. */
export async function runSoak(terms: SoakTerms): Promise<SoakReport> {
  const world = await createWorld();
  try {
    const service = await startLoadedService(world);
    // Fewer remembered tokens than there are, so that they give way to each other, and full early: memory must be flat then.
    const argv = ['--key-wait', '0.3', '--timeout', '1', '--token-cache', '1500'];
    const gateway = await startLoadedGateway(world, service, NODE, ...argv);
    world.issuer.cacheControl = { maxAge: 60 };
    await until(async () => (await fetch(`${gateway.adminUrl}/readyz`)).status === 200 ? true : undefined);
    return await soak(world, gateway, terms);
  } finally {
    await world.end();
  }
}

async function soak(world: World, gateway: Assay, terms: SoakTerms): Promise<SoakReport> {
  const { seconds, connections } = terms;
  const started = performance.now();
  const now = (): number => (performance.now() - started) / 1000;
  const tally = createTally(now);
  const lives: KeyLife[] = [];
  let keys: readonly KeyTokens[] = [];
  const publish = (): void => {
    for (const life of lives) life.supersede();
    const life = beginKeyLife(now());
    lives.push(life);
    keys = [...keys.slice(-2), mintForKey(world, life, seconds)];
  };
  publish();
  const draw = createDraw(world, randomFrom(terms.seed));
  const timers = [
    ...ROTATIONS.map((part) => at(part * seconds, () => {
      world.issuer.rotate();
      publish();
    })),
    ...REMOVALS.map((part) => at(part * seconds, () => {
      world.issuer.retire();
      for (const life of lives.slice(0, -1)) life.retire(now());
    })),
    ...flap(world, seconds),
  ];
  const samples: Sample[] = [];
  const sampling = setInterval(() => {
    void figuresOf(gateway).then((figures) => {
      const sample = { ...figures, at: now(), answers: tally.answers(), wrong: tally.wrong() };
      samples.push(sample);
      terms.onSample?.(sample);
    }, () => undefined);
  }, Math.min(5000, seconds * 100));
  const { broken } = await runClients(gateway.url, connections, () => {
    if (now() > seconds) return undefined;
    const request = draw(keys);
    const judge = tally.expect(request);
    return { head: request.head, onAnswer: judge };
  });
  clearInterval(sampling);
  for (const timer of timers) clearTimeout(timer);
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  const fetches = (result: string): number =>
    Number(new RegExp(`^assay_key_fetches_total\\{[^}]*result="${result}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return {
    ...tally.report(),
    broken,
    samples,
    keys: lives.map((life) => life.delays()),
    late: lives.filter((life) => life.isLate(KNOWN_WITHIN, GONE_WITHIN, seconds)).length,
    fetches: { fetched: fetches('fetched'), failed: fetches('failed') },
  };
}

function at(seconds: number, run: () => void): NodeJS.Timeout {
  return setTimeout(run, seconds * 1000);
}

function flap(world: World, seconds: number): readonly NodeJS.Timeout[] {
  const timers: NodeJS.Timeout[] = [];
  for (let [from, index] = [0, 0]; from < seconds; index += 1) {
    const [mode, lasts] = FLAPPING[index % FLAPPING.length] ?? ['none', 1];
    timers.push(at(from, () => world.issuer.fail(mode)));
    from += lasts;
  }
  return timers;
}

/** Seconds by which this process may learn of an answer later than the gateway has decided. */
const BLUR = 1.5;

/** Counts answers, and those that are wrong. */
function createTally(now: () => number) {
  const counts = new Map<string, number>();
  const latencies: number[] = [];
  const examples: string[] = [];
  let [answers, wrong] = [0, 0];

  /** What a request may come to, that is sent now: whether it may pass, and whether it may be refused. */
  const mayBe = ({ passes }: KnownRequest): { readonly pass: boolean; readonly refuse: boolean } => {
    if (typeof passes === 'boolean') return { pass: passes, refuse: !passes };
    const left = passes.expires - Date.now() / 1000;
    const expected = left < -BLUR ? 'refused' : left < BLUR ? 'either' : passes.key.expectation();
    return { pass: expected !== 'refused', refuse: expected !== 'accepted' };
  };

  const expect = (request: KnownRequest) => {
    const { pass, refuse } = mayBe(request);
    return ({ status, body, took }: Answer): void => {
      answers += 1;
      // One in sixteen is enough for a percentile, and little to keep.
      if (answers % 16 === 0) latencies.push(took);
      const key = `${request.kind}: ${status}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      const passed = status === 200;
      // Decided on at some time until now: of a token that has expired meanwhile either may be said, however long it took.
      const expired = typeof request.passes === 'object' && request.passes.expires - Date.now() / 1000 < BLUR;
      const right = passed ? pass && body === request.subject : (refuse || expired) && request.refusals.includes(status);
      if (!right) {
        wrong += 1;
        if (examples.length < 10) examples.push(`${now().toFixed(2)} s, ${request.kind}: ${status}${passed ? `, as ${body} and not ${request.subject}` : ''}`);
      }
      if (typeof request.passes === 'object' && request.passes.expires - Date.now() / 1000 > BLUR) request.passes.key.note(passed, now());
    };
  };
  return {
    answers: () => answers,
    wrong: () => wrong,
    expect,
    report: () => {
      latencies.sort((a, b) => a - b);
      const part = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? NaN;
      return { answers, wrong, examples, counts, latency: { median: part(0.5), p99: part(0.99), most: part(1) } };
    },
  };
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
