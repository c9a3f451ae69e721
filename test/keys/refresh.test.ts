import { describe, expect, it, vi } from 'vitest';
import type { JwtError } from '../../src/jose/index.ts';
import { createRemoteKeySet } from '../../src/keys/index.ts';
import { atSomePace } from '../jose/pace.ts';
import { KEY_1, KEY_2, outcome, remote, setOf, verifierOf } from './issuer.ts';
import { hang, reset } from './bad-answers.ts';
import { listen, publish, status, type Answer } from './loopback.ts';

const GOOD = publish(setOf(KEY_1));
const TOKEN = KEY_1.mint();
const FORCED = { forceKeyRefresh: true };
const LIFETIME = 3600;

/** Answers when it is told to. */
function held(answer: Answer): { readonly answer: Answer; readonly release: () => void } {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const later: Answer = (request, response) => void released.then(() => answer(request, response));
  return { answer: later, release: () => release() };
}

describe('the last fifth of a lifetime', () => {
  it('brings a new set in the background: nobody waits, and there is one fetch', async () => {
    const server = await listen(GOOD);
    const { keys, verifier, clock } = remote(server.url);
    await keys.load();
    const { answer, release } = held(publish(setOf(KEY_1, KEY_2)));
    server.answerWith(answer);
    clock.advance(LIFETIME * 0.8);
    for (let i = 0; i < 20; i++) {
      expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
      expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('accepted');
    }
    // All that while the server has not answered.
    const flight = keys.underWay();
    expect(flight).toBeInstanceOf(Promise);
    release();
    expect(await flight).toBe(true);
    expect(await outcome(() => verifier.verifySync(KEY_2.mint()))).toBe('accepted');
    expect(server.targets).toHaveLength(2);
  });

  it('is not begun by the passing of time: there are no standing timers', async () => {
    vi.useFakeTimers();
    try {
      const fetch = vi.fn(async () => Response.json(setOf(KEY_1)));
      const keys = createRemoteKeySet('https://issuer.example/keys', { fetch, clock: () => Date.now() / 1000 });
      await keys.load();
      expect(vi.getTimerCount()).toBe(0);
      await vi.advanceTimersByTimeAsync(2 * 24 * 3600 * 1000);
      expect(fetch).toHaveBeenCalledTimes(1);
      await verifierOf(keys).verify(TOKEN);
      expect(fetch).toHaveBeenCalledTimes(2);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('load', () => {
  it('fetches once, and not again while the set is good', async () => {
    const server = await listen(GOOD);
    const { keys, verifier } = remote(server.url);
    await Promise.all([keys.load(), keys.load(), keys.load()]);
    await keys.load();
    expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('accepted');
    expect(server.targets).toHaveLength(1);
  });

  it('rejects where there is no set to serve, and says why', async () => {
    const server = await listen(status(503));
    const { keys } = remote(server.url);
    await expect(keys.load()).rejects.toMatchObject({
      code: 'keys_unavailable', message: "the issuer's keys could not be had: status 503", rule: 'OIDC Core §10.1.1',
    });
  });

  it('is content with a stale set while fetching fails', async () => {
    const server = await listen(GOOD);
    const { keys, clock } = remote(server.url);
    await keys.load();
    server.answerWith(reset);
    clock.advance(LIFETIME);
    await keys.load();
    clock.advance(LIFETIME);
    await expect(keys.load()).rejects.toMatchObject({ code: 'keys_unavailable' });
  });
});

describe('a forced refresh', () => {
  it('fetches though the set is fresh', async () => {
    const server = await listen(GOOD);
    const { keys, verifier } = remote(server.url);
    await keys.load();
    server.answerWith(publish(setOf(KEY_2)));
    expect(await outcome(verifier.verify(KEY_2.mint(), FORCED))).toBe('accepted');
    expect(server.targets).toHaveLength(2);
  });

  it('fetches once for 100 callers', async () => {
    const server = await listen(GOOD);
    const { keys, verifier } = remote(server.url);
    await keys.load();
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome(verifier.verify(TOKEN, FORCED))));
    expect(new Set(outcomes)).toEqual(new Set(['accepted']));
    expect(server.targets).toHaveLength(2);
  });

  it('joins the fetch under way', async () => {
    const { answer, release } = held(GOOD);
    const server = await listen(answer);
    const { keys, verifier } = remote(server.url);
    const all = [outcome(verifier.verify(TOKEN)), outcome(verifier.verify(TOKEN, FORCED)), outcome(keys.refresh())];
    release();
    expect(await Promise.all(all)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(server.targets).toHaveLength(1);
  });

  it('is joined by those who wait for keys, though attempts are to pause', async () => {
    const server = await listen(status(503));
    const { keys, verifier } = remote(server.url);
    expect(await outcome(verifier.verify(TOKEN))).toBe('keys_unavailable');
    server.answerWith(GOOD);
    expect(await outcome(verifier.verify(TOKEN)), 'pausing').toBe('keys_unavailable');
    const both = [outcome(keys.refresh()), outcome(verifier.verify(TOKEN))];
    expect(await Promise.all(both)).toEqual(['accepted', 'accepted']);
    expect(server.targets).toHaveLength(2);
  });

  it('begins at most once a second', async () => {
    const server = await listen(GOOD);
    const { keys, verifier, clock } = remote(server.url);
    const fetchesAfter = async (seconds: number): Promise<number> => {
      clock.advance(seconds);
      expect(await outcome(verifier.verify(TOKEN, FORCED))).toBe('accepted');
      await keys.refresh();
      return server.targets.length;
    };
    expect(await fetchesAfter(0)).toBe(1);
    expect(await fetchesAfter(0.9)).toBe(1);
    expect(await fetchesAfter(0.2)).toBe(2);
    expect(await fetchesAfter(0.5)).toBe(2);
    expect(await fetchesAfter(1)).toBe(3);
    // A clock that has gone back makes us eager once.
    expect(await fetchesAfter(-100)).toBe(4);
  });

  it.each<readonly [string, Answer]>([
    ['500', status(500)],
    ['a reset', reset],
    ['an empty set', publish({ keys: [] })],
  ])(
    'fails closed at %s, within the second too, and leaves the others their keys',
    async (_, answer) => {
      const server = await listen(GOOD);
      const { keys, verifier, clock } = remote(server.url);
      await keys.load();
      server.answerWith(answer);
      expect(await outcome(verifier.verify(TOKEN, FORCED))).toBe('keys_unavailable');
      expect(await outcome(verifier.verify(TOKEN, FORCED))).toBe('keys_unavailable');
      expect(await outcome(keys.refresh())).toBe('keys_unavailable');
      expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
      expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('accepted');
      expect(server.targets).toHaveLength(2);
      server.answerWith(GOOD);
      clock.advance(1);
      expect(await outcome(verifier.verify(TOKEN, FORCED))).toBe('accepted');
    },
  );

  it('fails closed at a server that hangs', async () => atSomePace(async (pace) => {
    const server = await listen(GOOD);
    const { keys, verifier } = remote(server.url, { timeout: 0.2 * pace });
    await keys.load();
    server.answerWith(hang);
    expect(await outcome(verifier.verify(TOKEN, FORCED))).toBe('keys_unavailable');
  }));

  it('of a set of which nothing was ever fetched fails closed within the second', async () => {
    const server = await listen(status(500));
    const { keys, clock } = remote(server.url);
    expect(await outcome(keys.refresh())).toBe('keys_unavailable');
    expect(await outcome(keys.refresh())).toBe('keys_unavailable');
    expect(server.targets).toHaveLength(1);
    clock.advance(1);
    expect(await outcome(keys.refresh())).toBe('keys_unavailable');
    expect(server.targets).toHaveLength(2);
  });

  it('is at the bidding of the caller alone: false changes nothing, and tryVerify knows it too', async () => {
    const server = await listen(GOOD);
    const { keys, verifier, clock } = remote(server.url);
    await keys.load();
    expect(await outcome(verifier.verify(TOKEN, { forceKeyRefresh: false }))).toBe('accepted');
    expect(server.targets).toHaveLength(1);
    expect(await verifier.tryVerify(TOKEN, FORCED)).toBeDefined();
    expect(server.targets).toHaveLength(2);
    server.answerWith(status(500));
    clock.advance(1);
    const codes: string[] = [];
    const onRefused = ({ code }: JwtError): void => void codes.push(code);
    expect(await verifier.tryVerify(TOKEN, { ...FORCED, onRefused })).toBeUndefined();
    expect(codes).toEqual(['keys_unavailable']);
  });
});
