/** Each attack on a sign-in, over a real server; the name says who tries what. */
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser, ORIGIN, send, startSite, type Answer, type Fields, type Site } from './site.ts';

const FORM = 'application/x-www-form-urlencoded';
let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());
beforeEach(() => {
  site.log.length = 0;
});

/** A browser whose sign-in has begun, and a good ID token for it. */
async function begun(claims: Record<string, unknown> = {}): Promise<{ browser: Browser; nonce: string; token: string }> {
  const browser = new Browser(site);
  const nonce = await browser.open();
  return { browser, nonce, token: site.issuer.mint({ nonce, ...claims }) };
}

/** Nobody was signed in, the log knows why, and the answer repeats nothing that came with the request. */
function expectRefused(answer: Answer, status: number, code: string, token: string): void {
  expect([answer.status, ...site.log]).toEqual([status, code]);
  expect(answer.cookies.filter((line) => !line.includes('Max-Age=0'))).toEqual([]);
  const told = JSON.stringify([answer.headers, answer.body]);
  for (const part of token.split('.')) expect(told).not.toContain(part.slice(0, 12) || 'nothing');
  expect(told).not.toMatch(/c0ffee|110169484474386276334|user@example/);
  expect(answer.headers).toMatchObject({
    'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff',
  });
}

describe('login CSRF', () => {
  it('an attacker\'s credential does not fit the victim\'s browser', async () => {
    const { token } = await begun({ sub: 'attacker' });
    const { browser: victim } = await begun();
    expectRefused(await victim.postForm(token), 403, 'nonce_mismatch', token);
  });

  it('nor a browser that has begun nothing', async () => {
    const { token } = await begun({ sub: 'attacker' });
    expectRefused(await new Browser(site).postForm(token), 403, 'nonce_missing', token);
    site.log.length = 0;
    expectRefused(await new Browser(site).postJson(token), 403, 'nonce_missing', token);
  });

  it('a credential without a nonce does not pass for one with any', async () => {
    const { browser, token } = await begun({ nonce: undefined });
    expectRefused(await browser.postForm(token), 403, 'nonce_mismatch', token);
  });

  it.each<[string, string, Fields, Record<string, string>]>([
    ['no g_csrf_token in the form', 'csrf_token_missing', {}, { g_csrf_token: '' }],
    ['another one', 'csrf_token_mismatch', {}, { g_csrf_token: 'c0ffef' }],
    ['a longer one', 'csrf_token_mismatch', {}, { g_csrf_token: 'c0ffeec0ffee' }],
  ])('a form with %s', async (_, code, headers, form) => {
    const { browser, token } = await begun();
    expectRefused(await browser.postForm(token, headers, form), 403, code, token);
  });

  it('a form with no g_csrf_token in the cookie, an empty one, or two of them', async () => {
    const { browser, token } = await begun();
    const nonceCookie = browser.cookie;
    for (const csrf of ['', 'g_csrf_token=', 'g_csrf_token=c0ffee; g_csrf_token=c0ffee', 'g_csrf_token=c0ffee; g_csrf_token=b']) {
      site.log.length = 0;
      const body = csrf === 'g_csrf_token=' ? { g_csrf_token: '' } : {};
      expectRefused(await browser.postForm(token, { cookie: `${nonceCookie}; ${csrf}` }, body), 403, 'csrf_token_missing', token);
    }
  });

  it.each<[string, Fields]>([
    ['another site', { origin: 'https://evil.example' }],
    ['a sibling domain', { origin: 'https://evil.app.example' }],
    ['another scheme', { origin: 'http://app.example' }],
    ['an origin that begins like ours', { origin: 'https://app.example.evil.example' }],
    ['two origins', { origin: [ORIGIN, ORIGIN] }],
  ])('a form from %s', async (_, headers) => {
    const { browser, token } = await begun();
    expectRefused(await browser.postForm(token, headers), 403, 'origin_not_allowed', token);
  });

  it.each<[string, Fields]>([
    ['another site', { origin: 'https://evil.example' }],
    ['an origin that begins like ours', { origin: 'https://app.example.evil.example' }],
    ['Google\'s page, which sends forms alone', { origin: 'https://accounts.google.com' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['a sibling domain', { 'origin': 'https://evil.app.example', 'sec-fetch-site': 'same-site' }],
    ['our origin, as the browser denies', { 'sec-fetch-site': 'cross-site' }],
    ['our origin, twice', { origin: [ORIGIN, ORIGIN] }],
    ['two sites', { 'sec-fetch-site': ['same-origin', 'cross-site'] }],
  ])('a script of %s', async (_, headers) => {
    const { browser, token } = await begun();
    expectRefused(await browser.postJson(token, headers), 403, 'origin_not_allowed', token);
  });

  it('a script of which nothing says where it is from; but Sec-Fetch-Site alone says it', async () => {
    const { browser, token } = await begun();
    const body = JSON.stringify({ credential: token });
    const headers = { 'content-type': 'application/json' };
    expectRefused(await browser.send('POST', '/signin', headers, body), 403, 'origin_not_allowed', token);
    expect((await browser.send('POST', '/signin', { ...headers, 'sec-fetch-site': 'same-origin' }, body)).status).toBe(200);
  });

  it('JSON in the clothes of a form, which no browser would ask about', async () => {
    const { browser, token } = await begun();
    for (const type of ['text/plain', 'application/jsonp', 'application/json, text/plain', 'multipart/form-data; boundary=a', '']) {
      site.log.length = 0;
      expectRefused(await browser.postJson(token, { 'content-type': type }), 415, 'media_type_not_supported', token);
    }
    site.log.length = 0;
    const types = ['application/json', 'text/plain'];
    expectRefused(await browser.postJson(token, { 'content-type': types }), 415, 'media_type_not_supported', token);
    site.log.length = 0;
    expectRefused(await browser.postJson(token, { 'content-type': FORM }), 403, 'csrf_token_missing', token);
  });
});

describe('replay', () => {
  it('a credential is good once, with the very cookies of that time', async () => {
    const { browser, token } = await begun();
    const stolen = browser.cookie;
    expect((await browser.postJson(token)).status).toBe(200);
    site.log.length = 0;
    const headers = { 'cookie': stolen, 'origin': ORIGIN, 'content-type': 'application/json' };
    const again = await send(`${site.url}/signin`, 'POST', headers, JSON.stringify({ credential: token }));
    expectRefused(again, 403, 'nonce_replayed', token);
    expect(again.cookies.join()).toContain('__Host-session-nonce=; Max-Age=0');
    site.log.length = 0;
    expectRefused(await browser.postJson(token), 403, 'nonce_missing', token);
  });

  it('of a hundred at once, one is signed in', async () => {
    const { browser, token } = await begun();
    const cookie = browser.cookie;
    const all = await Promise.all(Array.from({ length: 100 }, () => browser.postJson(token, { cookie })));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('a nonce is over with its time, whatever the cookie says', async () => {
    const { browser, nonce } = await begun();
    const kept = browser.cookie;
    site.issuer.clock.advance(1200);
    const token = site.issuer.mint({ nonce });
    expectRefused(await browser.postJson(token, { cookie: kept }), 403, 'nonce_missing', token);
  });

  it('a refused token does not use the nonce up', async () => {
    const { browser, token } = await begun();
    expect((await browser.postJson(`${token.slice(0, -8)}AAAAAAAA`)).status).toBe(403);
    expect((await browser.postJson(token)).status).toBe(200);
  });
});

describe('cookies that are not ours', () => {
  it('a session of another secret, name, version, or with one bit changed, is none', async () => {
    const { browser, token } = await begun();
    await browser.postJson(token);
    const value = browser.cookies.get('__Host-session') ?? '';
    const [version = '', payload = '', mac = ''] = value.split('.');
    const other = Buffer.from(JSON.stringify({ sub: '1', acc: 'admin', iat: 0, exp: 9e9 })).toString('base64url');
    const twist = (text: string, at: number): string =>
      text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    // The last character of 43 carries two bits that no octet needs: another spelling of the same MAC is not it.
    const twin = mac.slice(0, -1) + String.fromCharCode((mac.charCodeAt(42)) + 1);
    const forged = [
      `${version}.${other}.${mac}`, `v2.${payload}.${mac}`, `${version}.${payload}.${twist(mac, 0)}`, `${version}.${payload}.${twin}`,
      `${version}.${twist(payload, 5)}.${mac}`, `${version}.${payload}.`, `${version}.${payload}`, `${version}.${payload}.${mac}.`, '',
      `x${value}`, `${version}.${payload}.${mac}=`, 'a'.repeat(4000), `${version}..${mac}`, '__proto__',
    ];
    for (const cookie of forged) {
      expect((await send(`${site.url}/`, 'GET', { cookie: `__Host-session=${cookie}` })).status, cookie).toBe(401);
    }
    expect((await send(`${site.url}/`, 'GET', { cookie: `__Host-session=${value}` })).status).toBe(200);
  });

  it('a nonce cookie does not pass for a session, nor a session for a nonce', async () => {
    const { browser, token } = await begun();
    const nonceValue = browser.cookies.get('__Host-session-nonce') ?? '';
    expect((await send(`${site.url}/`, 'GET', { cookie: `__Host-session=${nonceValue}` })).status).toBe(401);
    await browser.postJson(token);
    const session = browser.cookies.get('__Host-session') ?? '';
    site.log.length = 0;
    const answer = await browser.postJson(token, { cookie: `__Host-session-nonce=${session}` });
    expectRefused(answer, 403, 'nonce_missing', token);
  });

  it('cookie tossing: names without the prefix are not read, and two of one name are none', async () => {
    const { browser, token } = await begun();
    await browser.postJson(token);
    const good = browser.cookies.get('__Host-session') ?? '';
    const tossed = [`session=${good}`, `dev-session=${good}`, `__Secure-session=${good}`, `__host-session=${good}`,
      `__Host-session=${good}; __Host-session=${good}`, `__Host-session=attacker; __Host-session=${good}`];
    for (const cookie of tossed) expect((await send(`${site.url}/`, 'GET', { cookie })).status, cookie).toBe(401);
    // In two Cookie fields, as HTTP/2 may send them.
    expect((await send(`${site.url}/`, 'GET', { cookie: [`__Host-session=${good}`, `__Host-session=${good}`] })).status).toBe(401);
    expect((await send(`${site.url}/`, 'GET', { cookie: ['theme=dark', `__Host-session=${good}`] })).status).toBe(200);
  });

  it('session fixation: who comes with a session leaves with a new one', async () => {
    const attacker = new Browser(site);
    await attacker.postJson(site.issuer.mint({ sub: 'attacker', nonce: await attacker.open() }));
    const planted = attacker.cookies.get('__Host-session') ?? '';
    const { browser, token } = await begun({ sub: 'victim' });
    browser.cookies.set('__Host-session', planted);
    const answer = await browser.postForm(token);
    expect(answer.status).toBe(303);
    expect(browser.cookies.get('__Host-session')).not.toBe(planted);
    expect((await browser.whoami()).body).toBe('victim account-victim');
  });

  it('sixteen kilobytes of them are read through, and ours is found', async () => {
    const { browser, token } = await begun();
    await browser.postJson(token);
    const mine = `__Host-session=${browser.cookies.get('__Host-session')}`;
    const many = Array.from({ length: 1200 }, (_, index) => `c${index}=${index}`).join('; ');
    const cookie = `${many}; ${mine}`.padEnd(15_000);
    expect((await send(`${site.url}/`, 'GET', { cookie })).status).toBe(200);
    // More than Node takes; no answer of ours.
    expect((await send(`${site.url}/`, 'GET', { cookie: `${many.repeat(4)}; ${mine}` })).status).toBe(431);
  });
});

describe('open redirect', () => {
  it.each([
    '//evil.example', '/\\evil.example', '\\/evil.example', 'https://evil.example', 'https:evil.example', 'javascript:alert(1)',
    '/\t/evil.example', '/\n/evil.example', '\t//evil.example', ' //evil.example', '/%0d%0aSet-Cookie:a=b\r\nx', '/.//evil.example',
    '/a/../..//evil.example', '@evil.example', '.evil.example', 'evil', '', '/é', `/${'a'.repeat(1024)}`, '///evil.example', '/../evil',
    '//', 'http://', '//app.example/inbox', 'https://app.example/inbox', '#a', '?a',
  ])('%j is not followed', async (to) => {
    const browser = new Browser(site);
    const answer = await browser.postForm(site.issuer.mint({ nonce: await browser.open(to) }));
    expect([answer.status, answer.headers.location]).toEqual([303, '/']);
  });

  it.each(['/inbox', '/a//b', '/?next=//evil.example', '/a?b=c#d', '/%2F/evil', '/~me/(x)!', `/${'a'.repeat(1023)}`])('%j is', async (to) => {
    const browser = new Browser(site);
    const answer = await browser.postForm(site.issuer.mint({ nonce: await browser.open(to) }));
    expect(answer.headers.location).toBe(to);
  });
});

describe('requests that are none', () => {
  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'])('%s is not answered', async (method) => {
    const answer = await send(`${site.url}/signin`, method, { origin: ORIGIN, 'content-type': FORM });
    expect([answer.status, answer.headers.allow, ...site.log]).toEqual([405, 'POST', 'method_not_allowed']);
    const out = await send(`${site.url}/signout`, method, { origin: ORIGIN });
    expect([out.status, out.headers.allow, out.cookies]).toEqual([405, 'POST', []]);
  });

  it('sign-out by another site, by a sibling, by nobody', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'same-site' }, { origin: 'null' }, {}]) {
      const answer = await send(`${site.url}/signout`, 'POST', headers);
      expect([answer.status, answer.cookies]).toEqual([403, []]);
    }
  });

  it('bodies that are too long: by their own word, in chunks, and on a server that goes on', async () => {
    const { browser, token } = await begun();
    const long = 'a'.repeat(20_000);
    expectRefused(await browser.postJson(long), 413, 'body_too_large', token);
    site.log.length = 0;
    expectRefused(await browser.postForm(long), 413, 'body_too_large', token);
    // Without an end: the answer comes all the same, and the connection closes.
    const { hostname, port } = new URL(site.url);
    const head = `POST /signin HTTP/1.1\r\nHost: a\r\nOrigin: ${ORIGIN}\r\nContent-Type: application/json\r\n`;
    const text = await new Promise<string>((resolve) => {
      let told = '';
      const socket = connect(Number(port), hostname, () => {
        socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
        const more = setInterval(() => socket.write(`400\r\n${'a'.repeat(0x400)}\r\n`), 1);
        socket.once('close', () => {
          clearInterval(more);
          resolve(told);
        });
      });
      socket.on('data', (chunk: Buffer) => (told += chunk.toString()));
      socket.on('error', () => undefined);
    });
    expect(text).toMatch(/^HTTP\/1\.1 413 [^]*\r\nconnection: close\r\n/);
    expect((await browser.postJson(token)).status).toBe(200);
  });

  it.each<[string, string]>([
    ['{', 'not JSON'], ['[]', 'no object'], ['{}', 'no credential'], ['{"credential":1}', 'a number'],
    ['{"credential":"a","credential":"b"}', 'two credentials'], ['\ufeff{"credential":"a"}', 'a byte order mark'], ['', 'nothing'],
  ])('JSON %j, %s', async (body) => {
    const { browser, token } = await begun();
    const answer = await browser.send('POST', '/signin', { 'origin': ORIGIN, 'content-type': 'application/json' }, body);
    expectRefused(answer, 400, 'body_malformed', token);
  });

  it('a form with two credentials, none, or two g_csrf_tokens; and one that is compressed', async () => {
    const { browser, token } = await begun();
    browser.cookies.set('g_csrf_token', 'c0ffee');
    const post = (body: string, more: Fields = {}) =>
      browser.send('POST', '/signin', { 'origin': ORIGIN, 'content-type': FORM, ...more }, body);
    for (const [body, status, code] of [
      [`credential=${token}&credential=${token}&g_csrf_token=c0ffee`, 400, 'body_malformed'],
      ['g_csrf_token=c0ffee', 400, 'body_malformed'],
      [`credential=${token}&g_csrf_token=c0ffee&g_csrf_token=c0ffee`, 403, 'csrf_token_missing'],
    ] as const) {
      site.log.length = 0;
      expectRefused(await post(body), status, code, token);
    }
    site.log.length = 0;
    expectRefused(await post('', { 'content-encoding': 'gzip' }), 415, 'media_type_not_supported', token);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['expired', { exp: 1 }, 'token_expired'], ['for another client', { aud: 'another' }, 'audience_not_allowed'],
    ['of another issuer', { iss: 'https://evil.example' }, 'issuer_not_allowed'],
    ['without a subject', { sub: undefined }, 'claim_missing'],
    ['with an empty subject', { sub: '' }, 'claim_missing'],
    ['with a subject of 256 characters', { sub: 'a'.repeat(256) }, 'claim_invalid'],
  ])('a token that is %s; and the browser is told no more than that', async (_, claims, code) => {
    const { browser, token } = await begun(claims);
    const answer = await browser.postJson(token);
    expectRefused(answer, 403, code, token);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 403, code: 'credential_refused' });
  });
});
