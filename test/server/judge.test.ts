import { afterEach, describe, expect, it, vi } from 'vitest';
import { ESP_LEEWAY, loadOpenApi, readRawHeaders } from '../../src/esp/index.ts';
import { createRemoteKeySet } from '../../src/keys/index.ts';
import { createJudge, type JudgeOptions } from '../../src/server/judge.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { createTestIssuer } from '../../src/testing/index.ts';
import { bearer, definition, document, ISSUER, KEYS, mint, NOW, OTHER_ISSUER, request } from '../esp/fixtures.ts';

const counted: [code: string, seconds: number][] = [];
afterEach(() => void counted.splice(0));

/** A judge whose keys are here, and whose time stands still. */
function judgeWith(options: Partial<JudgeOptions> = {}, doc: object = document()) {
  return createJudge({
    policy: loadOpenApi(doc),
    keys: { keysFor: () => ({ keys: KEYS }), prefetch: () => undefined, missing: () => [], ages: () => new Map() },
    answers: { vocabulary: 'assay', realm: 'api.example' },
    userInfo: { form: 'espv2', claimHeaders: [{ claim: 'name', header: 'x-user-name' }] },
    methodOverride: false,
    keyWait: 1,
    metrics: { ...createMetrics(), countDecision: (code, seconds) => void counted.push([code, seconds]) },
    verifier: { clock: () => NOW },
    ...options,
  });
}

/** The second of three parts, which is what ESPv2 tells the service. */
const payloadOf = (token: string): string => token.split('.')[1] ?? '';

describe('a request that may pass', () => {
  it('goes on with the user, and for no longer than the token and its leeway last', async () => {
    const token = mint({ name: 'Ada', exp: NOW + 100 });
    expect(await judgeWith().judge(request('GET', '/shelves/7', ...bearer(token)))).toStrictEqual({
      allowed: true, method: 'GET', template: '/shelves/{shelf}', until: NOW + 100 + ESP_LEEWAY,
      headers: [['x-endpoint-api-userinfo', payloadOf(token)], ['x-user-name', 'Ada']],
    });
  });

  it('goes on without one where none is wanted, and for as long as it likes', async () => {
    expect(await judgeWith().judge(request('GET', '/open'))).toStrictEqual({ allowed: true, method: 'GET', template: '/open', headers: [] });
  });

  it('has no template where the document does not list it', async () => {
    const { judge } = judgeWith({}, document({ 'x-google-allow': 'all' }));
    expect(await judge(request('GET', '/none'))).toStrictEqual({ allowed: true, method: 'GET', headers: [] });
  });

  it.each([[100, 200], [200, 100]])('with two tokens, of %i s and %i s, may for as long as the first to expire', async (one, two) => {
    const doc = document({ securityDefinitions: {
      one: definition(ISSUER),
      two: definition(OTHER_ISSUER, { 'x-google-jwt-locations': [{ header: 'X-Two' }] }),
      key: { type: 'apiKey', name: 'key', in: 'query' },
    } });
    const tokens = [...bearer(mint({ exp: NOW + one })), 'X-Two', mint({ iss: OTHER_ISSUER, exp: NOW + two })];
    expect(await judgeWith({}, doc).judge(request('GET', '/both', ...tokens)))
      .toMatchObject({ allowed: true, until: NOW + 100 + ESP_LEEWAY });
  });

  it('goes on by another method only where the override is believed', async () => {
    const asked = request('POST', '/shelves', 'X-HTTP-Method-Override', 'GET', ...bearer(mint()));
    expect(await judgeWith().judge(asked)).toMatchObject({ method: 'POST' });
    expect(await judgeWith({ methodOverride: true }).judge(asked)).toMatchObject({ method: 'GET' });
  });
});

describe('a request that may not pass', () => {
  it('gets the code, the whole answer and the template', async () => {
    const { judge } = judgeWith();
    expect(await judge(request('GET', '/shelves'))).toStrictEqual({
      allowed: false, code: 'credentials_missing', template: '/shelves',
      response: { status: 401, headers: expect.arrayContaining([['www-authenticate', 'Bearer realm="api.example"']]), body: expect.any(String) },
    });
    expect(await judge(request('GET', '/none')))
      .toStrictEqual({ allowed: false, code: 'operation_not_found', response: expect.objectContaining({ status: 404 }) });
  });

  it('also where its token is good and the service could not be told of it', async () => {
    const judgement = await judgeWith().judge(request('GET', '/shelves', ...bearer(mint({ name: 'a\nb' }))));
    expect(judgement).toMatchObject({ allowed: false, code: 'claims_not_forwardable', template: '/shelves', response: { status: 401 } });
  });

  it('nor one that was refused before', () => {
    const { refuse } = judgeWith();
    expect(refuse({ code: 'request_refused', method: 'GET', reason: 'the Host is not one' }, request('GET', '/open')))
      .toStrictEqual({ allowed: false, code: 'request_refused', response: expect.objectContaining({ status: 400 }) });
    expect(counted).toEqual([['request_refused', 0]]);
  });
});

describe('a decision', () => {
  it.each([['/open', 'allowed'], ['/shelves', 'credentials_missing']])('on %s is counted as %s, with the seconds that it took', async (path, code) => {
    const { judge } = judgeWith();
    const now = vi.spyOn(performance, 'now').mockReturnValueOnce(1000).mockReturnValueOnce(1250);
    await judge(request('GET', path));
    now.mockRestore();
    expect(counted).toEqual([[code, 0.25]]);
  });

  it('that waits for keys is the one that comes of them, when they come in time', async () => {
    const issuer = createTestIssuer({ issuer: ISSUER, audience: 'api.example', clock: () => NOW });
    const { judge } = judgeWith({
      keys: {
        keysFor: () => ({ keys: createRemoteKeySet(issuer.jwksUri, { fetch: issuer.fetch }) }),
        prefetch: () => undefined, missing: () => [], ages: () => new Map(),
      },
      keyWait: 30,
    });
    expect(await judge(request('GET', '/shelves', ...bearer(issuer.mint())))).toMatchObject({ allowed: true, template: '/shelves' });
  });
});

it('a realm that cannot be written is found when the judge is made', () => {
  expect(() => judgeWith({ answers: { vocabulary: 'assay', realm: 'a"b' } })).toThrow(TypeError);
});

it('a request waits for keys no longer than it may, whatever they do', async () => {
  const issuer = createTestIssuer({ issuer: 'https://issuer.example', audience: 'api.example', clock: () => Date.now() / 1000 });
  const policy = loadOpenApi({
    swagger: '2.0',
    host: 'api.example',
    paths: { '/closed': { get: { security: [{ users: [] }] } } },
    securityDefinitions: { users: { 'type': 'oauth2', 'x-google-issuer': issuer.issuer, 'x-google-jwks_uri': issuer.jwksUri } },
  });
  // Without the patience that a key supply adds: this is the last bound, which holds for all that is waited for together.
  let over = false;
  const keys = createRemoteKeySet(issuer.jwksUri, {
    fetch: () => new Promise(() => undefined), timeout: 5, onEvent: () => void (over = true),
  });
  const metrics = createMetrics();
  const { judge } = createJudge({
    policy,
    keys: { keysFor: () => ({ keys }), prefetch: () => undefined, missing: () => [], ages: () => new Map() },
    answers: { vocabulary: 'assay', realm: 'api.example' },
    userInfo: { form: 'espv2' },
    methodOverride: false,
    keyWait: 0.2,
    metrics,
  });
  const judgement = await judge({
    method: 'GET', target: '/closed', headers: readRawHeaders(['Authorization', `Bearer ${issuer.mint()}`]),
  });
  expect(judgement).toMatchObject({ allowed: false, code: 'keys_unavailable' });
  // The fetch has not even been given up.
  expect(over).toBe(false);
  expect(metrics.render([])).toContain('assay_decisions_total{code="keys_unavailable"} 1');
});
