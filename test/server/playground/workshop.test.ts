/** The bench itself: one issuer, a clock that can be moved, and what the key cache notes of it. */
import { expect, it } from 'vitest';
import { createWorkshop, type Workshop } from '../../../src/server/playground/workshop.ts';

const START = 1_800_000_000;
const TEN_YEARS = 10 * 365 * 86_400;

function stand() {
  const world = { now: START };
  const workshop = createWorkshop(() => world.now);
  const verify = () => workshop.verifier.verify(workshop.issuer.mint());
  return { world, workshop, verify };
}

const events = ({ notes }: Workshop): readonly string[] => notes().map(({ event }) => event.type);

it('plays Google, for an application of its own, and its tokens are good', async () => {
  const { workshop: { issuer, clock }, verify } = stand();
  expect([issuer.issuer, issuer.audience]).toEqual(['https://accounts.google.com', 'playground.apps.googleusercontent.com']);
  const { claims } = await verify();
  expect([claims.iss, claims.aud, claims.iat]).toEqual([issuer.issuer, issuer.audience, clock()]);
});

it('has a clock that runs on from where it was moved, ten years from now at most', () => {
  const { world, workshop: { clock, moved, move, resetClock } } = stand();
  move(60);
  world.now += 5;
  expect([clock(), moved()]).toEqual([START + 65, 60]);
  move(-90);
  expect([clock(), moved()]).toEqual([START - 25, -30]);
  move(30 + TEN_YEARS);
  expect(moved()).toBe(TEN_YEARS);
  move(1);
  expect(moved()).toBe(TEN_YEARS);
  resetClock();
  expect([clock(), moved()]).toEqual([START + 5, 0]);
  move(-TEN_YEARS);
  move(-1);
  expect(moved()).toBe(-TEN_YEARS);
});

it('keeps keys for ten minutes, by whichever clock goes forward, and never longer because one went back', async () => {
  const { world, workshop, verify } = stand();
  await verify();
  expect(workshop.notes()).toEqual([{ at: START, event: expect.objectContaining({ type: 'fetched', keys: 1, lifetime: 600 }) }]);
  await verify();
  expect(workshop.issuer.requests).toHaveLength(1);

  workshop.move(300);
  await verify();
  expect(workshop.issuer.requests).toHaveLength(1);
  workshop.move(301);
  await verify();
  expect(workshop.issuer.requests).toHaveLength(2);

  workshop.move(-601);
  await verify();
  expect(workshop.issuer.requests).toHaveLength(2);
  workshop.move(601);
  await verify();
  expect(workshop.issuer.requests).toHaveLength(3);

  workshop.resetClock();
  world.now += 601;
  await verify();
  expect(workshop.issuer.requests).toHaveLength(4);
});

it('outlives a clock of the world that is set back before it stood up', async () => {
  const { world, workshop, verify } = stand();
  await verify();
  world.now -= 86_400;
  await verify();
  world.now += 86_400 + 300;
  await verify();
  expect(workshop.issuer.requests).toHaveLength(1);
});

it('asks for a new key a second after it asked last', async () => {
  const { world, workshop, verify } = stand();
  await verify();
  workshop.issuer.rotate();
  world.now += 2;
  await verify();
  expect(events(workshop)).toEqual(['fetched', 'unknownKid', 'fetched']);
});

it('remembers the latest forty things that the cache did', async () => {
  const { world, workshop, verify } = stand();
  await verify();
  const stranger = workshop.issuer.mint({ exp: START + 3600 }, { key: 'unpublished' });
  for (let turn = 0; turn < 39; turn++) await workshop.verifier.tryVerify(stranger);
  expect(events(workshop)).toEqual(['fetched', ...Array(39).fill('unknownKid')]);
  const kept = workshop.notes();
  world.now += 0.5;
  // Within the second that it waits after a fetch, so that nothing is fetched.
  await workshop.verifier.tryVerify(stranger);
  expect(kept).toHaveLength(40);
  expect(workshop.notes()).toHaveLength(40);
  expect(events(workshop)).not.toContain('fetched');
  expect(workshop.notes().at(-1)?.at).toBe(START + 0.5);
});
