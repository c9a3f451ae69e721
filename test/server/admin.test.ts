import { afterAll, describe, expect, it, vi } from 'vitest';
import { listenAdmin, type AdminParts } from '../../src/server/admin.ts';
import type { Listener } from '../../src/server/listener.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { dial } from './raw.ts';

/** A busy machine takes its time. */
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000 });

let [draining, prefetched]: [boolean, number] = [false, 0];
let missing: readonly string[] = [];
const metrics = createMetrics();
const parts: AdminParts = {
  metrics,
  keys: {
    keysFor: () => {
      throw new Error('nobody asks for keys here');
    },
    prefetch: () => void (prefetched += 1),
    missing: () => missing,
    ages: () => new Map([['users', 12.5], ['partners', 3]]),
  },
  listener: { draining: () => draining, connections: () => 7 },
};

/** Opened by the first test that asks it: one that cannot be opened is then a test that fails. */
let opened: Promise<Listener> | undefined;
const admin = (): Promise<Listener> => (opened ??= listenAdmin(0, '127.0.0.1', parts));
afterAll(async () => (await opened)?.drain(0));

async function page(path: string, method = 'GET') {
  const response = await fetch(`${(await admin()).url}${path}`, { method });
  return { status: response.status, text: await response.text(), headers: Object.fromEntries(response.headers) };
}

const TEXT = 'text/plain; charset=utf-8';

describe('the admin port', () => {
  it.each([
    ['GET', '/healthz', 200, 'ok\n'],
    ['GET', '/readyz', 200, 'ready\n'],
    ['GET', '/', 404, 'there are /healthz, /readyz and /metrics\n'],
    ['GET', '/healthz?a', 404, 'there are /healthz, /readyz and /metrics\n'],
    ['POST', '/healthz', 405, 'GET only\n'],
    ['DELETE', '/metrics', 405, 'GET only\n'],
  ])('%s %s is %i', async (method, path, status, text) => {
    const headers = { 'content-type': TEXT, 'cache-control': 'no-store', 'content-length': String(text.length) };
    expect(await page(path, method)).toMatchObject({ status, text, headers });
  });

  it('answers HEAD as GET, less the content', async () => {
    expect(await page('/healthz', 'HEAD')).toMatchObject({ status: 200, text: '', headers: { 'content-type': TEXT, 'content-length': '3' } });
    expect(await page('/none', 'HEAD')).toMatchObject({ status: 404, text: '' });
  });
});

it('the admin port has room for 64 connections, and cuts what comes beyond', async () => {
  const own = await listenAdmin(0, '127.0.0.1', parts);
  const sockets = await Promise.all(Array.from({ length: 70 }, async () => (await dial(own.url)).resume()));
  await soon(() => expect(sockets.filter(({ readyState }) => readyState === 'open')).toHaveLength(64));
  for (const socket of sockets) socket.destroy();
  await own.drain(0);
});

describe('who is ready', () => {
  it('has had the keys of every provider; until then each question has them asked for', async () => {
    missing = ['users', 'partners'];
    expect(await page('/readyz')).toMatchObject({ status: 503, text: 'no keys yet: users, partners\n', headers: { 'content-type': TEXT } });
    expect(prefetched).toBe(1);
    missing = [];
    expect(await page('/readyz')).toMatchObject({ status: 200 });
    expect(prefetched).toBe(1);
  });

  it('is not about to end, whatever keys there are', async () => {
    draining = true;
    missing = ['users'];
    expect(await page('/readyz')).toMatchObject({ status: 503, text: 'draining\n', headers: { 'content-type': TEXT } });
    expect(prefetched).toBe(1);
    // It lives all the same.
    expect(await page('/healthz')).toMatchObject({ status: 200 });
    expect((await page('/metrics')).text).toMatch(/^assay_draining 1$/m);
    [draining, missing] = [false, []];
  });
});

describe('the page of metrics', () => {
  it('is in the text format of Prometheus: what was counted, and what is so now', async () => {
    metrics.countAnswer(200, 0.5);
    const { status, text, headers } = await page('/metrics');
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
    expect(headers['content-length']).toBe(String(text.length));
    for (const sample of [
      'assay_answers_total{status="200"} 1',
      'assay_key_set_age_seconds{provider="users"} 12.5', 'assay_key_set_age_seconds{provider="partners"} 3',
      'assay_connections 7', 'assay_draining 0',
    ]) expect(text.split('\n')).toContain(sample);
    for (const [name, type] of [
      ['assay_key_set_age_seconds', 'gauge'], ['assay_connections', 'gauge'], ['process_resident_memory_bytes', 'gauge'],
      ['process_cpu_seconds_total', 'counter'], ['assay_draining', 'gauge'],
    ]) expect(text).toMatch(new RegExp(`^# HELP ${name} [A-Z].*\\.\\n# TYPE ${name} ${type}$`, 'm'));
  });

  it('tells of the process: its memory in octets, its processor time in seconds', async () => {
    const before = process.cpuUsage();
    const { text } = await page('/metrics');
    const after = process.cpuUsage();
    const sample = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    expect(sample('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    expect(sample('process_cpu_seconds_total')).toBeGreaterThanOrEqual((before.user + before.system) / 1e6);
    expect(sample('process_cpu_seconds_total')).toBeLessThanOrEqual((after.user + after.system) / 1e6);
  });
});
