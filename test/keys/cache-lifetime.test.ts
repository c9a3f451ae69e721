import { describe, expect, it } from 'vitest';
import { KEY_1, outcome, remote, setOf } from './issuer.ts';
import { listen, publish } from './loopback.ts';

type Headers = Readonly<Record<string, string>>;

/** The lifetime that is made of some headers, by way of a real answer. */
async function lifetimeOf(headers: Headers, options: object = {}): Promise<number | undefined> {
  const server = await listen(publish(setOf(KEY_1), headers));
  const { keys } = remote(server.url, options);
  await keys.load();
  return keys.snapshot()?.lifetime;
}

const cacheControl = (value: string, age?: string): Headers =>
  ({ 'cache-control': value, ...(age === undefined ? {} : { age }) });

describe('the lifetime of a set', () => {
  it.each<readonly [string, Headers, number]>([
    ['is an hour where the issuer says nothing', {}, 3600],
    ['is max-age', cacheControl('public, max-age=7200, must-revalidate, no-transform'), 7200],
    ['is max-age, in any case', cacheControl('PUBLIC, Max-Age=7200'), 7200],
    ['is max-age, quoted as RFC 9111 §5.2 tolerates', cacheControl('max-age="7200"'), 7200],
    ['is max-age, however the list is spaced', cacheControl(' ,max-age=7200 ,, public'), 7200],
    ['is the shortest of several', cacheControl('max-age=7200, max-age=300, max-age=9000'), 300],
    ['is less by the time it has spent in caches', cacheControl('max-age=7200', '3000'), 4200],
    ['is a minute at least, for max-age 0', cacheControl('max-age=0'), 60],
    ['is a minute at least, for max-age 59', cacheControl('max-age=59'), 60],
    ['is a minute for max-age 60', cacheControl('max-age=60'), 60],
    ['is a minute at least, for an Age above max-age', cacheControl('max-age=300', '100000'), 60],
    ['is a minute at least, for an Age equal to max-age', cacheControl('max-age=300', '300'), 60],
    ['is a day at most, for ten years', cacheControl('max-age=315360000'), 86_400],
    ['is a day at most, for ten years of which five are over', cacheControl('max-age=315360000', '157680000'), 86_400],
    ['is a day at most, for more than a number holds', cacheControl(`max-age=${'9'.repeat(400)}`), 86_400],
    ['is a minute at least, for an Age of more than a number holds', cacheControl('max-age=7200', '9'.repeat(400)), 60],
    ['is a minute for no-store', cacheControl('no-store, max-age=7200'), 60],
    ['is a minute for no-cache', cacheControl('max-age=7200, No-Cache'), 60],
    ['is an hour for a negative max-age', cacheControl('max-age=-1'), 3600],
    ['is an hour for a max-age that is no number', cacheControl('max-age=soon'), 3600],
    ['is an hour for a max-age with a fraction', cacheControl('max-age=7200.5'), 3600],
    ['is an hour for a max-age in hexadecimal', cacheControl('max-age=0x1000'), 3600],
    ['is an hour for an empty max-age', cacheControl('max-age='), 3600],
    ['is an hour for max-age without a value', cacheControl('max-age'), 3600],
    ['is an hour for a max-age in words that look like it',
      cacheControl('x-max-age=7200, max-age-x=7200, s-maxage=7200'), 3600],
    ['is max-age where garbage stands beside it', cacheControl('=;",, max-age=7200, \t=='), 7200],
    ['is an hour less Age where the issuer says only that', { age: '600' }, 3000],
    ['is max-age for an Age that is no number', cacheControl('max-age=7200', '-5'), 7200],
    ['is max-age for an Age in words', cacheControl('max-age=7200', 'old'), 7200],
    ['is max-age for an Age with a unit', cacheControl('max-age=7200', '600s'), 7200],
    ['is not of Expires, which no clock of ours agrees with', { expires: 'Thu, 01 Jan 1970 00:00:00 GMT' }, 3600],
  ])('%s', async (_, headers, lifetime) => {
    expect(await lifetimeOf(headers)).toBe(lifetime);
  });

  it('is the shortest of two header fields', async () => {
    const server = await listen((_, response) => {
      response.setHeader('cache-control', ['max-age=7200', 'max-age=600']);
      response.end(JSON.stringify(setOf(KEY_1)));
    });
    const { keys } = remote(server.url);
    await keys.load();
    expect(keys.snapshot()?.lifetime).toBe(600);
  });

  it('has bounds that the caller may set', async () => {
    expect(await lifetimeOf(cacheControl('max-age=1'), { minLifetime: 10 })).toBe(10);
    expect(await lifetimeOf(cacheControl('max-age=7200'), { maxLifetime: 600 })).toBe(600);
    expect(await lifetimeOf({}, { defaultLifetime: 900 })).toBe(900);
    expect(await lifetimeOf({}, { defaultLifetime: 10 })).toBe(60);
    expect(await lifetimeOf(cacheControl('max-age=1'), { minLifetime: 100_000 })).toBe(100_000);
  });
});

describe('a lifetime', () => {
  it.each([
    ['max-age=0', 60],
    ['max-age=315360000', 86_400],
    ['max-age=600', 600],
  ])('of %s is %i s: no fetch before four fifths of it, one then', async (value, lifetime) => {
    const server = await listen(publish(setOf(KEY_1), cacheControl(value)));
    const { keys, verifier, clock } = remote(server.url);
    for (const elapsed of [0, lifetime * 0.8 - 1]) {
      clock.advance(elapsed);
      expect(await outcome(verifier.verify(KEY_1.mint()))).toBe('accepted');
    }
    expect(server.targets).toHaveLength(1);
    expect(keys.underWay()).toBeUndefined();
    clock.advance(1);
    expect(await outcome(verifier.verify(KEY_1.mint()))).toBe('accepted');
    expect(await keys.underWay()).toBe(true);
    expect(server.targets).toHaveLength(2);
  });
});
