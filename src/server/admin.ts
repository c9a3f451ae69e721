/**
 * The admin port: whether the server lives, whether it is ready, and what it has counted.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeySupply } from './key-supply.ts';
import { listenOn, type Listener } from './listener.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { Gauge, Metrics } from './metrics.ts';

/** What the admin port tells of. */
export interface AdminParts {
  readonly metrics: Metrics;
  readonly keys: KeySupply;
  readonly listener: Pick<Listener, 'draining' | 'connections'>;
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const TEXT = 'text/plain; charset=utf-8';

/**
 * Listens for `/healthz`, `/readyz` and `/metrics`.
 *
 * Ready is who has had every provider's keys once and is not about to end. Keys that have grown stale since are not a
 * reason to be taken out of service: they serve on, and a neighbour would have no others.
 *
 * Who asks before that has the keys asked for once more, where an attempt is due: no client may come before it is ready,
 * whose request would.
 */
export async function listenAdmin(port: number, host: string, parts: AdminParts): Promise<Listener> {
  const request = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, type, text } = pageFor(message, parts);
    response.writeHead(status, {
      'content-type': type, 'content-length': String(Buffer.byteLength(text)), 'cache-control': 'no-store',
    });
    response.end(text);
  };
  return listenOn(port, host, { request }, { ...DEFAULT_LIMITS, connections: 64, idleTimeout: 10, keepAlive: 10 });
}

function pageFor({ method, url }: IncomingMessage, { metrics, keys, listener }: AdminParts): Page {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, type: TEXT, text: 'GET only\n' };
  switch (url) {
    case '/healthz':
      return { status: 200, type: TEXT, text: 'ok\n' };
    case '/readyz':
      return readiness(keys, listener);
    case '/metrics':
      return {
        status: 200,
        type: 'text/plain; version=0.0.4; charset=utf-8',
        text: metrics.render(gaugesOf(keys, listener)),
      };
    default:
      return { status: 404, type: TEXT, text: 'there are /healthz, /readyz and /metrics\n' };
  }
}

function readiness(keys: KeySupply, listener: AdminParts['listener']): Page {
  if (listener.draining()) return { status: 503, type: TEXT, text: 'draining\n' };
  const missing = keys.missing();
  if (missing.length === 0) return { status: 200, type: TEXT, text: 'ready\n' };
  keys.prefetch();
  return { status: 503, type: TEXT, text: `no keys yet: ${missing.join(', ')}\n` };
}

function gaugesOf(keys: KeySupply, listener: AdminParts['listener']): readonly Gauge[] {
  return [
    {
      name: 'assay_key_set_age_seconds',
      help: 'Since the key set was fetched.',
      values: [...keys.ages()].map(([provider, age]) => [{ provider }, age]),
    },
    { name: 'assay_connections', help: 'Connections of clients.', values: [[{}, listener.connections()]] },
    {
      name: 'process_resident_memory_bytes',
      help: 'Memory in use.',
      values: [[{}, process.memoryUsage.rss()]],
    },
    {
      name: 'process_cpu_seconds_total',
      help: 'Processor time used. One process has one core to use.',
      type: 'counter',
      values: [[{}, seconds(process.cpuUsage())]],
    },
    { name: 'assay_draining', help: 'Whether it is about to end.', values: [[{}, Number(listener.draining())]] },
  ];
}

function seconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}
