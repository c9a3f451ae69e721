import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, ORIGIN, startSite, type Site } from './site.ts';

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
