import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuzzHttp, judgeExchange, type Passed, type Standing } from './http-fuzzer.ts';
import { openStand, type Stand } from './http-standing.ts';
import { createRandom } from './random.ts';
import { FORGED, nextExchange, type Exchange } from './request.ts';

/** Another one each time, so that many short runs are one long one; FUZZ_SEED repeats one. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 32);

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(false);
});
afterAll(() => stand.end());

it('nothing passes that may not, and everything is answered, for a second', async () => {
  console.log(`fuzz seed ${SEED}: FUZZ_SEED=${SEED} repeats this run`);
  const found = new Map<string, object>();
  const end = performance.now() + 1000;
  for await (const { target, exchange, statuses, problem } of fuzzHttp(SEED, stand)) {
    if (problem !== undefined) found.set(problem, { target, problem, statuses, pieces: exchange.pieces });
    if (performance.now() > end) break;
  }
  expect([...found.values()]).toEqual([]);
  expect(stand.lastWords()).toBeUndefined();
});

it('the same seed makes the same exchanges, and another makes others', () => {
  const tokens = { good: 'g.o.d', bad: ['b.a.d'] };
  const exchanges = (seed: number): Exchange[] => {
    const random = createRandom(seed);
    return Array.from({ length: 50 }, () => nextExchange(random, tokens));
  };
  expect(exchanges(7)).toEqual(exchanges(7));
  expect(exchanges(7)).not.toEqual(exchanges(8));
});

describe('the eyes of the fuzzer see', () => {
  const good = 'g.o.d';
  const ask = (text: string, more: Partial<Exchange> = {}): Exchange => ({ pieces: [text], hasGoodToken: text.includes(good), ...more });
  /** The problem, if the service had been sent this, whatever it was really sent. */
  const seen = async (exchange: Exchange, ...passed: readonly Passed[]): Promise<string | undefined> => {
    const [target] = stand.targets;
    if (target === undefined) throw new Error('nothing stands');
    let calls = 0;
    // The first time, what is old is taken away.
    const standing: Standing = { tokens: { good, bad: [] }, targets: stand.targets, takePassed: () => (calls++ === 0 ? [] : passed) };
    return (await judgeExchange(target, exchange, standing)).problem;
  };
  const closed = ask(`GET /closed HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${good}\r\n\r\n`);
  const told = ['Authorization', `Bearer ${good}`, 'x-endpoint-api-userinfo', 'e30'];

  it('a request that may pass', async () => {
    expect(await seen(closed, { method: 'GET', url: '/closed', rawHeaders: told, body: '' })).toBeUndefined();
    expect(await seen(closed)).toBeUndefined();
  });

  it.each<[string, Exchange, Passed]>([
    ['a secured route was reached without a valid token', closed, { method: 'GET', url: '/closed', rawHeaders: [], body: '' }],
    ['the service was told of a user that nobody has signed for', ask('GET /open HTTP/1.1\r\n\r\n'),
      { method: 'GET', url: '/open', rawHeaders: told, body: '' }],
    ['a header of ours was forged', closed, { method: 'GET', url: '/closed', rawHeaders: [...told, 'X_Auth_Subject', FORGED], body: '' }],
    ['a request was smuggled', closed, { method: 'GET', url: '/closed?smuggled', rawHeaders: told, body: '' }],
    ['the service was sent a target that nobody wrote', closed, { method: 'GET', url: '/open', rawHeaders: [], body: '' }],
    ['a path that is not listed was reached: //closed', ask('GET //closed HTTP/1.1\r\n\r\n'), { method: 'GET', url: '//closed', rawHeaders: [], body: '' }],
    ['the service was sent more requests than there were', ask('GET /open HTTP/1.1\r\nHost: a\r\n\r\n'), { method: 'GET', url: '/open', rawHeaders: [], body: '' }],
  ])('%s', async (problem, exchange, passed) => {
    const again = problem.includes('more requests') ? [passed, passed] : [passed];
    expect(await seen(exchange, ...again)).toBe(problem);
  });

  it('an answer that is not the one that was due', async () => {
    expect(await seen(ask('GET /open HTTP/1.1\r\nHost: a\r\n\r\n', { statuses: [401] }))).toBe('sound requests were answered otherwise');
    expect(await seen(ask('GET /open HTTP/1.1\r\nHost: a\r\n\r\n', { statuses: [200] }))).toMatch(/^the service was not sent/);
  });
});
