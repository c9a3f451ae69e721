import { createPublicKey } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { policyForAllPaths, type AuthProvider, type EspPolicy } from '../../src/esp/index.ts';
import type { FetchFunction, KeyEvent, RemoteKeySet } from '../../src/keys/index.ts';
import { createKeySet } from '../../src/jose/index.ts';
import { exportJwk } from '../../src/jose/pem.ts';
import { createKeySupply, withPatience, type KeySupplyOptions } from '../../src/server/key-supply.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { KEY } from '../esp/fixtures.ts';

const published = { ...exportJwk(createPublicKey(KEY)), kid: 'k1' };
const ADDRESS = 'https://keys.example/jwks';

/** Providers by ID, each with an issuer and, for most, an address of its keys. */
function policyOf(...providers: readonly { readonly id: string; readonly issuer: string; readonly jwksUri?: string }[]): EspPolicy {
  const policy = policyForAllPaths({ issuer: 'https://issuer.example', audiences: ['my-api'] });
  const [provider] = policy.providers;
  if (provider === undefined) throw new Error('a policy without a provider');
  return { ...policy, providers: providers.map((one) => ({ ...provider, ...one })) };
}

const counted: [provider: string, result: string][] = [];
const happened: [provider: string, type: KeyEvent['type']][] = [];
afterEach(() => {
  counted.splice(0);
  happened.splice(0);
});

/** A supply, its provider, and the URLs that were asked. `answer` answers them. */
function supplyOf(policy: EspPolicy, answer: (url: string) => Response | Promise<Response>, options: Partial<KeySupplyOptions> = {}) {
  const asked: string[] = [];
  const fetch: FetchFunction = async (url) => {
    asked.push(String(url));
    return answer(String(url));
  };
  const supply = createKeySupply(policy, {
    fetch: { fetch },
    wait: 1,
    metrics: { ...createMetrics(), countFetch: (provider, result) => void counted.push([provider, result]) },
    onEvent: ({ id }, { type }) => void happened.push([id, type]),
    ...options,
  });
  return { ...supply, asked };
}

const good = (): Response => Response.json({ keys: [published] });
const down = (): Promise<Response> => Promise.reject(new Error('down'));
/** Until what was begun has ended: nothing here waits for more than promises. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

const providerOf = ({ providers: [provider] }: EspPolicy): AuthProvider => {
  if (provider === undefined) throw new Error('a policy without a provider');
  return provider;
};

describe('the keys of a provider', () => {
  it('that were given are these, and nothing is fetched', async () => {
    const policy = policyOf({ id: 'a', issuer: 'https://issuer.example', jwksUri: ADDRESS });
    const keys = { keys: createKeySet([]), algorithms: ['HS256'] } as const;
    const { keysFor, prefetch, missing, ages, asked } = supplyOf(policy, good, { given: new Map([['https://issuer.example', keys]]) });
    expect(keysFor(providerOf(policy))).toBe(keys);
    prefetch();
    await settled();
    expect([asked, missing(), ages().size]).toEqual([[], [], 0]);
  });

  it('of another issuer than was given are fetched, each from its own address', async () => {
    const policy = policyOf(
      { id: 'a', issuer: 'https://a.example', jwksUri: ADDRESS },
      { id: 'b', issuer: 'https://b.example', jwksUri: `${ADDRESS}/b` },
      { id: 'c', issuer: 'https://c.example' },
    );
    const { prefetch, asked } = supplyOf(policy, down, { given: new Map([['https://a.example', { keys: createKeySet([]) }]]) });
    expect(asked).toEqual([]);
    prefetch();
    await settled();
    expect(asked).toEqual([`${ADDRESS}/b`, 'https://c.example/.well-known/openid-configuration']);
  });

  it('that have no address are a mistake, which names the issuer', () => {
    const make = (): unknown => supplyOf(policyOf({ id: 'a', issuer: 'ada@example.com' }), good);
    expect(make).toThrow(TypeError);
    expect(make).toThrow('the issuer "ada@example.com"');
  });

  it('of another policy are nobody\'s', () => {
    const { keysFor } = supplyOf(policyOf({ id: 'a', issuer: 'https://a.example', jwksUri: ADDRESS }), good);
    const stranger = providerOf(policyOf({ id: 'a', issuer: 'https://a.example', jwksUri: ADDRESS }));
    expect(() => keysFor(stranger)).toThrow(TypeError);
    expect(() => keysFor(stranger)).toThrow('not of this policy');
  });

  it('verify by the algorithms that were named, or else by those of esp', () => {
    const policy = policyOf({ id: 'a', issuer: 'https://a.example', jwksUri: ADDRESS });
    expect(supplyOf(policy, good, { algorithms: ['ES256'] }).keysFor(providerOf(policy))).toMatchObject({ algorithms: ['ES256'] });
    expect(Object.keys(supplyOf(policy, good).keysFor(providerOf(policy)))).toEqual(['keys']);
  });
});

describe('a supply', () => {
  it('misses what was never to be had, until it is', async () => {
    let answer: (url: string) => Response | Promise<Response> = (url) => (url === ADDRESS ? good() : down());
    const policy = policyOf({ id: 'a', issuer: 'https://a.example', jwksUri: ADDRESS }, { id: 'b', issuer: 'https://b.example', jwksUri: `${ADDRESS}/b` });
    const { missing, ages, prefetch } = supplyOf(policy, (url) => answer(url));
    expect([missing(), [...ages().keys()]]).toEqual([['a', 'b'], []]);
    prefetch();
    await settled();
    expect([missing(), [...ages().keys()]]).toEqual([['b'], ['a']]);
    // Keys that are here are not missed when they cannot be had again.
    answer = down;
    prefetch();
    await settled();
    expect(missing()).toEqual(['b']);
  });

  it('counts what was fetched and what was not, and tells of all that happens', async () => {
    const policy = policyOf({ id: 'a', issuer: 'https://a.example', jwksUri: ADDRESS }, { id: 'b', issuer: 'https://b.example', jwksUri: `${ADDRESS}/b` });
    const { prefetch } = supplyOf(policy, (url) => (url === ADDRESS ? Response.json({ keys: [published, {}] }) : down()));
    prefetch();
    await settled();
    expect(counted.sort()).toEqual([['a', 'fetched'], ['b', 'failed']]);
    expect(happened.sort()).toEqual([['a', 'fetched'], ['a', 'skippedKey'], ['b', 'failed']]);
  });

  it('need tell nobody', async () => {
    const supply = createKeySupply(policyOf({ id: 'a', issuer: 'https://a.example', jwksUri: ADDRESS }), {
      fetch: { fetch: async () => good() },
      wait: 1,
      metrics: { ...createMetrics(), countFetch: (provider, result) => void counted.push([provider, result]) },
    });
    supply.prefetch();
    await settled();
    expect([counted, supply.missing()]).toEqual([[['a', 'fetched']], []]);
  });

  it('says how old its keys are by the wall clock, which may go back', async () => {
    const { ages, prefetch } = supplyOf(policyOf({ id: 'a', issuer: 'https://a.example', jwksUri: ADDRESS }), good);
    prefetch();
    await settled();
    const fetched = Date.now();
    const clock = vi.spyOn(Date, 'now');
    clock.mockReturnValue(fetched + 60_000);
    expect(ages().get('a')).toBeGreaterThanOrEqual(60);
    expect(ages().get('a')).toBeLessThan(65);
    clock.mockReturnValue(fetched - 60_000);
    expect(ages().get('a')).toBe(0);
    clock.mockRestore();
  });
});

describe('patience', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  /** A key set whose flight ends when it is told to, and how often it was waited for. */
  function slow() {
    let waits = 0;
    let land = (_: boolean): void => undefined;
    const flight = (): Promise<boolean> => {
      waits += 1;
      return new Promise((resolve) => (land = resolve));
    };
    const keys = { url: ADDRESS, settle: async () => void (await flight()), underWay: flight } as unknown as RemoteKeySet;
    return { keys, waits: () => waits, land: (brought: boolean) => land(brought) };
  }

  /** What a wait has come to, without waiting. */
  function watch<T>(wait: Promise<T> | undefined): { ended: boolean; result?: T } {
    const watched: { ended: boolean; result?: T } = { ended: false };
    void wait?.then((result) => Object.assign(watched, { ended: true, result }));
    return watched;
  }

  it.each(['settle', 'underWay'] as const)('ends a wait (%s) after four fifths of its time, with nothing', async (how) => {
    const { keys } = slow();
    const wait = watch<unknown>(withPatience(keys, 10)[how]());
    await vi.advanceTimersByTimeAsync(7999);
    expect(wait.ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(wait).toEqual({ ended: true, result: how === 'settle' ? undefined : false });
  });

  it('is nothing to what comes in time, and leaves no timer behind', async () => {
    const { keys, land } = slow();
    const patient = withPatience(keys, 10);
    const wait = watch(patient.underWay());
    land(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(wait).toEqual({ ended: true, result: true });
    expect(vi.getTimerCount()).toBe(0);
    const settling = watch(patient.settle());
    land(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(settling).toEqual({ ended: true, result: undefined });
  });

  it('is counted from the start of the fetch: who comes later waits for less, and behind its end for nothing', async () => {
    const { keys, waits } = slow();
    const patient = withPatience(keys, 10);
    void patient.settle();
    await vi.advanceTimersByTimeAsync(5000);
    const later = watch(patient.underWay());
    await vi.advanceTimersByTimeAsync(2999);
    expect(later.ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(later).toEqual({ ended: true, result: false });
    expect(waits()).toBe(2);
    const settling = watch(patient.settle());
    await vi.advanceTimersByTimeAsync(0);
    expect(settling.ended).toBe(true);
    expect(waits()).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('begins anew when the fetch has ended', async () => {
    const { keys, land } = slow();
    const patient = withPatience(keys, 10);
    void patient.settle();
    await vi.advanceTimersByTimeAsync(20_000);
    land(false);
    await vi.advanceTimersByTimeAsync(0);
    const wait = watch(patient.settle());
    await vi.advanceTimersByTimeAsync(7999);
    expect(wait.ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(wait.ended).toBe(true);
  });

  it('changes nothing else: nothing under way is nothing, and the rest is the set\'s own', () => {
    const { keys } = slow();
    const idle = withPatience({ ...keys, underWay: () => undefined }, 10);
    expect(idle.underWay()).toBe(undefined);
    expect(idle.url).toBe(ADDRESS);
  });
});
