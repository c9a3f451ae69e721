/** What stands on the port: with Google's page or without it, and what a fault of ours is told as. */
import { expect, it } from 'vitest';
import { createGoogleVerifier } from '../../../src/google/index.ts';
import type { SignInState } from '../../../src/server/playground/page/wire.ts';
import { createTestIssuer } from '../../../src/testing/index.ts';
import { standPlayground } from './standing.ts';

const JSON_BODY = { 'content-type': 'application/json' };

it('without a client ID nothing of Google\'s page is there', async () => {
  const bench = await standPlayground();
  expect((await bench.send('GET', '/sign-in-google')).status).toBe(404);
  expect((await bench.send('POST', '/sign-in/google', JSON_BODY, '{}')).status).toBe(404);
  const state = await bench.ask<SignInState>('/api/sign-in/state');
  expect(state).not.toHaveProperty('googleClientId');
  expect([state.log, state.accounts.length]).toEqual([[], 3]);
  await bench.end();
});

it('with one, Google\'s page is there with headers of its own, and the others are as they were', async () => {
  const clientId = 'real.apps.googleusercontent.com';
  const clock = (): number => 1_800_000_000;
  const issuer = createTestIssuer({ audience: clientId, clock });
  const verifier = createGoogleVerifier({ audience: clientId, keys: issuer.keys, clock });
  const bench = await standPlayground({ clock, google: { clientId, verifier } });
  const [page, other] = [await bench.send('GET', '/sign-in-google'), await bench.send('GET', '/sign-in?x=1?y=2')];
  expect([page.status, page.headers['cross-origin-opener-policy']]).toEqual([200, 'same-origin-allow-popups']);
  expect([other.status, other.headers['cross-origin-opener-policy']]).toEqual([200, 'same-origin']);

  const own = { ...JSON_BODY, 'origin': bench.url, 'sec-fetch-site': 'same-origin' };
  const begun = await bench.send('POST', '/api/sign-in/state', own, '{}');
  const { nonce, googleClientId } = JSON.parse(begun.text) as SignInState;
  expect(googleClientId).toBe(clientId);
  const [cookie = ''] = String(begun.headers['set-cookie']).split(';');
  const credential = issuer.mint({ sub: '42', nonce });
  const signedIn = await bench.send('POST', '/sign-in/google', { ...own, cookie }, JSON.stringify({ credential }));
  expect(signedIn.status).toBe(200);
  expect((await bench.ask<SignInState>('/api/sign-in/state')).log[0]?.text).toBe('signed in: Google\'s 42');
  await bench.end();
});

it('a fault of ours is told as 500, and nothing of it', async () => {
  let fault: Error | undefined;
  const bench = await standPlayground({
    clock: () => {
      if (fault !== undefined) throw fault;
      return 1_800_000_000;
    },
  });
  expect((await bench.send('POST', '/api/state', JSON_BODY, '{}')).status).toBe(200);
  fault = Object.assign(new Error('inner words'), { status: 400, headers: {} });
  const { status, text } = await bench.send('POST', '/api/state', JSON_BODY, '{}');
  expect([status, text]).toEqual([500, '']);
  await bench.end();
});
