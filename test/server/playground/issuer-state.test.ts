/** The state of the bench in words. */
import { expect, it } from 'vitest';
import type { KeyEvent } from '../../../src/keys/index.ts';
import { ATTACKS } from '../../../src/server/playground/attacks.ts';
import { stateOf } from '../../../src/server/playground/issuer-state.ts';
import { createWorkshop } from '../../../src/server/playground/workshop.ts';

const workshop = createWorkshop(() => 1_800_000_000.75);
const url = workshop.issuer.jwksUri;

const journalOf = (...events: readonly KeyEvent[]) =>
  stateOf({ ...workshop, notes: () => events.map((event, index) => ({ at: 1_800_000_000.75 + index, event })) }).journal;

it('names the issuer, its keys with the current one first, and the attacks without what they do', () => {
  workshop.issuer.rotate();
  const { issuer, audience, keys, journal, attacks } = stateOf(workshop);
  expect([issuer, audience, journal]).toEqual([workshop.issuer.issuer, workshop.issuer.audience, []]);
  expect(keys.map(({ kid, current }) => [kid, current])).toEqual(
    (workshop.issuer.jwks.keys as readonly { readonly kid?: string }[]).map(({ kid }) => [kid, kid === workshop.issuer.kid]));
  expect(attacks.map((card) => Object.keys(card))).toEqual(ATTACKS.map(() => ['name', 'title', 'story']));
  expect(attacks.map(({ name }) => name)).toEqual(ATTACKS.map(({ name }) => name));
});

it.each([[0, ''], [60, '1 minute ahead'], [-3600, '1 hour behind']])('says of a clock that was moved by %i: "%s"', (seconds, words) => {
  const { clock, moved } = stateOf({ ...workshop, moved: () => seconds });
  expect([clock, moved]).toEqual(['2027-01-15T08:00:00Z', words]);
});

it('says whether the issuer can be reached', () => {
  expect(stateOf(workshop).down).toBe(false);
  workshop.issuer.fail('down');
  expect(stateOf(workshop).down).toBe(true);
  workshop.issuer.fail('none');
});

it('tells what the key cache did, each in its own words', () => {
  const events: readonly (readonly [KeyEvent, kind: string, text: string | RegExp])[] = [
    [{ type: 'fetched', url, keys: 2, lifetime: 600 }, 'good', 'keys fetched: 2, to be kept for 10 minutes'],
    [{ type: 'failed', url, reason: 'no connection', retryIn: 5 }, 'bad', 'keys not fetched: no connection; next attempt in 5 seconds'],
    [{ type: 'stale', url, servesFor: 3600 }, 'plain', /serve on for 1 hour at most$/],
    [{ type: 'unknownKid', url, refetching: true }, 'plain', /the issuer is asked whether it is new$/],
    [{ type: 'unknownKid', url, refetching: false }, 'plain', /is not asked again$/],
    [{ type: 'skippedKey', url, index: 0, reason: 'it is weak' }, 'bad', 'a key was skipped: it is weak'],
  ];
  const told = journalOf(...events.map(([event]) => event)).slice().reverse();
  expect(told).toEqual(events.map(([, kind, text], index) => ({
    at: `08:00:0${index}`, kind, text: typeof text === 'string' ? text : expect.stringMatching(text),
  })));
});

it('tells the latest eight, the last of them first', () => {
  const events = Array.from({ length: 10 }, (_, keys): KeyEvent => ({ type: 'fetched', url, keys, lifetime: 1 }));
  expect(journalOf(...events).map(({ text }) => /\d+/.exec(text)?.[0])).toEqual(['9', '8', '7', '6', '5', '4', '3', '2']);
});
