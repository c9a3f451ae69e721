/**
 * The local issuer on a loopback port, over HTTP/1.1.
 *
 * @module
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { answerText, chunksOf, type Answer } from './answers.ts';
import { isForLoopback, runControl, type Control } from './controls.ts';

/** A server that listens. */
export interface LoopbackServer {
  /** `http://127.0.0.1:N`, without a slash at the end. */
  readonly url: string;
  /** Stops listening and cuts every connection. Resolves when nothing is left; may be called again. */
  readonly close: () => Promise<void>;
}

/** What is served at an address. */
export interface Site {
  /** The answer to a GET, or undefined where there is nothing. */
  readonly get: (url: URL) => Answer | undefined;
  readonly controls: ReadonlyMap<string, Control>;
}

/**
 * Listens on a loopback port.
 *
 * @param siteAt makes the site once its address is known.
 * @throws {TypeError} unless the host is a literal loopback address and the port a number up to 65535.
 * @throws {Error} what node:net says when the port cannot be had.
 */
export async function listenOnLoopback(
  port: number,
  host: string,
  siteAt: (url: string) => Site,
): Promise<LoopbackServer> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError('"port" expected an integer from 0 to 65535');
  }
  // Whoever reaches it can mint tokens.
  if (host !== '::1' && !/^127(?:\.\d{1,3}){3}$/.test(host)) {
    throw new TypeError('"host" expected 127.0.0.1 or another literal loopback address');
  }
  const server = createServer();
  await listen(server, port, host);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('"port" expected a port');
  const url = `http://${host === '::1' ? '[::1]' : host}:${address.port}`;
  const site = siteAt(url);
  server.on('request', (request, response) => {
    serve(request, response, url, site).catch(() => response.destroy());
  });
  let closing: Promise<void> | undefined;
  return Object.freeze({ url, close: () => (closing ??= close(server)) });
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, base: string, site: Site): Promise<void> {
  await send(await answerTo(request, base, site), request, response);
}

async function answerTo(request: IncomingMessage, base: string, site: Site): Promise<Answer> {
  // RFC 9110 §15.5.20, against DNS rebinding: see controls.ts.
  if (!isForLoopback(request)) return answerText(421, 'this server answers to loopback addresses only');
  const target = request.url ?? '/';
  if (!target.startsWith('/') || !URL.canParse(target, base)) return answerText(400, 'the target is not a path');
  const url = new URL(target, base);
  const control = site.controls.get(url.pathname);
  if (control !== undefined) return runControl(control, request);
  if (request.method !== 'GET') {
    const answer = answerText(405, 'GET only');
    return { ...answer, headers: { ...answer.headers, allow: 'GET' } };
  }
  return site.get(url) ?? answerText(404, 'not found');
}

async function send(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (answer.manner === 'hang') return;
  if (answer.manner === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  response.writeHead(answer.status, { ...answer.headers });
  if (answer.manner === 'at once') {
    response.end(answer.body);
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await pipeline(Readable.from(chunksOf(answer, gone.signal), { objectMode: false }), response);
}
