/** From the button to the session and out again, in both modes; and Google's button, by a stand-in for its script. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startVisit, type Visit } from './visit.ts';

const GOOGLE_CLIENT_ID = 'real.apps.googleusercontent.com';
const GOOGLE_SCRIPT = 'https://accounts.google.com/gsi/client';

let visit: Visit;
beforeAll(async () => {
  visit = await startVisit({ GOOGLE_CLIENT_ID });
});
afterAll(() => visit.end());
afterEach(() => expect(visit.troubles).toEqual([]));

it.each(['json', 'form'])('signs in as %s, and out', async (mode) => {
  const page = await visit.open('/sign-in');
  const greeting = (): Promise<string> => page.locator('#greeting').innerText();
  await expect.poll(greeting).toBe('Nobody is signed in.');
  await page.locator(`input[value="${mode}"]`).check();
  await page.getByRole('button', { name: 'Sign in with the local issuer' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /Ada Lovelace/ }).click();
  await expect.poll(greeting).toBe('Signed in: account 1.');
  expect(new URL(page.url()).pathname).toBe('/sign-in');
  await expect.poll(() => page.locator('#way > li.done').count()).toBe(6);
  const cookies = await page.context().cookies();
  expect(cookies.filter(({ name }) => name === 'dev-session')).toMatchObject([{ httpOnly: true, sameSite: 'Lax', path: '/' }]);
  expect(await page.evaluate(() => document.cookie)).not.toContain('dev-session');

  await page.reload();
  await expect.poll(greeting).toBe('Signed in: account 1.');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect.poll(greeting).toBe('Nobody is signed in.');
  expect((await page.context().cookies()).filter(({ name }) => name === 'dev-session')).toEqual([]);
  await expect.poll(() => page.locator('#log').innerText()).toMatch(/signed out[^]*signed in: account 1/);
});

it('takes a token once, ends all sessions of an account, and knows no strangers', async () => {
  const page = await visit.open('/sign-in');
  const log = (): Promise<string> => page.locator('#log li').first().innerText();
  const signIn = async (name: RegExp): Promise<void> => {
    await page.getByRole('button', { name: 'Sign in with the local issuer' }).click();
    await page.getByRole('dialog').getByRole('button', { name }).click();
  };
  await signIn(/Alan Turing/);
  await expect.poll(log).toContain('signed in: account 2');
  await page.getByRole('button', { name: 'Send the same token again' }).click();
  await expect.poll(log).toContain('refused: nonce_missing');
  await page.getByRole('button', { name: 'End all its sessions' }).click();
  await expect.poll(() => page.locator('#greeting').innerText()).toBe('Nobody is signed in.');
  await signIn(/A stranger/);
  await expect.poll(log).toContain('refused: account_not_found');
  await expect.poll(() => page.locator('#greeting').innerText()).toContain('There is no account for you here.');
  // The browser notes the two refusals, which were meant.
  expect(visit.troubles.splice(0).map((trouble) => trouble.replace(/.*status of (\d+).*/, '$1'))).toEqual(['403', '403']);
});

it('gives Google\'s button its client ID and nonce, and lets in no other script', async () => {
  const page = await visit.open('/sign-in');
  await page.context().route(GOOGLE_SCRIPT, (route) => route.fulfill({
    contentType: 'text/javascript',
    body: `globalThis.google = { accounts: { id: {
      initialize: (options) => { globalThis.asked = options; },
      renderButton: (parent) => { parent.textContent = 'Google was here'; },
    } } };`,
  }));
  await page.goto(`${visit.url}/sign-in-google`);
  await expect.poll(() => page.locator('#button').innerText()).toBe('Google was here');
  const asked = await page.evaluate(() => Reflect.get(globalThis, 'asked') as { readonly client_id: string; readonly nonce: string });
  expect(asked.client_id).toBe(GOOGLE_CLIENT_ID);
  expect(asked.nonce).toMatch(/^[\w-]{43}$/);
  expect(await page.locator('#place a').getAttribute('href')).toBe(`http://localhost:${new URL(visit.url).port}/sign-in-google`);
  expect(visit.troubles.splice(0)).toEqual([`elsewhere: ${GOOGLE_SCRIPT}`]);

  await page.evaluate(() => {
    const script = document.createElement('script');
    script.src = 'https://accounts.google.com/other.js';
    document.head.append(script);
  });
  await expect.poll(() => visit.troubles.some((trouble) => trouble.includes('policy violated: script-src'))).toBe(true);
  visit.troubles.length = 0;
});

it('without Google\'s script says so', async () => {
  const page = await visit.open('/sign-in');
  await page.context().route(GOOGLE_SCRIPT, (route) => route.abort());
  await page.goto(`${visit.url}/sign-in-google`);
  await expect.poll(() => page.locator('#greeting').innerText()).toContain('Is there a network?');
  visit.troubles.length = 0;
});
