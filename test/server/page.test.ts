/** What src/server/README.md promises, as far as it can be seen without nginx and the frameworks. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { forwardAuth } from '../../src/cli/forward-auth.ts';
import { gateway } from '../../src/cli/gateway.ts';
import { loadOpenApi } from '../../src/esp/index.ts';
import { listenAdmin, type AdminParts } from '../../src/server/admin.ts';
import { DEFAULT_LIMITS } from '../../src/server/limits.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { proxyConfiguration } from '../../src/server/proxy-configuration.ts';
import { PROXIES } from '../../src/server/proxy-contract.ts';
import { bearer, decider, mint, request, verdict } from '../esp/fixtures.ts';
import { blocksOf, PAGE } from './page.ts';
import { createWorld, startAssay, startService } from './world.ts';

/** What the admin port says at /metrics. */
async function metricsPage(): Promise<string> {
  const keys = { ages: () => new Map([['provider', 1]]), missing: () => [], prefetch: () => {} };
  const listener = { connections: () => 1, draining: () => false };
  const admin = await listenAdmin(0, '127.0.0.1', { metrics: createMetrics(), keys, listener } as unknown as AdminParts);
  try {
    return await (await fetch(`${admin.url}/metrics`)).text();
  } finally {
    await admin.drain(0);
  }
}

describe('the page of the servers', () => {
  it.each(['nginx', 'caddy'] as const)('has the configuration that is printed for %s', (proxy) => {
    const terms = { listen: '127.0.0.1:8080', services: ['127.0.0.1:3000'], auth: ['127.0.0.1:9090'], claimHeaders: [] };
    expect(blocksOf(proxy)).toEqual([proxyConfiguration(proxy, terms)]);
  });

  it('names no option that there is not', () => {
    const known = `${gateway.help} ${forwardAuth.help}`;
    // What NODE_OPTIONS says is said to Node.
    const named = [...PAGE.replaceAll(/NODE_OPTIONS=\S+/g, '').matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((option) => !new RegExp(`${option}(?![\\w-])`).test(known))).toEqual([]);
  });

  it('names every metric of the admin port, and no other', async () => {
    const [, watched = ''] = /^\*\*What to watch\*\*([\s\S]*?)^\*\*/m.exec(PAGE) ?? [];
    const named = [...watched.matchAll(/\b(?:assay|process)_[a-z_]+/g)].map(([metric]) => metric);
    const counted = [...(await metricsPage()).matchAll(/^# TYPE (\S+)/gm)].map(([, metric]) => metric);
    expect(counted.length).toBeGreaterThan(9);
    expect([...new Set(named)].sort()).toEqual(counted.sort());
  });

  it.each(PROXIES)('says where %s puts what it asks about, and so does the help', (proxy) => {
    expect(PAGE).toMatch(new RegExp(`^\\| (?:\\w+, )*${proxy}(?:, \\w+)* \\| .* \\| .* \\| .* \\|$`, 'm'));
    expect(forwardAuth.help).toMatch(new RegExp(`^  (?:\\w+, )*${proxy}(?:, \\w+)* {2}`, 'm'));
    expect(forwardAuth.help).toContain(PROXIES.join('|'));
  });

  it('says the limits that there are', () => {
    const { headOctets, headerFields, headTimeout, idleTimeout, upgradedIdle, connections, upstreamConnections } = DEFAULT_LIMITS;
    const [limits = ''] = /^\*\*Limits\.\*\*[\s\S]*?\n\n/m.exec(PAGE) ?? [];
    const said = [...limits.replaceAll(/(?<=\d),(?=\d)/g, '').matchAll(/\d+/g)].map(Number);
    expect(said).toEqual([headOctets / 1024, headerFields, headTimeout, idleTimeout, upgradedIdle, connections, upstreamConnections]);
  });

  it('has lines to try it with, which let a token through and nobody without one', async () => {
    const lines = /^To try it.*\n\n((?: {4}.+\n)+)/m.exec(PAGE)?.[1]?.trimEnd().split('\n').map((line) => line.trim()) ?? [];
    const [issuerLine = '', gatewayLine = '', mintLine = '', askLine = ''] = lines;
    const world = await createWorld();
    try {
      // As the lines have it, but for ports that are free.
      const wordsOf = (line: string): string[] => line.replace(/^assay (.*) &$/, '$1').replace(/--port \d+/, '--port 0').split(' ');
      const { host: service } = await startService(world);
      const issuer = await startAssay(world, wordsOf(issuerLine));
      const gateway = await startAssay(world, wordsOf(gatewayLine.replace('127.0.0.1:3000', service).replace('http://127.0.0.1:8099', issuer.url)));
      const [, type = '', body = ''] = /^TOKEN=\$\(curl -sSH content-type:(\S+) -d '(.*)' http:\/\/127\.0\.0\.1:8099\/mint\)$/.exec(mintLine) ?? [];
      const minted = await fetch(`${issuer.url}/mint`, { method: 'POST', headers: { 'content-type': type }, body });
      const token = (await minted.text()).trim();
      const [, name = '', value = ''] = /^curl -H "(\w+): (.+)" http:\/\/127\.0\.0\.1:8080\/$/.exec(askLine) ?? [];
      const answer = await fetch(gateway.url, { headers: { [name]: value.replace('$TOKEN', token) } });
      expect([answer.status, (await fetch(gateway.url)).status]).toEqual([200, 401]);
    } finally {
      await world.end();
    }
  }, 60_000);

  it('has a document to begin with: one path for those with a token, one for all, and nothing else', async () => {
    const document = JSON.parse(blocksOf('json').join());
    expect(loadOpenApi(document).warnings).toEqual([]);
    const decide = decider(document);
    const codeOf = async (method: string, target: string, ...fields: readonly string[]): Promise<string> =>
      verdict(await decide(request(method, target, ...fields)));
    const token = bearer(mint({ aud: 'my-api' }));
    expect(await codeOf('GET', '/notes/7')).toBe('credentials_missing');
    expect(await codeOf('PUT', '/notes/7', ...token)).toBe('allowed');
    expect(await codeOf('GET', '/status')).toBe('allowed');
    expect(await codeOf('DELETE', '/notes/7', ...token)).toBe('method_not_allowed');
    expect(await codeOf('GET', '/notes', ...token)).toBe('operation_not_found');
  });

  it('names every extension of OpenAPI that is read', () => {
    const sources = ['openapi2', 'openapi3', 'operations']
      .map((name) => readFileSync(new URL(`../../src/esp/${name}.ts`, import.meta.url), 'utf8'));
    const read = [...sources.join().matchAll(/'(x-google-[\w-]*\w)'/g)].map(([, name = '']) => name);
    expect(read.length).toBeGreaterThan(10);
    expect([...new Set(read)].filter((name) => !PAGE.includes(`\`${name}`))).toEqual([]);
  });

  it('links only to what is there', () => {
    const folder = new URL('../../src/server/', import.meta.url);
    const links = [...PAGE.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path);
    expect(links.filter((path) => !existsSync(fileURLToPath(new URL(path, folder))))).toEqual([]);
  });

  it('keeps its recipes short', () => {
    for (const code of blocksOf('ts')) {
      const lines = code.split('\n').filter((line) => line !== '' && !line.startsWith('import '));
      expect(lines.length).toBeLessThanOrEqual(10);
    }
  });
});
