import { describe, expect, it } from 'vitest';
import { atSomePace } from '../jose/pace.ts';
import { KEY_1, KEY_2, makeKey, outcome, remote, setOf } from './issuer.ts';
import { drip, reset } from './bad-answers.ts';
import { listen, publish, status, type Answer } from './loopback.ts';

const GOOD = publish(setOf(KEY_1));
const TOKEN = KEY_1.mint();
const LIFETIME = 3600;

/** Tokens that name keys nobody has, each another one. */
const strangers = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => KEY_2.mint({}, { kid: `stranger-${i}` }));

const counts = (outcomes: readonly string[]): Record<string, number> =>
  Object.fromEntries([...new Set(outcomes)].map((one) => [one, outcomes.filter((other) => other === one).length]));

describe('100 cold verifications at once', () => {
  it('make one fetch', async () => {
    const server = await listen(GOOD);
    const { verifier } = remote(server.url);
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome(verifier.verify(TOKEN))));
    expect(counts(outcomes)).toEqual({ accepted: 100 });
    expect(server.targets).toHaveLength(1);
  });

  it('make one fetch when it fails, too', async () => {
    const server = await listen(reset);
    const { verifier } = remote(server.url);
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome(verifier.verify(TOKEN))));
    expect(counts(outcomes)).toEqual({ keys_unavailable: 100 });
    expect(server.targets).toHaveLength(1);
  });

  it('make at most one fetch more when none of them names a key of the set', async () => {
    const server = await listen(GOOD);
    const { verifier } = remote(server.url);
    const outcomes = await Promise.all(strangers(100).map((token) => outcome(verifier.verify(token))));
    expect(counts(outcomes)).toEqual({ key_not_found: 100 });
    expect(server.targets.length).toBeLessThanOrEqual(2);
  });
});

describe('unknown key IDs', () => {
  it('make at most one fetch, 100 at once or one after the other', async () => {
    const server = await listen(GOOD);
    const { keys, verifier } = remote(server.url);
    await keys.load();
    const atOnce = await Promise.all(strangers(100).map((token) => outcome(verifier.verify(token))));
    expect(counts(atOnce)).toEqual({ key_not_found: 100 });
    expect(server.targets).toHaveLength(2);
    for (const token of strangers(100)) {
      expect(await outcome(verifier.verify(token))).toBe('key_not_found');
      expect(await outcome(() => verifier.verifySync(token))).toBe('key_not_found');
    }
    expect(server.targets).toHaveLength(2);
    expect(keys.underWay()).toBeUndefined();
  });

  it('make one fetch per cooldown, counted from the last such fetch', async () => {
    const server = await listen(GOOD);
    const { keys, verifier, clock } = remote(server.url, { cooldown: 30 });
    await keys.load();
    const [stranger = ''] = strangers(1);
    const fetchesAfter = async (seconds: number): Promise<number> => {
      clock.advance(seconds);
      await outcome(verifier.verify(stranger));
      return server.targets.length;
    };
    // The first is not held back by the fetch of the set itself.
    expect(await fetchesAfter(0)).toBe(2);
    expect(await fetchesAfter(29)).toBe(2);
    expect(await fetchesAfter(1)).toBe(3);
    expect(await fetchesAfter(29)).toBe(3);
    expect(await fetchesAfter(0.5)).toBe(3);
    expect(await fetchesAfter(0.5)).toBe(4);
  });

  it.each<readonly [string, Answer]>([
    ['with a server that is well', GOOD],
    ['with a server that fails', status(500)],
    ['with a server that breaks the connection', reset],
    ['with an empty set', publish({ keys: [] })],
    ['with garbage', publish('<html>')],
  ])('never starve good keys, and are bounded: an hour of them, %s', async (_, answer) => {
    const server = await listen(GOOD);
    const { keys, verifier, clock } = remote(server.url);
    await keys.load();
    server.answerWith(answer);
    for (const token of strangers(360)) {
      const both = await Promise.all([outcome(verifier.verify(token)), outcome(verifier.verify(TOKEN))]);
      expect(both).toEqual(['key_not_found', 'accepted']);
      expect(await outcome(() => verifier.verifySync(token))).toBe('key_not_found');
      expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('accepted');
      clock.advance(10);
    }
    expect(server.targets.length).toBeLessThanOrEqual(1 + 120 + (answer === GOOD ? 1 : 30));
  });

  it('do not make good tokens wait for a server that drips', async () => atSomePace(async (pace) => {
    const server = await listen(GOOD);
    const { keys, verifier } = remote(server.url, { timeout: 0.5 * pace });
    await keys.load();
    server.answerWith(drip);
    const flood = strangers(20).map((token) => outcome(verifier.verify(token)));
    for (let i = 0; i < 20; i++) expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
    expect(keys.underWay(), 'all that time').toBeInstanceOf(Promise);
    expect(counts(await Promise.all(flood))).toEqual({ key_not_found: 20 });
  }));

  it('during a fetch that something else began wait for that one, and may still cause one of their own', async () => {
    const server = await listen(GOOD);
    const { keys, verifier, clock, events } = remote(server.url);
    await keys.load();
    clock.advance(LIFETIME * 0.8);
    server.answerWith(publish(setOf(KEY_1, KEY_2)));
    expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('accepted');
    const tokens = [KEY_2.mint(), KEY_2.mint()];
    expect(await Promise.all(tokens.map((token) => outcome(verifier.verify(token))))).toEqual(['accepted', 'accepted']);
    expect(events.flatMap((event) => (event.type === 'unknownKid' ? [event.refetching] : []))).toEqual([true, true]);
    expect(server.targets).toHaveLength(2);
    expect(await outcome(verifier.verify(strangers(1)[0] ?? ''))).toBe('key_not_found');
    expect(server.targets).toHaveLength(3);
  });

  it('do not cut short the pause between attempts that fail', async () => {
    const server = await listen(GOOD);
    const { keys, verifier, clock, events } = remote(server.url, { cooldown: 1 });
    await keys.load();
    server.answerWith(status(503));
    for (let i = 0; i < 7; i++, clock.advance(1)) expect(await outcome(keys.refresh())).toBe('keys_unavailable');
    // The pause is now of 32 s at least.
    clock.advance(29);
    expect(await outcome(verifier.verify(strangers(1)[0] ?? ''))).toBe('key_not_found');
    expect(server.targets).toHaveLength(8);
    expect(events.at(-1)).toMatchObject({ type: 'unknownKid', refetching: false });
  });

  it.each([
    '__proto__', 'constructor', 'toString', 'hasOwnProperty', '', '../../keys', 'http://127.0.0.1/', '\u0000',
    'k'.repeat(2000),
  ])(
    'are no less unknown for being %j',
    async (kid) => {
      const server = await listen(GOOD);
      const { verifier } = remote(server.url);
      expect(await outcome(verifier.verify(KEY_1.mint({}, { kid })))).toBe('key_not_found');
      expect(new Set(server.targets)).toEqual(new Set(['/keys']));
      expect(server.targets.length).toBeLessThanOrEqual(2);
    },
  );

  it('are not those of tokens that name no key: they are no reason to fetch', async () => {
    const server = await listen(publish(setOf(KEY_2)));
    const { keys, verifier, events } = remote(server.url);
    expect(await outcome(verifier.verify(KEY_1.mint({}, { kid: undefined })))).toBe('signature_invalid');
    expect(server.targets).toHaveLength(1);
    keys.revoke(KEY_2.kid);
    expect(await outcome(verifier.verify(KEY_1.mint({}, { kid: undefined })))).toBe('key_not_found');
    expect(server.targets).toHaveLength(1);
    expect(events.map(({ type }) => type)).toEqual(['fetched']);
  });
});

describe('a rotation', () => {
  it('is picked up by the first token that needs it', async () => {
    const server = await listen(GOOD);
    const { keys, verifier } = remote(server.url);
    await keys.load();
    server.answerWith(publish(setOf(KEY_1, KEY_2)));
    expect(await outcome(verifier.verify(KEY_2.mint()))).toBe('accepted');
    expect(server.targets).toHaveLength(2);
  });

  it('is picked up by the second, where they come without waiting', async () => {
    const server = await listen(GOOD);
    const { keys, verifier } = remote(server.url);
    await keys.load();
    server.answerWith(publish(setOf(KEY_1, KEY_2)));
    expect(await outcome(() => verifier.verifySync(KEY_2.mint()))).toBe('key_not_found');
    expect(await keys.underWay()).toBe(true);
    expect(await outcome(() => verifier.verifySync(KEY_2.mint()))).toBe('accepted');
    expect(server.targets).toHaveLength(2);
  });

  it('is picked up by 100 tokens at once, with one fetch', async () => {
    const server = await listen(GOOD);
    const { keys, verifier } = remote(server.url);
    await keys.load();
    server.answerWith(publish(setOf(KEY_2)));
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome(verifier.verify(KEY_2.mint()))));
    expect(counts(outcomes)).toEqual({ accepted: 100 });
    expect(server.targets).toHaveLength(2);
  });

  it('at the end of an outage is picked up by the first token after the pause', async () => {
    const server = await listen(GOOD);
    const { keys, verifier, clock } = remote(server.url);
    await keys.load();
    server.answerWith(status(503));
    clock.advance(LIFETIME + 60);
    expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
    server.answerWith(publish(setOf(KEY_2)));
    clock.advance(2);
    expect(await outcome(verifier.verify(KEY_2.mint()))).toBe('accepted');
  });

  it('after rotation brings each new key at once, cooldown by cooldown', async () => {
    const server = await listen(GOOD);
    const { verifier, clock } = remote(server.url);
    for (let i = 0; i < 5; i++) {
      const key = makeKey(`rotated-${i}`);
      server.answerWith(publish(setOf(key)));
      expect(await outcome(verifier.verify(key.mint()))).toBe('accepted');
      clock.advance(30);
    }
    expect(server.targets).toHaveLength(5);
  });
});
