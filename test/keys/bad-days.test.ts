import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  brotliBomb, crumbs, drip, endless, gzipBomb, hang, hangInBody, huge, lying, noise, reset, resetAfter,
} from './bad-answers.ts';
import { atSomePace } from '../jose/pace.ts';
import { KEY_1, KEY_2, makeKey, outcome, remote, setOf } from './issuer.ts';
import { listen, publish, status, type Answer } from './loopback.ts';

const GOOD = setOf(KEY_1);
const TEXT = JSON.stringify(GOOD);
const MEMBERS = TEXT.slice(1, -1);
const TOKEN = KEY_1.mint();

/** Each beside what the event must say of it. */
const BAD_DAYS: readonly (readonly [string, Answer, string])[] = [
  ['204', status(204), 'status 204'],
  ['206 with a good body', status(206, GOOD), 'status 206'],
  ['404', status(404, 'not here'), 'status 404'],
  ['429 with Retry-After', status(429, GOOD, { 'retry-after': '1' }), 'status 429'],
  ['500 with a good body', status(500, GOOD), 'status 500'],
  ['503', status(503), 'status 503'],
  ['an empty body', publish(''), 'the key document is not valid JSON'],
  ['HTML', publish('<!doctype html><title>Sign in to the hotel network</title>', { 'content-type': 'text/html' }),
    'the key document is not valid JSON'],
  ['a byte order mark', publish(`\ufeff${TEXT}`), 'the key document is not valid JSON'],
  ['text after the object', publish(`${TEXT}{}`), 'the key document is not valid JSON'],
  ['UTF-16', publish(Buffer.from(TEXT, 'utf16le')), 'the key document is not valid JSON'],
  ['octets that are no UTF-8', publish(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
    'the key document is not valid UTF-8'],
  ['two members "keys"', publish(`{"keys":[],${MEMBERS}}`), 'the key document has two members of one name'],
  ['two members "keys", one of them in escapes', publish(`{"k\\u0065ys":[],${MEMBERS}}`),
    'the key document has two members of one name'],
  ['two members "x" in a key', publish(TEXT.replace('"x":', '"x":"AA","x":')),
    'the key document has two members of one name'],
  ['an array of keys', publish([KEY_1.jwk]), 'the key document is not a JSON object'],
  ['null', publish(null), 'the key document is not a JSON object'],
  ['a bare JWK', publish(KEY_1.jwk), 'a single JWK, not a JWK Set'],
  ['an empty object', publish({}), 'neither a JWK Set, nor a JWK, nor a map of PEMs'],
  ['"keys" that is an object', publish({ keys: { 0: KEY_1.jwk } }), '"keys" is not an array'],
  ['an empty set', publish({ keys: [] }), 'no usable key in the set'],
  ['a set of which no key is usable', publish({ keys: [{ kty: 'EC', crv: 'P-256', kid: 'key-1' }, null, 1] }),
    'no usable key in the set'],
  ['a symmetric key beside a good one', publish({ keys: [KEY_1.jwk, { kty: 'oct', k: 'AAAA' }] }),
    'a symmetric key was published'],
  ['a symmetric key alone', publish({ keys: [{ kty: 'oct', kid: 'key-1', k: 'A'.repeat(86) }] }),
    'a symmetric key was published'],
  ['257 keys', publish({ keys: Array(257).fill(KEY_1.jwk) }), 'more than 256 keys in a set'],
  ['5,000 keys within the cap on octets', publish({ keys: [...Array(4999).fill({ kty: 'EC' }), KEY_1.jwk] }),
    'more than 256 keys in a set'],
  ['5,000 keys', publish({ keys: Array(5000).fill(KEY_1.jwk) }), 'more than 262144 octets'],
  ['a body that never ends', endless, 'more than 262144 octets'],
  ['64 MB', huge, 'more than 262144 octets'],
  ['chunks of one octet without end', crumbs, 'more than 262144 octets'],
  ['200 MB in gzip', gzipBomb(), 'more than 262144 octets'],
  ['64 MB in brotli', brotliBomb(), 'more than 262144 octets'],
  ['gzip that is none', publish(TEXT, { 'content-encoding': 'gzip' }), 'the connection broke'],
  ['a content length that is too long', lying(TEXT, TEXT.length + 10), 'the connection broke'],
  ['a content length that is too short', lying(TEXT, TEXT.length - 10), 'the key document is not valid JSON'],
  ['a connection reset', reset, 'no connection'],
  ['a connection reset in the body', resetAfter(TEXT), 'the connection broke'],
  ['something that is not HTTP', noise, 'no connection'],
];

const SLOW_DAYS = [['no answer at all', hang], ['a body that stops', hangInBody], ['a slow drip', drip]] as const;

/** Refused while there is no other set; once there is one, it serves on. */
async function liveThrough(answer: Answer, reason: string, timeout: number): Promise<void> {
  const server = await listen(answer);
  const { verifier, clock, events } = remote(server.url, { timeout });
  expect(await outcome(verifier.verify(TOKEN))).toBe('keys_unavailable');
  expect(events).toEqual([{ type: 'failed', url: server.url, reason, retryIn: expect.any(Number) }]);

  server.answerWith(publish(GOOD));
  clock.advance(2);
  expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');

  server.answerWith(answer);
  clock.advance(3601);
  expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
  expect(await outcome(() => verifier.verifySync(TOKEN))).toBe('accepted');
  const types = events.map(({ type }) => type).filter((type) => type !== 'stale');
  expect(types).toEqual(['failed', 'fetched', 'failed']);
  expect(events.findLast(({ type }) => type === 'failed')).toMatchObject({ reason });
  expect(server.targets).toHaveLength(3);

  server.answerWith(publish(setOf(KEY_2)));
  clock.advance(2);
  expect(await outcome(verifier.verify(KEY_2.mint()))).toBe('accepted');
  expect(await outcome(verifier.verify(TOKEN))).toBe('key_not_found');
}

describe('a bad day is over when the server is well again, and a good cached key serves through it', () => {
  it.each(BAD_DAYS)('%s', async (_, answer, reason) => liveThrough(answer, reason, 50));

  it.each(SLOW_DAYS)('%s', async (_, answer) => atSomePace(async (pace) => liveThrough(answer, `no answer within ${0.2 * pace} s`, 0.2 * pace)));
});

describe('what is odd, and yet a good answer', () => {
  it.each([
    ['a content type of text/html', publish(GOOD, { 'content-type': 'text/html' })],
    ['gzip', publish(gzipSync(TEXT), { 'content-encoding': 'gzip' })],
    ['an unknown member beside "keys"', publish({ ...GOOD, extra: { constructor: 1 } })],
    ['256 keys', publish({ keys: [...Array(255).fill({ kty: 'EC' }), KEY_1.jwk] })],
    ['exactly as many octets as are allowed', publish(TEXT.padEnd(262_144, ' '))],
  ])('%s', async (_, answer) => {
    const server = await listen(answer);
    expect(await outcome(remote(server.url).verifier.verify(TOKEN))).toBe('accepted');
  });

  it('but not one octet more', async () => {
    const server = await listen(publish(TEXT.padEnd(262_145, ' ')));
    const { verifier, events } = remote(server.url);
    expect(await outcome(verifier.verify(TOKEN))).toBe('keys_unavailable');
    expect(events).toMatchObject([{ reason: 'more than 262144 octets' }]);
  });

  it('and the cap is the caller\'s to set', async () => {
    const server = await listen(publish(TEXT));
    const outcomeWith = (maxBytes: number) => outcome(remote(server.url, { maxBytes }).verifier.verify(TOKEN));
    expect(await outcomeWith(TEXT.length)).toBe('accepted');
    expect(await outcomeWith(TEXT.length - 1)).toBe('keys_unavailable');
  });
});

describe('one bad key among good ones', () => {
  const weak = { kty: 'RSA', kid: 'weak', n: 'AQAB', e: 'AQAB' };
  const bad = [null, weak, { ...makeKey('private').jwk, d: KEY_1.jwk.x }, { kty: 'FUTURE', kid: 7 }];

  it('is left out and told of; its neighbours stay', async () => {
    const server = await listen(publish({ keys: [bad[0], KEY_1.jwk, ...bad.slice(1), KEY_2.jwk] }));
    const { verifier, events } = remote(server.url);
    expect(await outcome(verifier.verify(TOKEN))).toBe('accepted');
    expect(await outcome(verifier.verify(KEY_2.mint()))).toBe('accepted');
    expect(await outcome(verifier.verify(KEY_2.mint({}, { kid: 'private' })))).toBe('key_not_found');
    const skipped = events.flatMap((event) => (event.type === 'skippedKey' ? [[event.index, event.kid]] : []));
    expect(skipped.slice(0, 4)).toEqual([[0, undefined], [2, 'weak'], [3, 'private'], [4, undefined]]);
    expect(events.filter(({ type }) => type === 'fetched')[0]).toMatchObject({ keys: 2 });
  });
});
