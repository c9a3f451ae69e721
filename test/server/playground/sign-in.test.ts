/** The sign-in demo over HTTP, as its page uses it. What `createSignIn` refuses is tested in test/server/sign-in. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGoogleVerifier } from '../../../src/google/index.ts';
import { readUnverified } from '../../../src/jose/index.ts';
import type { SignInState } from '../../../src/server/playground/page/wire.ts';
import { createTestIssuer } from '../../../src/testing/index.ts';
import { standPlayground, type Reply, type Standing } from './standing.ts';

let bench: Standing;
let now = 1_800_000_000;
const clientId = 'real.apps.googleusercontent.com';
/** Plays Google: its keys are not the local issuer's. */
const google = createTestIssuer({ audience: clientId, clock: () => now });
beforeAll(async () => {
  bench = await standPlayground({
    clock: () => now,
    google: { clientId, verifier: createGoogleVerifier({ audience: clientId, keys: google.keys, clock: () => now }) },
  });
});
afterAll(() => bench.end());

const ADA = '110169484474386276334';

/** A browser: keeps cookies, and says where requests come from. */
function openBrowser(origin = bench.url) {
  const jar = new Map<string, string>();
  const send = async (method: string, path: string, type: string, body?: string): Promise<Reply> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const { host } = new URL(origin);
    const headers = { host, 'content-type': type, origin, 'sec-fetch-site': 'same-origin', ...(cookie === '' ? {} : { cookie }) };
    const reply = await bench.send(method, path, headers, body);
    for (const field of reply.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(field) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return reply;
  };
  const post = (path: string, body: object): Promise<Reply> => send('POST', path, 'application/json', JSON.stringify(body));
  const state = async (): Promise<SignInState> => JSON.parse((await post('/api/sign-in/state', {})).text) as SignInState;
  const choose = async (sub: string, nonce: string): Promise<string> => {
    const { credential } = JSON.parse((await post('/api/sign-in/choose', { sub, nonce })).text) as { readonly credential: string };
    return credential;
  };
  return { jar, send, post, state, choose };
}

describe.each(['127.0.0.1', 'localhost'])('under the name %s', (name) => {
  it('signs in by fetch, once, and out again', async () => {
    const browser = openBrowser(`http://${name}:${new URL(bench.url).port}`);
    const { nonce = '', session, googleClientId, accounts } = await browser.state();
    expect({ session, googleClientId }).toEqual({ session: undefined, googleClientId: clientId });
    expect(accounts).toEqual([
      { sub: ADA, name: 'Ada Lovelace', email: 'ada@example.com' },
      { sub: '110169484474386276335', name: 'Alan Turing', email: 'alan@example.com' },
      { sub: '110169484474386276336', name: 'A stranger', email: 'stranger@example.net' },
    ]);
    const credential = await browser.choose(ADA, nonce);
    expect(readUnverified(credential).claims).toMatchObject({ ...accounts[0], email_verified: true, nonce });
    const { status, headers } = await browser.post('/sign-in/credential', { credential });
    expect(status).toBe(200);
    expect(headers['set-cookie']?.[0]).toMatch(/^dev-session=[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/);
    now += 60;
    const { session: begun, nonce: none, log } = await browser.state();
    now -= 60;
    expect(begun).toEqual({
      account: 'account 1', subject: ADA, since: '2027-01-15T08:00:00Z, 1 minute ago', until: '2027-01-15T20:00:00Z, in 11 hours 59 minutes',
    });
    expect({ none, last: log[0] }).toEqual({ none: undefined, last: { at: '08:00:00', text: 'signed in: account 1', good: true } });

    const again = await browser.post('/sign-in/credential', { credential });
    expect([again.status, (await browser.state()).log[0]?.text]).toEqual([403, 'refused: nonce_missing']);
    const out = await browser.send('POST', '/sign-in/out', 'application/x-www-form-urlencoded');
    expect([out.status, out.headers.location, out.headers['content-type']]).toEqual([303, '/sign-in', 'text/plain; charset=utf-8']);
    const { session: ended, log: told } = await browser.state();
    expect([ended, told[0]]).toEqual([undefined, { at: '08:00:00', text: 'signed out', good: true }]);
    await browser.post('/sign-in/credential', { credential });
    expect((await browser.state()).log[0]).toMatchObject({ text: 'refused: nonce_mismatch', good: false });
  });
});

it('signs in by a form, whose g_csrf_token is in a cookie too', async () => {
  const browser = openBrowser();
  const { nonce = '' } = await browser.state();
  const credential = await browser.choose('110169484474386276335', nonce);
  const form = new URLSearchParams({ credential, g_csrf_token: 'secret' }).toString();
  const type = 'application/x-www-form-urlencoded';
  expect((await browser.send('POST', '/sign-in/credential', type, form)).status).toBe(403);
  browser.jar.set('g_csrf_token', 'secret');
  const { status, headers } = await browser.send('POST', '/sign-in/credential', type, form);
  expect([status, headers.location]).toEqual([303, '/sign-in']);
  expect((await browser.state()).session?.account).toBe('account 2');
});

it('ends all sessions of an account, and none of another', async () => {
  const [first, second, other] = [openBrowser(), openBrowser(), openBrowser()];
  for (const [browser, sub] of [[first, ADA], [second, ADA], [other, '110169484474386276335']] as const) {
    await browser.post('/sign-in/credential', { credential: await browser.choose(sub, (await browser.state()).nonce ?? '') });
  }
  expect((await second.state()).session).toBeDefined();
  expect((await first.post('/api/sign-in/revoke', {})).text).toBe('{}');
  expect((await second.state()).log[0]).toMatchObject({ text: 'all sessions of account 1 ended', good: true });
  expect([(await first.state()).session, (await second.state()).session]).toEqual([undefined, undefined]);
  expect((await other.state()).session).toBeDefined();
  expect((await first.post('/api/sign-in/revoke', {})).status).toBe(403);
  now += 43_201;
  expect((await other.state()).session).toBeUndefined();
  now -= 43_201;
});

it('lets in nobody whom the application does not know, and nobody whom Google has not named', async () => {
  const browser = openBrowser();
  const { nonce = '' } = await browser.state();
  await browser.post('/sign-in/credential', { credential: await browser.choose('110169484474386276336', nonce) });
  expect((await browser.state()).log[0]?.text).toBe('refused: account_not_found');
  const other = openBrowser();
  const claims = JSON.stringify({ sub: '7', nonce: (await other.state()).nonce });
  const { token: credential } = await bench.ask<{ readonly token: string }>('/api/mint', { claims });
  expect((await other.post('/sign-in/credential', { credential })).status).toBe(403);
  expect((await other.state()).log[0]?.text).toBe('refused: account_not_found');
  expect((await browser.post('/api/sign-in/choose', { sub: 'nobody', nonce })).status).toBe(400);
  expect((await browser.post('/api/sign-in/choose', { sub: ADA })).status).toBe(400);
});

it('keeps the latest eight lines of its log, the last of them first', async () => {
  const browser = openBrowser();
  for (let turn = 0; turn < 8; turn++) await browser.post('/sign-in/credential', {});
  await browser.send('GET', '/sign-in/out', 'text/plain');
  const { log } = await browser.state();
  expect(log.map(({ text, good }) => [text, good])).toEqual([
    ['sign-out refused', false], ...Array(7).fill([expect.stringMatching(/^refused: /), false]),
  ]);
});

it('another page can neither sign in nor out, nor read the state', async () => {
  const type = { 'content-type': 'application/json' };
  const foreign = { ...type, 'origin': 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  for (const path of ['/api/sign-in/state', '/api/sign-in/choose', '/api/sign-in/revoke', '/sign-in/credential', '/sign-in/out']) {
    expect((await bench.send('POST', path, foreign, '{}')).status, path).toBe(403);
  }
  const large = JSON.stringify({ credential: 'x'.repeat(20_000) });
  const own = { ...type, 'origin': bench.url, 'sec-fetch-site': 'same-origin' };
  expect((await bench.send('POST', '/sign-in/credential', own, large)).status).toBe(413);
  expect((await bench.send('GET', '/sign-in/credential')).status).toBe(405);
});

describe('the page with Google\'s own button', () => {
  it('is the one page with another policy, and only Google\'s addresses are in it', async () => {
    const { status, headers } = await bench.send('GET', '/sign-in-google');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin-allow-popups', 'referrer-policy': 'no-referrer-when-downgrade',
    });
    const policy = String(headers['content-security-policy']);
    expect([...new Set(policy.match(/https?:[^ ;]*/g))]).toEqual([
      'https://accounts.google.com/gsi/client', 'https://accounts.google.com/gsi/style', 'https://accounts.google.com/gsi/',
    ]);
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(String((await bench.send('GET', '/sign-in')).headers['content-security-policy'])).not.toContain('google');
  });

  it('takes Google\'s word, and not the local issuer\'s; nor does the application that trusts that one take Google\'s', async () => {
    const browser = openBrowser();
    const { nonce = '' } = await browser.state();
    expect((await browser.post('/sign-in/google', { credential: await browser.choose(ADA, nonce) })).status).toBe(403);
    const credential = google.mint({ sub: '42', nonce });
    expect((await browser.post('/sign-in/credential', { credential })).status).toBe(403);
    expect((await browser.state()).session).toBeUndefined();
    expect((await browser.post('/sign-in/google', { credential })).status).toBe(200);
    expect((await browser.state()).session).toMatchObject({ account: 'Google\'s 42', subject: '42' });
  });
});
