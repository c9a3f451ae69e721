import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createGoogleVerifier } from '../../../src/google/index.ts';
import { createSignIn, type SignInOptions } from '../../../src/server/index.ts';
import { formatSignInRefusal } from '../../../src/server/sign-in/answers.ts';
import { createUsedNonces } from '../../../src/server/sign-in/used-nonces.ts';
import { createTestIssuer } from '../../../src/testing/index.ts';
import { createVerifier } from '../../../src/verifier/index.ts';
import { SECRET } from './site.ts';

const issuer = createTestIssuer();
const good: SignInOptions = {
  verifier: createGoogleVerifier({ audience: issuer.audience, keys: issuer.keys }),
  origin: 'https://app.example',
  secrets: [SECRET],
  findAccount: (sub) => sub,
  sessionVersion: null,
};
const create = (changes: Record<string, unknown>) => () => createSignIn({ ...good, ...changes } as SignInOptions);

describe('createSignIn', () => {
  it('takes what is good', () => {
    expect(create({})).not.toThrow();
    expect(create({ secrets: Array.from({ length: 8 }, () => SECRET) })).not.toThrow();
    expect(create({ origin: 'http://127.0.0.1:8080', allowLoopbackHttp: true })).not.toThrow();
    expect(create({ origin: 'http://[::1]:8080', allowLoopbackHttp: true })).not.toThrow();
    expect(create({ origin: 'http://127.10.200.30', allowLoopbackHttp: true })).not.toThrow();
  });

  it.each(['verifier', 'origin', 'secrets', 'findAccount', 'sessionVersion'])('needs %s', (name) => {
    const { [name as keyof SignInOptions]: _, ...rest } = good;
    expect(() => createSignIn(rest as SignInOptions)).toThrow(TypeError);
    expect(create({ [name]: undefined })).toThrow(TypeError);
  });

  it.each<[string, unknown]>([
    ['verifier', {}], ['verifier', createVerifier({ issuer: 'https://a.example', audience: 'a', keys: issuer.keys })],
    ['origin', 'https://app.example/'], ['origin', 'https://APP.example'], ['origin', 'app.example'], ['origin', 'http://app.example'],
    ['origin', 'http://localhost:3000'], ['origin', 'https://app.example:443'], ['origin', 'null'], ['origin', 'file:///'],
    ['secrets', []], ['secrets', SECRET], ['secrets', [SECRET.subarray(1)]], ['secrets', ['a'.repeat(43)]],
    ['secrets', [SECRET, undefined]],
    ['secrets', [, SECRET]], ['secrets', [Buffer.alloc(32)]], ['secrets', Array.from({ length: 9 }, () => SECRET)],
    ['findAccount', 'sub'], ['sessionVersion', 1], ['sessionLifetime', 59], ['sessionLifetime', 401 * 86_400], ['sessionLifetime', '600'],
    ['nonceLifetime', 59], ['nonceLifetime', 86_401], ['afterSignIn', 'https://evil.example'], ['afterSignIn', '//evil'],
    ['afterSignOut', 'a'],
    ['cookieName', ''], ['cookieName', 'a b'], ['cookieName', 'a=b'], ['allowLoopbackHttp', 'yes'], ['useNonce', {}], ['clock', 5],
    ['sessionLifeTime', 600], ['origin', 7],
  ])('refuses %s %j', (name, value) => {
    expect(create({ [name]: value })).toThrow(TypeError);
    expect(create({ [name]: value })).toThrow(name === 'sessionLifeTime' ? 'createSignIn: unknown option' : `"${name}`);
  });

  it('takes http for this machine alone, even with allowLoopbackHttp', () => {
    for (const origin of ['http://app.example', 'http://10.0.0.1', 'http://127.0.0.1.evil.example', 'http://localhost.evil.example',
      'http://evil-localhost', 'ftp://localhost', 'http://127.0.0.1234']) {
      expect(create({ origin, allowLoopbackHttp: true }), origin).toThrow(TypeError);
    }
  });
});

describe('a verifier', () => {
  const [verify, tryVerifySync] = [async () => undefined, () => undefined];

  it.each([undefined, null, {}, { verify }, { tryVerifySync }, 7])('that is none is named: %o', (verifier) => {
    expect(create({ verifier: verifier ?? undefined })).toThrow('"verifier"');
    if (verifier !== undefined) expect(create({ verifier })).toThrow(new TypeError('"verifier" is required: see createGoogleVerifier'));
  });

  it('that knows no nonce is refused before anybody signs in, and says why', () => {
    const verifier = createVerifier({ issuer: 'https://a.example', audience: 'a', keys: issuer.keys });
    const words = '"verifier" expected one that can bind a token to a nonce: see createGoogleVerifier';
    expect(create({ verifier })).toThrow(expect.objectContaining({ message: words, cause: expect.any(TypeError) }));
  });
});

describe('the answer when no more nonces can be remembered', () => {
  it.each(['form', 'json'] as const)('to a %s asks to come back', (mode) => {
    const { status, headers, body } = formatSignInRefusal('nonces_exhausted', mode);
    expect([status, new Map(headers).get('retry-after')]).toEqual([503, '30']);
    expect(body).toContain('Too many people are signing in.');
  });
});

describe('the memory of used nonces', () => {
  it('forgets what has expired, and nothing else', () => {
    const nonces = createUsedNonces(2);
    expect(nonces.use('a', 10, 0)).toBe('first');
    expect(nonces.use('a', 10, 9)).toBe('again');
    expect(nonces.use('b', 20, 9)).toBe('first');
    expect(nonces.use('c', 20, 9.5)).toBe('full');
    expect(nonces.use('c', 20, 10)).toBe('first');
    expect(nonces.use('b', 20, 10)).toBe('again');
  });
});

describe('a body that another has read, or that is given', () => {
  const signIn = createSignIn({ ...good, clock: issuer.clock });
  const headers = { 'content-type': 'application/json', 'origin': 'https://app.example' };

  it('is a mistake where it was parsed', async () => {
    await expect(signIn.complete({ method: 'POST', headers, body: { credential: 'a' } })).rejects.toThrow(/before any parser/);
    // As Fastify leaves it: read, and nothing beside it.
    const octets = Readable.from([Buffer.from('{"credential":"a"}')]);
    for await (const _ of octets) continue;
    await expect(signIn.complete(Object.assign(octets, { method: 'POST', headers }))).rejects.toThrow(/before any parser/);
  });

  it('is taken as octets, or as a stream of them', async () => {
    const octets = Buffer.from('{"credential":"a"}');
    for (const body of [octets, new Response(octets).body]) {
      expect(await signIn.complete({ method: 'POST', headers, body })).toMatchObject({ signedIn: false, code: 'nonce_missing' });
    }
    expect(await signIn.complete({ method: 'POST', headers })).toMatchObject({ code: 'body_malformed' });
  });

  it('of a fetch-style handler, from the button to the session and out again', async () => {
    const google = createGoogleVerifier({ audience: issuer.audience, keys: issuer.keys, clock: issuer.clock });
    const { begin, complete, readSession, signOut } = createSignIn({ ...good, verifier: google, clock: issuer.clock });
    const page = begin(new Request('https://app.example/login'));
    const nonceCookie = String(page.headers.find(([name]) => name === 'set-cookie')?.[1]);
    const request = new Request('https://app.example/signin', {
      method: 'POST',
      headers: { ...headers, cookie: nonceCookie.slice(0, nonceCookie.indexOf(';')) },
      body: JSON.stringify({ credential: issuer.mint({ nonce: page.nonce }) }),
    });
    const result = await complete(request);
    const answer = new Response(result.response.body, {
      status: result.response.status,
      headers: result.response.headers.flatMap(([name, value]) => [value].flat().map((one) => [name, one] as [string, string])),
    });
    expect([answer.status, answer.headers.getSetCookie().length]).toEqual([200, 2]);
    const cookie = (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
    const session = await readSession(new Request('https://app.example/', { headers: { cookie } }));
    expect(session).toMatchObject({ account: '110169484474386276334' });
    const leaving = new Request('https://app.example/signout', { method: 'POST', headers: { origin: 'https://app.example' } });
    expect(signOut(leaving).status).toBe(303);
  });
});
