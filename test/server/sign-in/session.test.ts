import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestIssuer } from '../../../src/testing/index.ts';
import { Browser, SECRET, startSite, type Site } from './site.ts';

const sites: Site[] = [];
const start: typeof startSite = async (...parameters) => {
  const site = await startSite(...parameters);
  sites.push(site);
  return site;
};
afterEach(async () => {
  for (const site of sites.splice(0)) await site.close();
});

async function signedIn(site: Site, sub = '42'): Promise<Browser> {
  const browser = new Browser(site);
  const answer = await browser.postJson(site.issuer.mint({ sub, nonce: await browser.open() }));
  expect(answer.status).toBe(200);
  return browser;
}

/** The same cookies, sent to another server of the application. */
function at(site: Site, browser: Browser): Browser {
  const there = new Browser(site);
  for (const [name, value] of browser.cookies) there.cookies.set(name, value);
  return there;
}

describe('the nonce', () => {
  it('is a browser\'s own while half of its time is left, and another one after that', async () => {
    const site = await start({ nonceLifetime: 600 });
    const browser = new Browser(site);
    const nonce = await browser.open();
    site.issuer.clock.advance(300);
    expect(await browser.open()).toBe(nonce);
    site.issuer.clock.advance(1);
    expect(await browser.open()).not.toBe(nonce);
  });
});

describe('the cookies', () => {
  it('are set as they must be, though to this server everything is http', async () => {
    const site = await start();
    const browser = new Browser(site);
    const page = await browser.send('GET', '/login');
    const [nonceCookie = ''] = page.cookies;
    expect(nonceCookie.replace(/=v1\.[\w.-]+/, '=…'))
      .toBe('__Host-session-nonce=…; Max-Age=1200; Path=/; Secure; HttpOnly; SameSite=None');
    expect(page.headers['cache-control']).toBe('no-store');
    const answer = await browser.postForm(site.issuer.mint({ nonce: page.body }));
    expect(answer.cookies.map((line) => line.replace(/=v1\.[\w.-]+/, '=…'))).toEqual([
      '__Host-session=…; Max-Age=43200; Path=/; Secure; HttpOnly; SameSite=Lax',
      '__Host-session-nonce=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=None',
    ]);
  });

  it('hold as little as they can, and times within the MAC', async () => {
    const site = await start({ sessionVersion: () => 7, sessionLifetime: 600, cookieName: 'app' });
    const browser = await signedIn(site);
    const payload = browser.cookies.get('__Host-app')?.split('.')[1] ?? '';
    const iat = Math.floor(site.issuer.clock());
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({ sub: '42', acc: 'account-42', iat, exp: iat + 600, ver: 7 });
  });

  it('have a name of their own in development, which production does not read', async () => {
    const origin = 'http://localhost:3000';
    const site = await start({ origin, allowLoopbackHttp: true });
    const browser = new Browser(site);
    const nonce = await browser.open();
    const answer = await browser.postForm(site.issuer.mint({ nonce }), { origin });
    expect(answer.cookies.map((line) => line.replace(/=v1\.[\w.-]+/, '=…'))).toEqual([
      'dev-session=…; Max-Age=43200; Path=/; HttpOnly; SameSite=Lax',
      'dev-session-nonce=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
    ]);
    expect((await browser.whoami()).status).toBe(200);
    const production = await start({}, site.issuer);
    const moved = new Browser(production);
    moved.cookies.set('__Host-session', browser.cookies.get('dev-session') ?? '');
    expect((await moved.whoami()).status).toBe(401);
  });

  it('a nonce is another in each browser, stays the same in two tabs, and is renewed with age', async () => {
    const site = await start();
    const [one, two] = [new Browser(site), new Browser(site)];
    const nonce = await one.open('/first');
    expect(nonce).toMatch(/^[\w-]{43}$/);
    const payload = one.cookies.get('__Host-session-nonce')?.split('.')[1] ?? '';
    expect(Object.keys(JSON.parse(Buffer.from(payload, 'base64url').toString())).sort()).toEqual(['exp', 'rnd', 'to']);
    expect(Buffer.from(payload, 'base64url').toString()).not.toContain(nonce);
    expect(await two.open()).not.toBe(nonce);
    expect(await one.open('/second')).toBe(nonce);
    expect((await at(site, one).postForm(site.issuer.mint({ nonce }))).headers.location).toBe('/second');
    site.issuer.clock.advance(601);
    expect(await one.open()).not.toBe(nonce);
  });
});

describe('a session', () => {
  it('ends with the second it names, however much it is used', async () => {
    const site = await start({ sessionLifetime: 600 });
    const browser = await signedIn(site);
    site.issuer.clock.set(Math.floor(site.issuer.clock()) + 599);
    expect((await browser.whoami()).status).toBe(200);
    site.issuer.clock.advance(1);
    expect((await browser.whoami()).status).toBe(401);
  });

  it('is shortened with the option, and never lengthened', async () => {
    const site = await start({ sessionLifetime: 600 });
    const browser = await signedIn(site);
    site.issuer.clock.advance(120);
    const [shorter, longer] = [await start({ sessionLifetime: 60 }, site.issuer), await start({ sessionLifetime: 6000 }, site.issuer)];
    expect((await at(shorter, browser).whoami()).status).toBe(401);
    expect((await at(longer, browser).whoami()).status).toBe(200);
    site.issuer.clock.advance(500);
    expect((await at(longer, browser).whoami()).status).toBe(401);
  });

  it('from another server\'s clock is good within a minute', async () => {
    const site = await start();
    const browser = await signedIn(site);
    site.issuer.clock.advance(-60);
    expect((await browser.whoami()).status).toBe(200);
    site.issuer.clock.advance(-1);
    expect((await browser.whoami()).status).toBe(401);
  });

  it('ends when the version of the account changes, or is no more; others go on', async () => {
    const versions = new Map<string, string | number>([['42', 1], ['43', 'a']]);
    const site = await start({ sessionVersion: async (sub) => versions.get(sub) });
    const [first, other] = [await signedIn(site, '42'), await signedIn(site, '43')];
    expect((await first.whoami()).status).toBe(200);
    versions.set('42', 2);
    expect((await first.whoami()).status).toBe(401);
    expect((await other.whoami()).status).toBe(200);
    expect((await (await signedIn(site, '42')).whoami()).status).toBe(200);
    versions.set('42', '2');
    versions.delete('43');
    expect((await other.whoami()).status).toBe(401);
  });

  it('has a version of at most 128 characters', async () => {
    const site = await start({ sessionVersion: () => 'a'.repeat(128) });
    expect((await (await signedIn(site)).whoami()).status).toBe(200);
  });

  it('of an account without a version is none', async () => {
    const site = await start({ sessionVersion: () => undefined });
    expect((await (await signedIn(site)).whoami()).status).toBe(401);
  });

  it('that was begun without versions is not taken once there are some', async () => {
    const site = await start();
    const browser = await signedIn(site);
    const versioned = await start({ sessionVersion: () => 1 }, site.issuer);
    expect((await at(versioned, browser).whoami()).status).toBe(401);
  });
});

describe('secrets', () => {
  it('rotate: the old one opens, the new one seals, and none is forgotten too early', async () => {
    const [next, last] = [randomBytes(32), randomBytes(64)];
    const issuer = createTestIssuer();
    const before = await start({ secrets: [SECRET] }, issuer);
    const during = await start({ secrets: [next, SECRET] }, issuer);
    const after = await start({ secrets: [last, next] }, issuer);
    const browser = await signedIn(before);
    const old = at(during, browser);
    issuer.clock.advance(100);
    const answer = await old.whoami();
    expect([answer.status, answer.cookies.length]).toEqual([200, 1]);
    expect(answer.cookies[0]).toContain('Max-Age=43100;');
    expect((await old.whoami()).cookies).toEqual([]);
    expect((await at(after, old).whoami()).status).toBe(200);
    expect((await at(after, browser).whoami()).status).toBe(401);
    issuer.clock.advance(43_100);
    expect((await old.whoami()).status).toBe(401);
  });

  it('are copied', async () => {
    const secret = randomBytes(32);
    const site = await start({ secrets: [secret] });
    const browser = await signedIn(site);
    secret.fill(7);
    expect((await browser.whoami()).status).toBe(200);
  });
});

describe('the application\'s own functions', () => {
  it('an account is matched by sub, and the e-mail has no say', async () => {
    const accounts = new Map([['42', 'ada']]);
    const asked: unknown[] = [];
    const site = await start({
      findAccount: async (sub, { email }) => {
        asked.push([sub, email]);
        return accounts.get(sub);
      },
    });
    expect((await (await signedIn(site, '42')).whoami()).body).toBe('42 ada');
    const stranger = new Browser(site);
    const token = site.issuer.mint({ sub: '43', email: 'user@example.com', nonce: await stranger.open() });
    const answer = await stranger.postForm(token);
    expect([answer.status, answer.body]).toEqual([403, 'There is no account for you here.']);
    expect(site.log.at(-1)).toBe('account_not_found');
    expect(asked).toEqual([['42', 'user@example.com'], ['43', 'user@example.com']]);
    expect((await stranger.whoami()).status).toBe(401);
  });

  it('are not asked before the token holds', async () => {
    const site = await start({ findAccount: () => { throw new Error('asked'); } });
    const browser = new Browser(site);
    const nonce = await browser.open();
    expect((await browser.postJson(site.issuer.mint({ nonce, exp: 1 }))).status).toBe(403);
    expect((await browser.postJson(site.issuer.mint({ nonce: 'another' }))).status).toBe(403);
    expect((await browser.postJson(site.issuer.mint({ nonce }))).status).toBe(500);
    expect(site.log).toEqual(['token_expired', 'nonce_mismatch', 'Error: asked']);
  });

  it.each([42, '', 'a'.repeat(513), null, true])('an account of %j is a mistake', async (account) => {
    const site = await start({ findAccount: () => account as string });
    const browser = new Browser(site);
    expect((await browser.postJson(site.issuer.mint({ nonce: await browser.open() }))).status).toBe(500);
    expect(site.log[0]).toMatch(/^TypeError: "findAccount" expected/);
  });

  it.each([1.5, NaN, null, {}, 'a'.repeat(129)])('a version of %j is a mistake', async (version) => {
    const site = await start({ sessionVersion: () => version as number });
    const browser = new Browser(site);
    expect((await browser.postJson(site.issuer.mint({ nonce: await browser.open() }))).status).toBe(500);
    expect(site.log[0]).toMatch(/^TypeError: "sessionVersion" expected/);
  });

  it.each([[true, 200], [false, 403], [undefined, 403], ['OK', 403]])('useNonce returns %j: %i', async (answer, status) => {
    const asked: unknown[] = [];
    const useNonce = async (...parameters: unknown[]): Promise<boolean> => {
      asked.push(parameters);
      return answer as boolean;
    };
    const site = await start({ useNonce });
    const browser = new Browser(site);
    const nonce = await browser.open();
    expect((await browser.postJson(site.issuer.mint({ nonce }))).status).toBe(status);
    expect(asked).toEqual([[nonce, site.issuer.clock() + 1200]]);
  });
});

it('keys that cannot be had are 503, and not the visitor\'s fault', async () => {
  const { createGoogleVerifier } = await import('../../../src/google/index.ts');
  const { createRemoteKeySet } = await import('../../../src/keys/index.ts');
  const issuer = createTestIssuer();
  issuer.fail('down');
  const keys = createRemoteKeySet(issuer.jwksUri, { fetch: issuer.fetch });
  const verifier = createGoogleVerifier({ audience: issuer.audience, keys, clock: issuer.clock });
  const site = await start({ verifier }, issuer);
  const browser = new Browser(site);
  const nonce = await browser.open();
  const answer = await browser.postJson(issuer.mint({ nonce }));
  expect([answer.status, answer.headers['retry-after'], JSON.parse(answer.body).code]).toEqual([503, '30', 'keys_unavailable']);
  issuer.fail('none');
});
