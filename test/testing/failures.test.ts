import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKeySet, JwtError } from '../../src/jose/index.ts';
import {
  createFakeClock,
  createTestIssuer,
  FAILURE_MODES,
  type ListeningIssuer,
  type Publication,
} from '../../src/testing/index.ts';
import { createVerifier } from '../../src/verifier/index.ts';

const issuer = createTestIssuer({ alg: 'EdDSA', clock: createFakeClock(1_700_000_000) });

let server: ListeningIssuer;
beforeAll(async () => {
  server = await issuer.listen();
});
afterAll(() => server.close());
beforeEach(() => issuer.fail('none'));

/** The same answers, whichever way they come. */
interface Way {
  readonly get: typeof globalThis.fetch;
  readonly places: () => Publication;
}

const WAYS: readonly [string, Way][] = [
  ['through fetch', { get: issuer.fetch, places: () => issuer }],
  ['through the server', { get: globalThis.fetch, places: () => server }],
];

describe.each(WAYS)('%s', (_, { get, places }) => {
  const names = ['jwksUri', 'certificatesUri', 'discoveryUri'] as const;

  test('all is well', async () => {
    const uris = names.map((name) => places()[name]);
    const before = issuer.requests.length;
    for (const uri of uris) {
      const response = await get(uri);
      expect(response.status).toBe(200);
      expect(response.url).toBe(uri);
      expect(response.redirected).toBe(false);
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('public, max-age=3600');
      await response.arrayBuffer();
    }
    expect(issuer.requests.slice(before)).toEqual(uris.map((url) => ({ url, at: issuer.clock() })));
  });

  test('the served documents are the published ones', async () => {
    expect(await (await get(places().jwksUri)).json()).toEqual(issuer.jwks);
    expect(await (await get(places().certificatesUri)).json()).toEqual(issuer.certificates);
    expect(await (await get(places().discoveryUri)).json()).toMatchObject({
      issuer: places().issuer,
      jwks_uri: places().jwksUri,
    });
  });

  test('nothing is anywhere else', async () => {
    const response = await get(`${new URL(places().jwksUri).origin}/elsewhere`);
    expect(response.status).toBe(404);
    expect(response.ok).toBe(false);
  });

  test('only GET is answered', async () => {
    const before = issuer.requests.length;
    const response = await get(places().jwksUri, { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET');
    expect(issuer.requests).toHaveLength(before);
  });

  test('down', async () => {
    issuer.fail('down');
    const before = issuer.requests.length;
    for (const name of names) await expect(get(places()[name])).rejects.toThrow(TypeError);
    expect(issuer.requests.length).toBeGreaterThanOrEqual(before + 3);
  });

  test('hang, until aborted, with the reason of the signal', async () => {
    issuer.fail('hang');
    const answered = get(places().jwksUri, { signal: AbortSignal.timeout(50) });
    await expect(answered).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('drip: an octet at a time, slowly, until aborted', async () => {
    issuer.fail('drip');
    const abort = new AbortController();
    const started = performance.now();
    const response = await get(places().jwksUri, { signal: abort.signal });
    expect(response.status).toBe(200);
    const reason = new Error('enough');
    let octets = 0;
    const read = (async () => {
      for await (const chunk of response.body ?? []) {
        octets += chunk.length;
        if (octets >= 3) abort.abort(reason);
      }
    })();
    await expect(read).rejects.toBe(reason);
    // Three octets are 300 ms; a timer may fire a little early.
    expect(performance.now() - started).toBeGreaterThan(250);
    expect(octets).toBeLessThan(JSON.stringify(issuer.jwks).length / 2);
  });

  test('error: 500, and a body that would do', async () => {
    issuer.fail('error');
    const response = await get(places().jwksUri);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual(issuer.jwks);
  });

  test('garbage: 200, and not JSON', async () => {
    issuer.fail('garbage');
    for (const name of names) {
      const response = await get(places()[name]);
      expect(response.status).toBe(200);
      const text = await response.text();
      expect(text).not.toBe('');
      expect(() => JSON.parse(text)).toThrow(SyntaxError);
    }
  });

  test('wrong-keys: the right IDs, and keys that nothing of ours was signed with', async () => {
    issuer.fail('wrong-keys');
    for (const name of ['jwksUri', 'certificatesUri'] as const) {
      const document = (await (await get(places()[name])).json()) as object;
      const keys = createKeySet(document);
      expect(keys.keys.map((key) => key.kid)).toEqual([issuer.kid]);
      const verifier = createVerifier({
        issuer: issuer.issuer,
        audience: issuer.audience,
        algorithms: ['EdDSA'],
        keys,
        clock: issuer.clock,
      });
      expect(() => verifier.verifySync(issuer.mint())).toThrow(JwtError);
      expect(() => verifier.verifySync(issuer.mint())).toThrow(/signature/);
      // The keys are usable, and somebody's: only the name is wrong.
      verifier.verifySync(issuer.mint({}, { key: 'unpublished', kid: issuer.kid }));
    }
    expect(await (await get(places().discoveryUri)).json()).toMatchObject({ issuer: places().issuer });
  });

  test('empty', async () => {
    issuer.fail('empty');
    expect(await (await get(places().jwksUri)).json()).toEqual({ keys: [] });
    expect(await (await get(places().certificatesUri)).json()).toEqual({});
    expect(await (await get(places().discoveryUri)).json()).toEqual({});
  });

  test('redirect, taken in each of the three ways', async () => {
    issuer.fail('redirect');
    const uri = places().jwksUri;
    const followed = await get(uri);
    expect(followed).toMatchObject({ status: 200, redirected: true, url: `${uri}?moved` });
    expect(await followed.json()).toEqual(issuer.jwks);
    const seen = await get(uri, { redirect: 'manual' });
    expect(seen.status).toBe(302);
    expect(seen.headers.get('location')).toBe(`${uri}?moved`);
    await expect(get(uri, { redirect: 'error' })).rejects.toThrow(TypeError);
  });

  test('huge: more than anyone should read, and nothing is read after a cancel', async () => {
    issuer.fail('huge');
    const response = await get(places().jwksUri);
    expect(response.headers.has('content-length')).toBe(false);
    let length = 0;
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > 1_000_000) break;
    }
    expect(length).toBeGreaterThan(1_000_000);
  });

  test.each(FAILURE_MODES.filter((mode) => mode !== 'none'))('recovers from %s', async (mode) => {
    issuer.fail(mode);
    issuer.fail('none');
    expect(await (await get(places().jwksUri)).json()).toEqual(issuer.jwks);
  });
});

describe('fetch', () => {
  test('a signal that has aborted is asked first', async () => {
    const before = issuer.requests.length;
    const reason = new Error('enough');
    await expect(issuer.fetch(issuer.jwksUri, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(issuer.requests).toHaveLength(before);
  });

  test('takes a URL and a Request, and the signal of a Request', async () => {
    expect((await issuer.fetch(new URL(issuer.jwksUri))).status).toBe(200);
    expect((await issuer.fetch(new Request(issuer.jwksUri))).status).toBe(200);
    expect((await issuer.fetch(new Request(issuer.jwksUri, { method: 'POST' }))).status).toBe(405);
    issuer.fail('hang');
    const request = new Request(issuer.jwksUri, { signal: AbortSignal.timeout(20) });
    await expect(issuer.fetch(request)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('down is a refused connection', async () => {
    issuer.fail('down');
    await expect(issuer.fetch(issuer.jwksUri)).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  test('a huge body is the right document after all', async () => {
    issuer.fail('huge');
    const response = await issuer.fetch(issuer.jwksUri);
    const text = await response.text();
    expect(text.length).toBeGreaterThan(64 * 1024 * 1024);
    expect(JSON.parse(text)).toEqual(issuer.jwks);
  });

  test('the last ten thousand requests are remembered', async () => {
    const busy = createTestIssuer({ alg: 'EdDSA', clock: createFakeClock(0) });
    await busy.fetch(busy.discoveryUri);
    for (let i = 0; i < 10_000; i++) await busy.fetch(busy.jwksUri);
    expect(busy.requests).toHaveLength(10_000);
    expect(busy.requests[0]).toEqual({ url: busy.jwksUri, at: 0 });
    expect(Object.isFrozen(busy.requests)).toBe(true);
  });

  test('reaches no address but the issuer\'s', async () => {
    for (const uri of [server.jwksUri, `${issuer.jwksUri}/`, 'http://www.googleapis.com/oauth2/v3/certs']) {
      expect((await issuer.fetch(uri)).status).toBe(404);
    }
  });
});
