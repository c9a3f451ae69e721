import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JwtError } from '../../../src/jose/index.ts';
import type { SignInResult } from '../../../src/server/index.ts';
import { formatSignInRefusal } from '../../../src/server/sign-in/answers.ts';
import { readSignInOptions, type SignInOptions } from '../../../src/server/sign-in/options.ts';
import { assembleSignIn } from '../../../src/server/sign-in/sign-in.ts';
import { Browser, ORIGIN, SECRET, startSite, type Site } from './site.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

describe('login_uri, the form', () => {
  it('signs in, and sends the browser on', async () => {
    const browser = new Browser(site);
    const nonce = await browser.open();
    const answer = await browser.postForm(site.issuer.mint({ sub: '42', nonce }));
    expect(answer).toMatchObject({
      status: 303, headers: { 'location': '/', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    });
    expect(await browser.whoami()).toMatchObject({ status: 200, body: '42 account-42' });
  });

  it.each(['https://accounts.google.com', 'null'])('may come from Google\'s own page, with Origin %s', async (origin) => {
    const browser = new Browser(site);
    const answer = await browser.postForm(site.issuer.mint({ nonce: await browser.open() }), { origin });
    expect(answer.status).toBe(303);
  });
});

describe('callback, the script', () => {
  it('signs in, and says where to go', async () => {
    const browser = new Browser(site);
    const nonce = await browser.open('/inbox?folder=1');
    const answer = await browser.postJson(site.issuer.mint({ sub: '42', nonce }), { 'sec-fetch-site': 'same-origin' });
    expect([answer.status, answer.body]).toEqual([200, '{"location":"/inbox?folder=1"}']);
    expect(await browser.whoami()).toMatchObject({ status: 200, body: '42 account-42' });
  });
});

describe('sign-out', () => {
  it('takes both cookies back', async () => {
    const browser = new Browser(site);
    await browser.postJson(site.issuer.mint({ nonce: await browser.open() }));
    await browser.open();
    const answer = await browser.send('POST', '/signout', { origin: ORIGIN });
    expect([answer.status, answer.headers.location]).toEqual([303, '/']);
    expect([...browser.cookies.keys()]).toEqual([]);
    expect((await browser.whoami()).status).toBe(401);
  });
});

describe('what a credential comes to', () => {
  /** With a verifier that takes every credential, for what it holds. */
  const terms = (claims: object, options: object = {}) => readSignInOptions({
    verifier: { verify: async () => ({ claims }), tryVerifySync: () => undefined },
    origin: ORIGIN, secrets: [SECRET], findAccount: (sub: string) => `account-${sub}`, sessionVersion: null, ...options,
  } as unknown as SignInOptions);
  const complete = async (parts: ReturnType<typeof terms>): Promise<SignInResult> => {
    const signIn = assembleSignIn(parts);
    const [[, cookie] = []] = signIn.begin({ headers: {} }).headers;
    const headers = { origin: ORIGIN, 'content-type': 'application/json', cookie: String(cookie).replace(/;.*/, '') };
    return signIn.complete({ method: 'POST', headers, body: Buffer.from('{"credential":"a.b.c"}') });
  };
  /** Its code, and whether the browser is told to forget its nonce. */
  const told = async (parts: ReturnType<typeof terms>): Promise<readonly unknown[]> => {
    const result = await complete(parts);
    const cookies = result.response.headers.filter(([name]) => name === 'set-cookie').flatMap(([, value]) => value);
    return [result.signedIn || result.code, cookies.some((cookie) => cookie.startsWith('__Host-session-nonce=; Max-Age=0;'))];
  };

  it('is a session without anything to be sent anew', async () => {
    expect(await complete(terms({ sub: '42' }))).toMatchObject({ signedIn: true, session: { account: 'account-42', subject: '42', headers: [] } });
  });

  it.each<[string, object, unknown, boolean]>([
    ['no "sub"', {}, 'claim_missing', false], ['a number', { sub: 7 }, 'claim_missing', false], ['an empty one', { sub: '' }, 'claim_missing', false],
    ['256 characters', { sub: 'a'.repeat(256) }, 'claim_invalid', false], ['255 characters', { sub: 'a'.repeat(255) }, true, true],
  ])('with %s (OIDC Core §2)', async (_, claims, code, forgotten) => {
    expect(await told(terms(claims))).toEqual([code, forgotten]);
  });

  it.each<[string, object, unknown, boolean]>([
    ['an account of 512 characters is one', { findAccount: () => 'a'.repeat(512) }, true, true],
    ['none uses the nonce up', { findAccount: () => undefined }, 'account_not_found', true],
    ['a nonce that was used is of no more use', { useNonce: () => false }, 'nonce_replayed', true],
  ])('%s', async (_, options, code, forgotten) => {
    expect(await told(terms({ sub: '42' }, options))).toEqual([code, forgotten]);
  });

  it('where no more nonces can be remembered the browser keeps its own, for later', async () => {
    expect(await told({ ...terms({ sub: '42' }), useNonce: async () => 'full' })).toEqual(['nonces_exhausted', false]);
  });

  it('a token that is refused leaves the nonce; what is no refusal is thrown on', async () => {
    const verifier = (error: Error) => ({ verify: async () => { throw error; }, tryVerifySync: () => undefined });
    expect(await told(terms({}, { verifier: verifier(new JwtError('token_expired')) }))).toEqual(['token_expired', false]);
    await expect(complete(terms({}, { verifier: verifier(new TypeError('a clock')) }))).rejects.toThrow('a clock');
  });

  it('without a nonce, whatever cookie was there is taken back', async () => {
    const signIn = assembleSignIn(terms({ sub: '42' }));
    const headers = { origin: ORIGIN, 'content-type': 'application/json' };
    const { response } = await signIn.complete({ method: 'POST', headers, body: Buffer.from('{"credential":"a.b.c"}') });
    expect(new Map(response.headers).get('set-cookie')).toEqual([expect.stringMatching(/^__Host-session-nonce=; Max-Age=0;/)]);
  });

  it('signing out is refused as a page is refused', () => {
    const signIn = assembleSignIn(terms({}));
    expect(signIn.signOut({ method: 'GET', headers: { origin: ORIGIN } })).toEqual(formatSignInRefusal('method_not_allowed', 'form'));
    expect(signIn.signOut({ method: 'POST', headers: {} })).toEqual(formatSignInRefusal('origin_not_allowed', 'form'));
  });
});
