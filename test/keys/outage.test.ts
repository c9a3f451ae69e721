import { describe, expect, it } from 'vitest';
import { atSomePace } from '../jose/pace.ts';
import { KEY_1, KEY_2, outcome, remote, setOf, type Remote } from './issuer.ts';
import { reset } from './bad-answers.ts';
import { listen, publish, status } from './loopback.ts';

const TOKEN = KEY_1.mint();
const GOOD = publish(setOf(KEY_1));
const LIFETIME = 3600;
const STALE_FOR = 3600;

/** A verification of each kind, and then the fetch that it may have begun comes to its end. */
async function verifyBothWays({ verifier, keys }: Remote, token = TOKEN): Promise<readonly [string, string]> {
  const outcomes = [await outcome(verifier.verify(token)), await outcome(() => verifier.verifySync(token))] as const;
  await keys.underWay();
  return outcomes;
}

describe('an outage', () => {
  it('of 59 minutes past expiry is invisible; one of 61 is keys_unavailable', async () => {
    for (const [minutes, expected] of [[59, 'accepted'], [61, 'keys_unavailable']] as const) {
      const server = await listen(GOOD);
      const subject = remote(server.url);
      await subject.keys.load();
      server.answerWith(status(503));
      subject.clock.advance(LIFETIME + minutes * 60);
      expect(await verifyBothWays(subject)).toEqual([expected, expected]);
      expect(server.targets).toHaveLength(2);
    }
  });

  it('ends the service to the second', async () => {
    const server = await listen(GOOD);
    const subject = remote(server.url);
    await subject.keys.load();
    server.answerWith(status(503));
    subject.clock.advance(LIFETIME + STALE_FOR - 1);
    expect(await verifyBothWays(subject)).toEqual(['accepted', 'accepted']);
    subject.clock.advance(1);
    expect(await verifyBothWays(subject)).toEqual(['keys_unavailable', 'keys_unavailable']);
  });

  it('is outlived for as long as the caller says', async () => {
    const server = await listen(GOOD);
    const subject = remote(server.url, { staleFor: 0 });
    await subject.keys.load();
    server.answerWith(status(503));
    subject.clock.advance(LIFETIME - 1);
    expect(await verifyBothWays(subject)).toEqual(['accepted', 'accepted']);
    subject.clock.advance(1);
    expect(await verifyBothWays(subject)).toEqual(['keys_unavailable', 'keys_unavailable']);
  });

  it('from the very start is keys_unavailable, with attempts that back off', async () => {
    const server = await listen(status(503));
    const subject = remote(server.url);
    for (let second = 0; second < 60; second++) {
      expect(await outcome(subject.verifier.verify(TOKEN))).toBe('keys_unavailable');
      subject.clock.advance(1);
    }
    // 1, 2, 4, 8, 16 and 32 s or half as long, in steps of 1 s: between 6 and 8 attempts in a minute.
    expect(server.targets.length).toBeGreaterThanOrEqual(6);
    expect(server.targets.length).toBeLessThanOrEqual(8);
    server.answerWith(GOOD);
    subject.clock.advance(64);
    expect(await outcome(subject.verifier.verify(TOKEN))).toBe('accepted');
  });
});

describe('attempts during an outage', () => {
  it('back off to about one a minute, with a token every second; the first after it heals', async () => {
    const server = await listen(GOOD);
    const subject = remote(server.url);
    await subject.keys.load();
    server.answerWith(status(503));
    subject.clock.advance(LIFETIME * 0.8);

    const attempts: number[] = [];
    for (let second = 0; second < LIFETIME * 0.2 + 58 * 60; second++) {
      const before = server.targets.length;
      expect(await verifyBothWays(subject)).toEqual(['accepted', 'accepted']);
      if (server.targets.length > before) attempts.push(second);
      subject.clock.advance(1);
    }
    const withinAnHour = attempts.filter((second) => second <= 3600);
    console.log(`${withinAnHour.length} attempts in an outage of an hour, at second ${withinAnHour.join(' ')}`);

    const pauses = attempts.slice(1).map((second, i) => second - Number(attempts[i]));
    for (const [i, pause] of pauses.entries()) {
      const longest = Math.min(2 ** i, 64);
      expect(pause, `pause ${i}`).toBeGreaterThanOrEqual(longest / 2);
      // Rounded up to the next token.
      expect(pause, `pause ${i}`).toBeLessThanOrEqual(longest + 1);
    }
    expect(new Set(pauses.slice(6)).size, 'jitter').toBeGreaterThan(5);
    expect(withinAnHour.length).toBeLessThanOrEqual(6 + 3600 / 32);

    server.answerWith(publish(setOf(KEY_2)));
    const failures = server.targets.length;
    subject.clock.advance(64);
    await verifyBothWays(subject);
    expect(server.targets).toHaveLength(failures + 1);
    expect(await verifyBothWays(subject, KEY_2.mint())).toEqual(['accepted', 'accepted']);
    expect(await verifyBothWays(subject)).toEqual(['key_not_found', 'key_not_found']);
  });

  it('begin anew with short pauses at the next outage', async () => {
    const server = await listen(status(503));
    const { keys, clock, events } = remote(server.url);
    const pauses = async (): Promise<readonly number[]> => {
      const from = events.length;
      for (let i = 0; i < 4; i++, clock.advance(64)) await keys.load().catch(() => undefined);
      const retries = events.slice(from).flatMap((event) => (event.type === 'failed' ? [event.retryIn] : []));
      return retries.map((retryIn) => Math.ceil(Math.log2(retryIn)) + 0);
    };
    expect(await pauses()).toEqual([0, 1, 2, 3]);
    server.answerWith(GOOD);
    await keys.load();
    server.answerWith(status(503));
    clock.advance(LIFETIME + STALE_FOR);
    expect(await pauses()).toEqual([0, 1, 2, 3]);
  });

  it('make nobody wait twice for a server that hangs', async () => atSomePace(async (pace) => {
    const server = await listen(GOOD);
    const subject = remote(server.url, { timeout: 0.2 * pace });
    await subject.keys.load();
    server.answerWith(() => undefined);
    subject.clock.advance(LIFETIME + 1);
    expect(await outcome(subject.verifier.verify(TOKEN))).toBe('accepted');
    subject.clock.advance(30);
    expect(await outcome(subject.verifier.verify(TOKEN))).toBe('accepted');
    expect(subject.keys.underWay(), 'while another attempt hangs').toBeInstanceOf(Promise);
    expect(await subject.keys.underWay()).toBe(false);
    expect(server.targets).toHaveLength(3);
  }));
});

describe('a server that flaps', () => {
  it('refuses nobody in six hours, and is asked no more than it must', async () => {
    const server = await listen(GOOD);
    const subject = remote(server.url);
    const answers = [GOOD, status(503), reset, publish({ keys: [] }), publish('<html>')];
    for (let i = 0; i < 6 * 360; i++) {
      server.answerWith(answers[server.targets.length % answers.length] ?? GOOD);
      expect(await verifyBothWays(subject)).toEqual(['accepted', 'accepted']);
      subject.clock.advance(10);
    }
    const fetched = subject.events.filter(({ type }) => type === 'fetched').length;
    const failed = subject.events.filter(({ type }) => type === 'failed').length;
    // A good answer lives for 48 minutes before it is due, and four bad ones come after it.
    expect(fetched).toBeGreaterThanOrEqual(7);
    expect(fetched).toBeLessThanOrEqual(8);
    expect(failed).toBeLessThanOrEqual(fetched * 4);
    expect(server.targets).toHaveLength(fetched + failed);
  });
});

describe('the clock of the cache', () => {
  it('may jump forward: the set is fetched anew, and no older one serves', async () => {
    const server = await listen(GOOD);
    const subject = remote(server.url);
    await subject.keys.load();
    subject.clock.advance(1e9);
    expect(await outcome(() => subject.verifier.verifySync(TOKEN))).toBe('keys_unavailable');
    expect(await verifyBothWays(subject)).toEqual(['accepted', 'accepted']);
    expect(server.targets).toHaveLength(2);
  });

  it('may jump forward during an outage, and back', async () => {
    const server = await listen(GOOD);
    const subject = remote(server.url);
    await subject.keys.load();
    server.answerWith(status(503));
    subject.clock.advance(1e9);
    expect(await verifyBothWays(subject)).toEqual(['keys_unavailable', 'keys_unavailable']);
    subject.clock.advance(60 - 1e9);
    expect(await verifyBothWays(subject)).toEqual(['accepted', 'accepted']);
  });

  it('may jump back: the age of the set is unknown, so it counts as past its lifetime', async () => {
    const server = await listen(GOOD);
    const subject = remote(server.url);
    await subject.keys.load();
    subject.clock.advance(-5000);
    server.answerWith(publish(setOf(KEY_2)));
    expect(await verifyBothWays(subject)).toEqual(['key_not_found', 'key_not_found']);
    expect(await verifyBothWays(subject, KEY_2.mint())).toEqual(['accepted', 'accepted']);
  });

  it('may jump back during an outage: the set serves on for an hour from there, not for ever', async () => {
    const server = await listen(GOOD);
    const subject = remote(server.url);
    await subject.keys.load();
    server.answerWith(status(503));
    subject.clock.advance(-5000);
    expect(await verifyBothWays(subject)).toEqual(['accepted', 'accepted']);
    const attempts = server.targets.length;
    expect(await verifyBothWays(subject)).toEqual(['accepted', 'accepted']);
    expect(server.targets, 'eager once').toHaveLength(attempts);
    subject.clock.advance(STALE_FOR - 1);
    expect(await verifyBothWays(subject)).toEqual(['accepted', 'accepted']);
    subject.clock.advance(1);
    expect(await verifyBothWays(subject)).toEqual(['keys_unavailable', 'keys_unavailable']);
  });

  it('does not make us deaf by jumping back over the last attempt', async () => {
    const server = await listen(status(503));
    const subject = remote(server.url);
    expect(await verifyBothWays(subject)).toEqual(['keys_unavailable', 'keys_unavailable']);
    server.answerWith(GOOD);
    subject.clock.advance(-5000);
    expect(await verifyBothWays(subject)).toEqual(['accepted', 'accepted']);
  });
});
