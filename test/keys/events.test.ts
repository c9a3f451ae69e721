import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KEY_EVENTS_CHANNEL, type KeyEvent } from '../../src/keys/index.ts';
import { KEY_1, KEY_2, outcome, remote, setOf } from './issuer.ts';
import { listen, publish, status } from './loopback.ts';

const GOOD = publish(setOf(KEY_1), { 'cache-control': 'max-age=600' });
const TOKEN = KEY_1.mint();

/** What is published on the channel while the test runs. */
function overhear(): readonly KeyEvent[] {
  const heard: KeyEvent[] = [];
  const listener = (message: unknown): void => void heard.push(message as KeyEvent);
  subscribe(KEY_EVENTS_CHANNEL, listener);
  onTestFinished(() => void unsubscribe(KEY_EVENTS_CHANNEL, listener));
  return heard;
}

it('the channel keeps its name, by which others subscribe', () => {
  expect(KEY_EVENTS_CHANNEL).toBe('jwt-assay:keys');
});

describe('events', () => {
  it('tell a story: each type at its moment, to the listener and on the channel alike', async () => {
    const heard = overhear();
    const server = await listen(status(503));
    const { url } = server;
    const { keys, verifier, clock, events } = remote(url);
    const happened = async (act: () => Promise<unknown>): Promise<readonly KeyEvent[]> => {
      const from = events.length;
      await act().catch(() => undefined);
      return events.slice(from);
    };
    const verify = (token: string) => () => verifier.verify(token);
    const background = async (): Promise<void> => void (await keys.underWay());

    expect(await happened(async () => verifier.verifySync(TOKEN))).toEqual([]);
    const failed = { type: 'failed', url, reason: 'status 503', retryIn: expect.closeTo(0.75, 0) };
    expect(await happened(verify(TOKEN))).toEqual([failed]);
    expect(await happened(verify(TOKEN)), 'backing off').toEqual([]);

    server.answerWith(GOOD);
    clock.advance(1);
    expect(await happened(verify(TOKEN))).toEqual([{ type: 'fetched', url, keys: 1, lifetime: 600 }]);
    expect(await happened(verify(TOKEN))).toEqual([]);

    const stranger = KEY_2.mint({}, { kid: 'of-a-stranger' });
    expect(await happened(verify(stranger))).toEqual([
      { type: 'unknownKid', url, refetching: true },
      { type: 'fetched', url, keys: 1, lifetime: 600 },
      { type: 'unknownKid', url, refetching: false },
    ]);
    expect(await happened(verify(stranger))).toEqual([{ type: 'unknownKid', url, refetching: false }]);

    server.answerWith(status(500));
    clock.advance(480);
    expect(await happened(verify(TOKEN)), 'in the background').toEqual([]);
    expect(await happened(background)).toMatchObject([{ type: 'failed', reason: 'status 500' }]);

    clock.advance(120);
    expect(await happened(verify(TOKEN))).toEqual([{ type: 'stale', url, servesFor: 3600 }]);
    expect(await happened(background)).toMatchObject([{ type: 'failed' }]);
    expect(await happened(async () => verifier.verifySync(TOKEN)), 'said once').toEqual([]);

    server.answerWith(publish({ keys: [{ kty: 'EC', kid: 'odd' }, KEY_1.jwk, 7] }));
    clock.advance(4);
    await happened(verify(TOKEN));
    expect(await happened(background)).toEqual([
      { type: 'skippedKey', url, index: 0, kid: 'odd', reason: expect.any(String) },
      { type: 'skippedKey', url, index: 2, reason: expect.any(String) },
      { type: 'fetched', url, keys: 1, lifetime: 3600 },
    ]);

    clock.advance(3600);
    server.answerWith(status(500));
    await happened(verify(TOKEN));
    expect(events.slice(-2), 'said again of another set').toMatchObject([{ type: 'failed' }, { type: 'stale' }]);
    expect(heard).toEqual(events);
    expect(events.every(Object.isFrozen)).toBe(true);
  });

  it('tell at once of a set that was stale to begin with', async () => {
    const server = await listen(status(503));
    const { verifier, events } = remote(server.url, { initial: setOf(KEY_1) });
    expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('accepted');
    expect(events).toEqual([{ type: 'stale', url: server.url, servesFor: 3600 }]);
  });

  it('hold nothing that came in a token, nor in the body of an answer', async () => {
    const heard = overhear();
    const server = await listen(publish('<html>secret-of-the-body</html>'));
    const { verifier, clock, events } = remote(server.url);
    const stranger = KEY_2.mint({ sub: 'secret-subject' }, { kid: 'secret-kid', jku: 'https://secret.example' });
    const secrets = [...stranger.split('.'), 'secret-'];
    await outcome(verifier.verify(stranger));
    server.answerWith(status(500, 'secret-of-the-body', { 'x-secret-header': 'secret-' }));
    clock.advance(1);
    await outcome(verifier.verify(stranger));
    server.answerWith(GOOD);
    clock.advance(2);
    await outcome(verifier.verify(stranger));
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['failed', 'fetched', 'unknownKid']));
    for (const secret of secrets) expect(JSON.stringify([events, heard])).not.toContain(secret);
  });

  it('tell a number of keys and their IDs only as the issuer published them', async () => {
    const odd = [{ kty: 'EC', kid: 42 }, { kty: 'EC', kid: 'known to all' }];
    const server = await listen(publish({ keys: [...odd, KEY_1.jwk] }));
    const { keys, events } = remote(server.url);
    await keys.load();
    expect(events.map((event) => ('kid' in event ? event.kid : 'none'))).toEqual(['none', 'known to all', 'none']);
  });

  it('go to a listener that may throw, or reach into the set, and change nothing', async () => {
    const server = await listen(GOOD);
    const seen: string[] = [];
    const subject = remote(server.url, {
      onEvent: ({ type }) => {
        seen.push(type);
        void subject.keys.refresh().catch(() => undefined);
        void subject.keys.load().catch(() => undefined);
        subject.keys.snapshot();
        throw new Error('from the listener');
      },
    });
    expect(await outcome(subject.verifier.verify(TOKEN))).toBe('accepted');
    expect(await outcome(subject.verifier.verify(KEY_2.mint()))).toBe('key_not_found');
    expect(await outcome(() => subject.verifier.verifySync(TOKEN))).toBe('accepted');
    server.answerWith(status(500));
    subject.clock.advance(600);
    expect(await outcome(subject.verifier.verify(TOKEN))).toBe('accepted');
    await subject.keys.underWay();
    expect(new Set(seen)).toEqual(new Set(['fetched', 'unknownKid', 'failed', 'stale']));
    expect(server.targets.length).toBeLessThan(6);
  });

  it('of each set name its URL', async () => {
    const heard = overhear();
    const servers = [await listen(GOOD), await listen(status(404))];
    await Promise.all(servers.map(({ url }) => remote(url).keys.load().catch(() => undefined)));
    expect(new Map(heard.map(({ url, type }) => [url, type]))).toEqual(
      new Map([[servers[0]?.url, 'fetched'], [servers[1]?.url, 'failed']]),
    );
  });

  it('go nowhere where nobody listens', async () => {
    const server = await listen(GOOD);
    const { createRemoteKeySet } = await import('../../src/keys/index.ts');
    await expect(createRemoteKeySet(server.url, { allowLoopbackHttp: true }).load()).resolves.toBeUndefined();
  });
});
