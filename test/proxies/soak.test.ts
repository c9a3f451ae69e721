/** A short form of `npm run soak`: every decision at full load is what the making of its request says. */
import { expect, it } from 'vitest';
import { runSoak } from './load/soak-run.ts';

it('no decision is wrong, however the key server is', async () => {
  const { answers, wrong, broken, examples, counts } = await runSoak({ seconds: 15, connections: 32, seed: 7 });
  expect(examples).toEqual([]);
  expect({ wrong, broken }).toEqual({ wrong: 0, broken: 0 });
  expect(answers).toBeGreaterThan(200);
  for (const kind of ['good: 200', 'expiring: 200', 'expiring: 401', 'the signature of another token: 401']) {
    expect(counts.get(kind), kind).toBeGreaterThan(0);
  }
}, 240_000);
