import { expect, it } from 'vitest';
import { loadOpenApi, readRawHeaders } from '../../src/esp/index.ts';
import { createRemoteKeySet } from '../../src/keys/index.ts';
import { createJudge } from '../../src/server/judge.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { createTestIssuer } from '../../src/testing/index.ts';

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
