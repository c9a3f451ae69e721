import { afterEach, describe, expect, it, vi } from 'vitest';
import { discoverKeySet, type FetchFunction } from '../../src/keys/index.ts';
import { KEY_1, outcome, remote, setOf, untyped } from './issuer.ts';
import { listen, publish } from './loopback.ts';

const URL_ = 'https://issuer.example/keys';
const TOKEN = KEY_1.mint();
const TEXT = JSON.stringify(setOf(KEY_1));

const streamOf = (...chunks: readonly unknown[]): ReadableStream =>
  new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

/** As another implementation of fetch may make it: no Response of Node's. */
class OtherResponse {
  readonly status: number = 200;
  readonly headers: unknown = new Headers({ 'cache-control': 'max-age=600' });
  readonly body: unknown = streamOf(Buffer.from(TEXT));
}

afterEach(() => void vi.useRealTimers());

const failing = (() => {
  throw new Error('at once');
}) as FetchFunction;

describe('an injected fetch', () => {
  it('is given the URL and a signal, and nothing of a token', async () => {
    const fetch = vi.fn<FetchFunction>(async () => new Response(TEXT));
    expect(await outcome(remote(URL_, { fetch }).verifier.verify(TOKEN))).toBe('accepted');
    expect(fetch.mock.calls).toEqual([[URL_, expect.objectContaining({ method: 'GET', redirect: 'manual' })]]);
  });

  it.each<readonly [string, FetchFunction, string]>([
    ['throws at once', failing, 'no connection'],
    ['rejects', async () => Promise.reject(new Error(`secret ${TOKEN}`)), 'no connection'],
    ['rejects with nothing', async () => Promise.reject(undefined), 'no connection'],
    ['returns undefined', untyped(() => undefined), 'fetch did not return a Response'],
    ['resolves to undefined', untyped(async () => undefined), 'fetch did not return a Response'],
    ['resolves to null', untyped(async () => null), 'fetch did not return a Response'],
    ['resolves to an empty object', untyped(async () => ({})), 'fetch did not return a Response'],
    ['resolves to a text', untyped(async () => TEXT), 'fetch did not return a Response'],
    ['says its status in a text', untyped(async () => ({ ...new OtherResponse(), status: '200' })),
      'fetch did not return a Response'],
    ['has no body', async () => new Response(null), 'no body'],
    ['has a body that is no stream', untyped(async () => ({ ...new OtherResponse(), body: TEXT })), 'unexpected error'],
    ['has a body that somebody reads already', async () => {
      const response = new Response(TEXT);
      response.body?.getReader();
      return response;
    }, 'unexpected error'],
    ['has no headers', untyped(async () => ({ ...new OtherResponse(), headers: undefined })), 'unexpected error'],
    ['has a body of texts', untyped(async () => ({ ...new OtherResponse(), body: streamOf(TEXT) })),
      'the body is not octets'],
    ['has a body of numbers', untyped(async () => ({ ...new OtherResponse(), body: streamOf(...Buffer.from(TEXT)) })),
      'the body is not octets'],
    ['has a body that begins with octets',
      untyped(async () => ({ ...new OtherResponse(), body: streamOf(Buffer.from(TEXT), 1) })),
      'the body is not octets'],
    ['has a body that errs', async () =>
      new Response(new ReadableStream({ pull: (controller) => controller.error(new Error(TOKEN)) })),
      'the connection broke'],
    ['has a body without end', async () =>
      new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1000)) })),
      'more than 262144 octets'],
  ])('that %s is a failed fetch, and no more', async (_, fetch, reason) => {
    const { verifier, events } = remote(URL_, { fetch });
    expect(await outcome(verifier.verify(TOKEN))).toBe('keys_unavailable');
    expect(events).toEqual([{ type: 'failed', url: URL_, reason, retryIn: expect.any(Number) }]);
    await expect(verifier.verify(TOKEN)).rejects.toThrow(`the issuer's keys could not be had: ${reason}`);
  });

  it.each<readonly [string, FetchFunction]>([
    ['is of another class', untyped(async () => new OtherResponse())],
    ['says neither URL nor redirect', untyped(async () => ({ ...new OtherResponse() }))],
    ['comes in many chunks, empty ones too', async () =>
      new Response(streamOf(...[...TEXT].map((char) => Buffer.from(char)), new Uint8Array()))],
    ['comes without a promise', untyped(() => new Response(TEXT))],
  ])('whose response %s is understood', async (_, fetch) => {
    expect(await outcome(remote(URL_, { fetch }).verifier.verify(TOKEN))).toBe('accepted');
  });

  it.each<readonly [string, FetchFunction]>([
    ['the request', () => new Promise(() => undefined)],
    ['the body', async () => new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }))],
  ])('that ignores its signal and hangs in %s is left behind at the deadline', async (_, fetch) => {
    const { verifier, events, clock } = remote(URL_, { fetch, timeout: 0.1 });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const waiting = outcome(verifier.verify(TOKEN));
    await vi.advanceTimersByTimeAsync(99);
    expect(events).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(events).toMatchObject([{ reason: 'no answer within 0.1 s' }]);
    vi.useRealTimers();
    expect(await waiting).toBe('keys_unavailable');
    clock.advance(1);
    expect(await outcome(verifier.verify(TOKEN)), 'the next attempt is another one').toBe('keys_unavailable');
    expect(events).toHaveLength(2);
  });

  it('that answers after the deadline changes nothing any more', async () => {
    let answerLate = (): void => undefined;
    const fetch: FetchFunction = () => new Promise((resolve) => (answerLate = () => resolve(new Response(TEXT))));
    const { keys, verifier } = remote(URL_, { fetch, timeout: 0.05 });
    expect(await outcome(verifier.verify(TOKEN))).toBe('keys_unavailable');
    answerLate();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(keys.snapshot()).toBeUndefined();
  });

  it.each([['in drips', 0], ['after the deadline', 100]])('whose body comes %s is not read on after the deadline', async (_, delay) => {
    let pulls = 0;
    let cancelled = 0;
    const pull = async (controller: ReadableStreamDefaultController): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      pulls++;
      controller.enqueue(Buffer.from(' '));
    };
    const body = new ReadableStream({ pull, cancel: () => void cancelled++ }, { highWaterMark: 0 });
    const fetch: FetchFunction = () => new Promise((resolve) => setTimeout(resolve, delay, new Response(body)));
    expect(await outcome(remote(URL_, { fetch, timeout: 0.05 }).verifier.verify(TOKEN))).toBe('keys_unavailable');
    await vi.waitFor(() => expect(cancelled).toBe(1), { timeout: 15_000 });
    const before = pulls;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(pulls - before).toBeLessThan(2);
  });

  it('whose discovery document comes after the deadline is not asked for the keys that it names', async () => {
    const asked: string[] = [];
    const issuer = 'https://issuer.example';
    const fetch: FetchFunction = (url) => {
      asked.push(url);
      return new Promise((resolve) => setTimeout(resolve, 80, Response.json({ issuer, jwks_uri: URL_ })));
    };
    expect(await outcome(discoverKeySet(issuer, { fetch, timeout: 0.05 }).load())).toBe('keys_unavailable');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked).toEqual([`${issuer}/.well-known/openid-configuration`]);
  });

  it('sees its signal aborted at the deadline, and once all is over', async () => {
    const signals: AbortSignal[] = [];
    const fetch: FetchFunction = async (_, { signal }) => {
      if (signal) signals.push(signal);
      return signals.length === 1 ? new Response(TEXT) : new Promise(() => undefined);
    };
    const { keys } = remote(URL_, { fetch, timeout: 0.05 });
    await keys.load();
    expect(await outcome(keys.refresh())).toBe('keys_unavailable');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

describe('the default fetch', () => {
  it('is the global one, at the time of the call', async () => {
    const server = await listen(publish(setOf(KEY_1)));
    const { keys } = remote(server.url);
    const instrumented = vi.fn<typeof fetch>(globalThis.fetch);
    vi.stubGlobal('fetch', instrumented);
    try {
      await keys.load();
    } finally {
      vi.unstubAllGlobals();
    }
    expect(instrumented).toHaveBeenCalledTimes(1);
    await keys.refresh();
    expect(instrumented).toHaveBeenCalledTimes(1);
    expect(server.targets).toHaveLength(2);
  });
});
