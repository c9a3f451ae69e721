/**
 * A playground that stands on a free port, and requests to it that no browser would spoil.
 *
 * @module
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Listener } from '../../../src/server/listener.ts';
import { listenPlayground, type PlaygroundParts } from '../../../src/server/playground/playground.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Standing {
  readonly url: string;
  /** A POST as the page makes it. @throws {Error} unless it is answered with 200. */
  readonly ask: <Answer>(path: string, body?: object) => Promise<Answer>;
  /** Any request. */
  readonly send: (method: string, path: string, headers?: Readonly<Record<string, string>>, body?: string) => Promise<Reply>;
  readonly end: () => Promise<void>;
}

const SRC = new URL('../../../src/', import.meta.url);

/** Stands one up. Its scripts are a stub: no browser is here to run them. */
export async function standPlayground(parts: Partial<PlaygroundParts> = {}): Promise<Standing> {
  const scripts = mkdtempSync(join(tmpdir(), 'playground-'));
  writeFileSync(join(scripts, 'bench.js'), 'export {};\n');
  const folders = { page: new URL('server/playground/page/', SRC), scripts: pathToFileURL(`${scripts}/`), sources: SRC };
  const listener: Listener = await listenPlayground(0, { folders, clock: () => Date.now() / 1000, ...parts });
  const { url } = listener;
  const send: Standing['send'] = (method, path, headers = {}, body) => new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => void chunks.push(chunk));
      response.on('end', () => resolve({
        status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8'),
      }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
  return {
    url,
    send,
    ask: async <Answer>(path: string, body: object = {}) => {
      const { status, text } = await send('POST', path, { 'content-type': 'application/json' }, JSON.stringify(body));
      if (status !== 200) throw new Error(`${status} ${text}`);
      return JSON.parse(text) as Answer;
    },
    end: async () => {
      await listener.drain(0);
      rmSync(scripts, { recursive: true, force: true });
    },
  };
}
