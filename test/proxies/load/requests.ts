/**
 * Requests whose answers are known from how they were made.
 *
 * @module
 */

import { bearer, type World } from '../../server/world.ts';
import { headOf } from './clients.ts';
import type { KeyLife } from './key-life.ts';

/** A request, and what it must come to. */
export interface KnownRequest {
  readonly kind: string;
  readonly head: Buffer;
  /** Whom the service is told of, where it passes. */
  readonly subject: string;
  /** What it comes to where it does not. */
  readonly refusals: readonly number[];
  /** Whether it passes: told outright, or by the life of a key and by the time at which its token expires. */
  readonly passes: boolean | { readonly key: KeyLife; readonly expires: number };
}

/** The tokens of one key. */
export interface KeyTokens {
  readonly key: KeyLife;
  /** Each user's: they come again and again. */
  readonly users: readonly string[];
  /** The requests that they make most often. */
  readonly heads: readonly Buffer[];
  /** Some that expire while they do. */
  readonly expiring: readonly { readonly token: string; readonly subject: string; readonly expires: number }[];
  readonly forAnother: string;
}

const closed = (token: string): Buffer => headOf('/closed', bearer(token));

/** Seconds that clocks may differ by, to the gateway. */
const LEEWAY = 60;

const USERS = 800;

/** Tokens of the key that signs now: some at once, and the rest bit by bit, with pauses in which others may do something. */
export function mintForKey({ keys: { mint } }: World, key: KeyLife, seconds: number): KeyTokens {
  const now = Date.now() / 1000;
  const users: string[] = [];
  const heads: Buffer[] = [];
  const mintMore = (): void => {
    for (let index = 0; index < 10 && key.signs(); index += 1) {
      const token = mint({ sub: `user-${users.length}`, exp: now + 7200 });
      users.push(token);
      heads.push(closed(token));
    }
    if (users.length < USERS && key.signs()) setTimeout(mintMore, 10);
  };
  mintMore();
  const expiring = Array.from({ length: 40 }, (_, index) => {
    const expires = now + (seconds * (index + 1)) / 40;
    const subject = `expiring-${index}`;
    return { token: mint({ sub: subject, exp: expires - LEEWAY }), subject, expires };
  });
  return { key, users, heads, expiring, forAnother: mint({ aud: 'another', exp: now + 7200 }) };
}

/** Draws the next request, given the keys that were published so far and not long gone; the last one signs now. */
export type Draw = (keys: readonly KeyTokens[]) => KnownRequest;

type Make = (keys: readonly KeyTokens[], current: KeyTokens) => KnownRequest;

/** @param random from 0 to 1: a seeded one repeats the run. */
export function createDraw({ keys: issuer, issuer: { kid } }: World, random: () => number): Draw {
  const below = (count: number): number => Math.floor(random() * count);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const refused = (kind: string, head: Buffer, ...refusals: readonly number[]): KnownRequest =>
    ({ kind, head, subject: 'nobody', refusals, passes: false });
  const fixed = fixedRequests(issuer, kid, refused);
  const strangers = Array.from({ length: 20 }, (_, index) => issuer.mint({}, { key: 'unpublished', kid: `none-${index}` }));

  // An issuer publishes a key before it signs with it: most tokens are of keys that have been accepted already.
  const steady = (keys: readonly KeyTokens[]): readonly KeyTokens[] => {
    const known = keys.filter(({ key }) => key.expectation() === 'accepted');
    return known.length === 0 || random() < 0.04 ? keys : known;
  };
  const ofUser = (kind: string, head: (tokens: KeyTokens, index: number) => Buffer | undefined): Make => (keys) => {
    const tokens = pick(steady(keys));
    const { key, users } = tokens;
    const index = below(users.length);
    const passes = { key, expires: Infinity };
    return { kind, head: head(tokens, index) as Buffer, subject: `user-${index}`, refusals: [401, 503], passes };
  };
  const expiring: Make = (keys) => {
    const { key, expiring: list } = pick(steady(keys));
    const { token, subject, expires } = pick(list);
    return { kind: 'expiring', head: closed(token), subject, refusals: [401, 503], passes: { key, expires } };
  };
  const once: Make = (_, { key }) => {
    const subject = `once-${below(1e9)}`;
    return { kind: 'seen once', head: closed(issuer.mint({ sub: subject })), subject, refusals: [401, 503], passes: { key, expires: Infinity } };
  };
  // Both tokens are good, and the gateway may have kept both.
  const mixed: Make = (_, { users }) => {
    const [[header, payload], [, , signature]] = [(users[0] ?? '').split('.'), pick(users.slice(1)).split('.')];
    return refused('the signature of another token', closed(`${header}.${payload}.${signature}`), 401, 503);
  };
  const changed: Make = (_, { users }) => refused('another signature', closed(`${pick(users).slice(0, -8)}AAAAAAAA`), 401, 503);
  const longer: Make = (_, { users }) => refused('one character more', closed(`${pick(users)}A`), 401, 503);
  const twice: Make = (_, { users }) =>
    refused('two fields', headOf('/closed', { 'Authorization': `Bearer ${pick(users)}`, 'authorization': `Bearer ${pick(users)}` }), 401);
  const weighted: readonly (readonly [number, Make])[] = [
    [60, ofUser('good', ({ heads }, index) => heads[index])],
    [6, ofUser('good, in the query', ({ users }, index) => headOf(`/closed?access_token=${users[index]}`))],
    [4, expiring],
    [0.5, once],
    [3, mixed],
    [3, changed],
    [1, longer],
    [3, twice],
    [2, () => refused('an unknown key ID', closed(pick(strangers)), 401, 503)],
    // Where its key is not known any more, or not yet, that is said first.
    [2, (keys) => refused('another audience', closed(pick(steady(keys)).forAnother), 403, 401, 503)],
    [15.5, () => pick(fixed)],
  ];
  const total = weighted.reduce((sum, [weight]) => sum + weight, 0);
  return (keys) => {
    let left = random() * total;
    const make = weighted.find(([weight]) => (left -= weight) < 0)?.[1] ?? weighted[0]?.[1];
    return (make as Make)(keys, keys.at(-1) as KeyTokens);
  };
}

/** What comes to the same whatever the key server does. */
function fixedRequests(
  { mint }: World['keys'],
  kid: string,
  refused: (kind: string, head: Buffer, ...refusals: readonly number[]) => KnownRequest,
): readonly KnownRequest[] {
  const now = Date.now() / 1000;
  const forged = { 'X-Auth-Subject': 'user-1', 'X-Endpoint-API-UserInfo': 'user-1' };
  const passing = (kind: string, head: Buffer): KnownRequest =>
    ({ kind, head, subject: 'nobody', refusals: [], passes: true });
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  return [
    passing('open, with a forged user', headOf('/open', forged)),
    passing('anonymous where it may be, with a forged user', headOf('/optional', forged)),
    refused('no token', headOf('/closed', forged), 401),
    refused('not a token', closed('a.b.c'), 401),
    refused('not a token, where none is needed', headOf('/optional', bearer('a.b.c')), 401),
    refused('"none"', closed(`${none}.${mint().split('.')[1]}.`), 401),
    refused('long expired', closed(mint({ exp: now - 3600 })), 401, 503),
    refused('not valid yet', closed(mint({ nbf: now + 7200, exp: now + 9000 })), 401, 503),
    refused('another issuer', closed(mint({ iss: 'https://other.example' })), 401),
    refused('another key under a known ID', closed(mint({}, { key: 'unpublished', kid })), 401, 503),
    refused('another path', headOf('/none', bearer(mint())), 404),
    refused('another method', headOf('/open', {}, 'DELETE'), 405),
    refused('an encoded slash', headOf('/closed%2f1'), 400),
  ];
}
