/** What src/server/README.md promises, as far as it can be seen without nginx and the frameworks. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { forwardAuth } from '../../src/cli/forward-auth.ts';
import { gateway } from '../../src/cli/gateway.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { proxyConfiguration } from '../../src/server/proxy-configuration.ts';
import { blocksOf, PAGE } from './page.ts';

describe('the page of the servers', () => {
  it.each(['nginx', 'caddy'] as const)('has the configuration that is printed for %s', (proxy) => {
    const terms = { listen: '127.0.0.1:8080', services: ['127.0.0.1:3000'], auth: ['127.0.0.1:9090'], claimHeaders: [] };
    expect(blocksOf(proxy)).toEqual([proxyConfiguration(proxy, terms)]);
  });

  it('names no option that there is not', () => {
    const known = `${gateway.help} ${forwardAuth.help}`;
    const named = [...PAGE.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((option) => !new RegExp(`${option}(?![\\w-])`).test(known))).toEqual([]);
  });

  it('names no metric that there is not', () => {
    const known = createMetrics().render([]);
    const named = [...PAGE.matchAll(/\bassay_[a-z_]+/g)].map(([metric]) => metric).filter((metric) => !/^assay_x_/.test(metric));
    // Gauges, which the admin port adds; and the name of a variable of nginx's.
    const gauges = ['assay_key_set_age_seconds', 'assay_connections'];
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((metric) => !known.includes(metric) && !gauges.includes(metric))).toEqual([]);
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
