import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createGoogleIapVerifier,
  createGoogleVerifier,
  createServiceAccountVerifier,
  serviceAccountKeys,
  signServiceAccountAssertion,
} from '../../src/google/index.ts';
import { createTestIssuer } from '../../src/testing/index.ts';
import { certificatePem } from '../../spec-vectors/generate/certificate.ts';
import { jwkSet, privateKey } from '../../spec-vectors/generate/keys.ts';
import { outcome, untyped } from '../keys/issuer.ts';
import { listen, publish, status, type Answer, type LoopbackServer } from '../keys/loopback.ts';
import { mint, NOW } from '../verifier/issuer.ts';

const CLIENT = '1234-abc.apps.googleusercontent.com';
const EMAIL = 'robot@project.iam.gserviceaccount.com';
const clock = (): number => NOW;
const google = { audience: CLIENT, clock };

const idToken = (key = 'rsa-1'): string =>
  mint({ iss: 'https://accounts.google.com', aud: CLIENT, sub: '110248495921238986420' }, key);

const CERTIFICATES = publish({ 'rsa-1': certificatePem('rsa-1', NOW - 86_400, NOW + 86_400) });

/** The URLs that were asked for at Google's hosts, in order. */
let asked: string[] = [];
/** A server of our own that answers in their place. */
let standIn: LoopbackServer;

beforeEach(async () => {
  asked = [];
  standIn = await listen(publish(jwkSet('rsa-1')));
  const real = globalThis.fetch;
  vi.stubGlobal('fetch', async (url: string, init: RequestInit): Promise<Response> => {
    const { hostname } = new URL(url);
    if (!['www.googleapis.com', 'www.gstatic.com'].includes(hostname)) return real(url, init);
    asked.push(url);
    const { status: code, headers, body } = await real(standIn.url, init);
    return new Response(body, { status: code, headers });
  });
  onTestFinished(() => void vi.unstubAllGlobals());
});

const answerWith = (answer: Answer): void => standIn.answerWith(answer);

/** Moves the monotonic clock that a cache has unless it is given another. Returns how to move it on. */
function moveTime(): (seconds: number) => void {
  let moved = 0;
  const now = performance.now.bind(performance);
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => now() + moved);
  onTestFinished(() => void spy.mockRestore());
  return (seconds) => void (moved += seconds * 1000);
}

describe('createGoogleVerifier with an audience alone', () => {
  it('fetches Google\'s keys at the first token, once, and keeps them', async () => {
    const verifier = createGoogleVerifier(google);
    expect(asked).toEqual([]);
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome(verifier.verify(idToken()))));
    expect(new Set(outcomes)).toEqual(new Set(['accepted']));
    expect(await outcome(() => verifier.verifySync(idToken()))).toBe('accepted');
    expect(asked).toEqual(['https://www.googleapis.com/oauth2/v3/certs']);
  });

  it('needs no clock', async () => {
    const now = Math.floor(Date.now() / 1000);
    const token = mint({ iss: 'accounts.google.com', aud: CLIENT, iat: now, exp: now + 3600 });
    const { claims, key } = await createGoogleVerifier({ audience: CLIENT }).verify(token);
    expect(claims).toMatchObject({ iss: 'accounts.google.com', sub: 'user-1' });
    expect(key).toEqual({ kid: 'rsa-1', alg: 'RS256' });
  });

  it('keeps them for an hour when Google says nothing', async () => {
    const advance = moveTime();
    const verifier = createGoogleVerifier(google);
    expect(await outcome(verifier.verify(idToken()))).toBe('accepted');
    answerWith(publish(jwkSet('rsa-2')));
    advance(0.8 * 3600 - 60);
    expect(await outcome(verifier.verify(idToken()))).toBe('accepted');
    expect(asked).toHaveLength(1);
    advance(0.2 * 3600 + 60);
    expect(await outcome(verifier.verify(idToken('rsa-2')))).toBe('accepted');
    expect(await outcome(verifier.verify(idToken()))).not.toBe('accepted');
    expect(asked.length).toBeGreaterThanOrEqual(2);
  });

  it('keeps them for as long as Google says', async () => {
    const advance = moveTime();
    const cacheControl = 'public, max-age=22000, must-revalidate, no-transform';
    answerWith(publish(jwkSet('rsa-1'), { 'cache-control': cacheControl, age: '2000' }));
    const verifier = createGoogleVerifier(google);
    expect(await outcome(verifier.verify(idToken()))).toBe('accepted');
    advance(0.8 * 20_000 - 60);
    expect(await outcome(verifier.verify(idToken()))).toBe('accepted');
    expect(asked).toHaveLength(1);
    advance(120);
    expect(await outcome(verifier.verify(idToken()))).toBe('accepted');
    expect(asked).toHaveLength(2);
  });

  it('lives through an outage of 59 minutes past that hour, and of no more than an hour', async () => {
    const advance = moveTime();
    const verifier = createGoogleVerifier(google);
    expect(await outcome(verifier.verify(idToken()))).toBe('accepted');
    answerWith(status(503));
    advance(3600 + 59 * 60);
    expect(await outcome(verifier.verify(idToken()))).toBe('accepted');
    advance(120);
    expect(await outcome(verifier.verify(idToken()))).toBe('keys_unavailable');
  });

  it('picks a rotation up with the first token that needs it', async () => {
    const verifier = createGoogleVerifier(google);
    expect(await outcome(verifier.verify(idToken()))).toBe('accepted');
    answerWith(publish(jwkSet('rsa-1', 'rsa-2')));
    expect(await outcome(verifier.verify(idToken('rsa-2')))).toBe('accepted');
    expect(asked).toHaveLength(2);
  });

  it('fetches anew by force, and refuses where that fails', async () => {
    const verifier = createGoogleVerifier(google);
    expect(await outcome(verifier.verify(idToken(), { forceKeyRefresh: true }))).toBe('accepted');
    expect(asked).toHaveLength(1);
    const advance = moveTime();
    advance(2);
    answerWith(status(500));
    expect(await outcome(verifier.verify(idToken(), { forceKeyRefresh: true }))).toBe('keys_unavailable');
    expect(await outcome(verifier.verify(idToken()))).toBe('accepted');
    expect(asked).toHaveLength(2);
  });

  it('shares nothing with another verifier', async () => {
    await createGoogleVerifier(google).verify(idToken());
    expect(await outcome(() => createGoogleVerifier(google).verifySync(idToken()))).toBe('keys_unavailable');
  });

  it('fetches nothing for a token that could not be Google\'s', async () => {
    const verifier = createGoogleVerifier(google);
    expect(await outcome(verifier.verify(mint({}, 'ec-1')))).toBe('algorithm_not_allowed');
    expect(await outcome(verifier.verify('a.b'))).toBe('malformed_compact');
    expect(asked).toEqual([]);
  });
});

describe('the map of X.509 certificates', () => {
  it('is the other form of the same keys', async () => {
    answerWith(CERTIFICATES);
    const verifier = createGoogleVerifier({ ...google, keyFormat: 'x509' });
    expect(await outcome(verifier.verify(idToken()))).toBe('accepted');
    expect(await outcome(verifier.verify(idToken('rsa-2')))).toBe('key_not_found');
    expect(new Set(asked)).toEqual(new Set(['https://www.googleapis.com/oauth2/v1/certs']));
  });

  it('serves within the dates of each certificate', async () => {
    const [past, present] = [certificatePem('rsa-1', NOW - 86_400, NOW - 1), certificatePem('rsa-2', NOW - 1, NOW + 1)];
    answerWith(publish({ 'rsa-1': past, 'rsa-2': present }));
    const verifier = createGoogleVerifier({ ...google, keyFormat: 'x509' });
    expect(await outcome(verifier.verify(idToken()))).toBe('key_unusable');
    expect(await outcome(verifier.verify(idToken('rsa-2')))).toBe('accepted');
  });

  it.each([[{ error: 'x' }], [{ 'rsa-1': 'no PEM' }], [{}]])('is refused where it holds none: %j', async (document) => {
    answerWith(publish(document));
    const verifier = createGoogleVerifier({ ...google, keyFormat: 'x509' });
    expect(await outcome(verifier.verify(idToken()))).toBe('keys_unavailable');
  });

  it('is an option of two values, beside keys of none', () => {
    const wrong = ['pem', '', 'JWK', null, undefined, 1].map((keyFormat) => ({ keyFormat }));
    for (const options of [...wrong, { keyFormat: 'x509', keys: serviceAccountKeys(EMAIL) }]) {
      expect(() => createGoogleVerifier(untyped({ ...google, ...options }))).toThrow(TypeError);
    }
  });
});

describe('the Identity-Aware Proxy', () => {
  it('has keys of its own, for ES256', async () => {
    answerWith(publish(jwkSet('ec-1')));
    const verifier = createGoogleIapVerifier({ audience: '/projects/1/apps/p', clock });
    const claims = { iss: 'https://cloud.google.com/iap', aud: '/projects/1/apps/p' };
    expect(await outcome(verifier.verify(mint(claims, 'rsa-1')))).toBe('algorithm_not_allowed');
    expect(asked).toEqual([]);
    expect(await outcome(verifier.verify(mint(claims, 'ec-1')))).toBe('accepted');
    expect(asked).toEqual(['https://www.gstatic.com/iap/verify/public_key-jwk']);
  });
});

describe('the keys of a service account', () => {
  const BASE = 'https://www.googleapis.com/service_accounts/v1';

  it('are at an address made of its e-mail address, in either form', () => {
    const encoded = 'robot%40project.iam.gserviceaccount.com';
    expect(serviceAccountKeys(EMAIL).url).toBe(`${BASE}/jwk/${encoded}`);
    expect(serviceAccountKeys(EMAIL, { format: 'jwk' }).url).toBe(`${BASE}/jwk/${encoded}`);
    expect(serviceAccountKeys(EMAIL, { format: 'x509' }).url).toBe(`${BASE}/metadata/x509/${encoded}`);
  });

  // Google's reference of the IAM Credentials API, signJwt: https://www.googleapis.com/service_accounts/v1/metadata/x509/{ACCOUNT_EMAIL}
  it.each(['jwk', 'x509'] as const)('are where the local issuer publishes them too: %s', async (format) => {
    const issuer = createTestIssuer({ issuer: EMAIL, clock });
    const token = issuer.mint({ aud: 'my-api', sub: EMAIL });
    const keys = serviceAccountKeys(EMAIL, { format, fetch: issuer.fetch });
    const verifier = createServiceAccountVerifier({ email: EMAIL, audience: 'my-api', keys, clock });
    expect(await outcome(verifier.verify(token))).toBe('accepted');
  });

  it.each([
    ['a%2f..@b.example', 'a%252f..%40b.example'],
    ['..@..', '..%40..'],
    ['a&b=c;d@b.example', 'a%26b%3Dc%3Bd%40b.example'],
    ['a\\b@b.example', 'a%5Cb%40b.example'],
    ['jö@b.example', 'j%C3%B6%40b.example'],
  ])('are nowhere else, whatever the e-mail address holds: %s', (email, encoded) => {
    expect(serviceAccountKeys(email).url).toBe(`${BASE}/jwk/${encoded}`);
  });

  it('are those of nothing that is no e-mail address', () => {
    const texts = ['', 'robot', '@', 'a@', '@b', 'a@b@c', 'a/../b@c.example', 'a@c.example/x', 'a@c.example?x'];
    const others = ['a@c.example#x', 'a b@c.example', 'a@c.example\n', undefined, null, 1, [EMAIL], {}];
    for (const email of [...texts, ...others]) {
      expect(() => serviceAccountKeys(untyped(email)), String(email)).toThrow(TypeError);
    }
  });

  it('take the options of every key set, and a form', async () => {
    for (const options of [{ format: 'pem' }, { format: undefined }, { format: null }, { fromat: 'jwk' }]) {
      expect(() => serviceAccountKeys(EMAIL, untyped(options)), JSON.stringify(options)).toThrow(TypeError);
    }
    const seen: string[] = [];
    const keys = serviceAccountKeys(EMAIL, { format: 'x509', onEvent: ({ type }) => void seen.push(type) });
    answerWith(CERTIFICATES);
    await keys.load();
    expect(seen).toEqual(['fetched']);
  });
});

describe('createServiceAccountVerifier', () => {
  const ACCOUNT = { email: EMAIL, privateKey: privateKey('rsa-1'), keyId: 'rsa-1' };
  const assertion = (more: object = {}): string =>
    signServiceAccountAssertion({ ...ACCOUNT, audience: 'my-api', clock, subject: EMAIL, ...more });

  it('fetches the keys of that account', async () => {
    const verifier = createServiceAccountVerifier({ email: EMAIL, audience: 'my-api', clock });
    expect(await outcome(verifier.verify(assertion()))).toBe('accepted');
    expect(asked).toEqual([serviceAccountKeys(EMAIL).url]);
  });

  it('holds the account to speak for itself', async () => {
    const verifier = createServiceAccountVerifier({ email: EMAIL, audience: 'my-api', clock });
    expect(await outcome(verifier.verify(assertion({ subject: 'admin@example.com' })))).toBe('subject_mismatch');
    expect(await outcome(verifier.verify(mint({ iss: EMAIL, sub: undefined, aud: 'my-api' })))).toBe('claim_missing');
    const byAnother = assertion({ email: 'other@project.iam.gserviceaccount.com' });
    expect(await outcome(verifier.verify(byAnother))).toBe('issuer_not_allowed');
    expect(new Set(asked).size).toBe(1);
  });
});
