import { describe, expect, it } from 'vitest';
import { readRawHeaders, type EspRequest } from '../../src/esp/index.ts';
import { PROXIES, readAskedRequest, type ProxyName } from '../../src/server/proxy-contract.ts';

/** What a proxy asks, with a request line of its own that is about something else. */
const asking = (fields: readonly string[]): EspRequest =>
  ({ method: 'HEAD', target: '/asking', headers: readRawHeaders(fields), scheme: 'http', host: 'assay' });

const NAMES: readonly (readonly [ProxyName, string, string])[] = [
  ['nginx', 'X-Original-Method', 'X-Original-URI'],
  ['caddy', 'X-Forwarded-Method', 'X-Forwarded-Uri'],
  ['traefik', 'X-Forwarded-Method', 'X-Forwarded-Uri'],
];

it('there are four proxies', () => {
  expect(PROXIES).toEqual([...NAMES.map(([proxy]) => proxy), 'envoy']);
});

describe.each(NAMES)('%s', (proxy, methodName, targetName) => {
  it('asks about the request in its two fields; the rest is as it came', () => {
    const sent = asking([methodName, 'PUT', targetName, '/a?b', 'Authorization', 'c']);
    expect(readAskedRequest(proxy, sent)).toEqual({ ok: true, request: { ...sent, method: 'PUT', target: '/a?b' } });
  });

  const [method, target] = [[methodName, 'PUT'], [targetName, '/a']] as const;
  it.each<[string, readonly string[], string]>([
    ['no method', [...target], methodName],
    ['an empty method', [methodName, '', ...target], methodName],
    ['two methods', [...method, ...method, ...target], methodName],
    ['an empty method and another', [methodName, '', ...method, ...target], methodName],
    ['no target', [...method], targetName],
    ['an empty target', [...method, targetName, ''], targetName],
    ['two targets', [...method, ...target, ...target], targetName],
    ['neither', [], methodName],
  ])('is set up otherwise where it sends %s', (_, fields, name) => {
    expect(readAskedRequest(proxy, asking(fields))).toEqual({ ok: false, reason: `${proxy} is expected to say ${name.toLowerCase()}, once` });
  });
});

it('envoy asks about its own request, whatever a client has put into the others\' fields', () => {
  const sent = asking(NAMES.flatMap(([, method, target]) => [method, 'PUT', target, '/a']));
  expect(readAskedRequest('envoy', sent)).toEqual({ ok: true, request: sent });
});
