/**
 * A real HTTP server on a loopback port, that answers as a test says and notes what was asked of it.
 *
 * @module
 */

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** How a server answers one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that is closed, with all of its connections, when the test is over. */
export interface LoopbackServer {
  /** `http://127.0.0.1:N`, without a path. */
  readonly origin: string;
  /** Where a test says that the keys are: `origin` and `/keys`. */
  readonly url: string;
  /** The targets asked for so far, in order. */
  readonly targets: readonly string[];
  /** The requests so far, in order. */
  readonly requests: readonly IncomingMessage[];
  /** From now on answers so. */
  readonly answerWith: (answer: Answer) => void;
}

/** Listens on a port of 127.0.0.1 that nobody else has. */
export async function listen(answer: Answer): Promise<LoopbackServer> {
  const requests: IncomingMessage[] = [];
  let current = answer;
  const { origin, close } = await listenUntilClosed((request, response) => {
    requests.push(request);
    current(request, response);
  });
  onTestFinished(close);
  return {
    origin,
    url: `${origin}/keys`,
    requests,
    get targets() {
      return requests.map(({ url }) => String(url));
    },
    answerWith: (next) => void (current = next),
  };
}

/** The same for whoever closes it: a process that is no test. */
export async function listenUntilClosed(
  listener: RequestListener,
): Promise<{ readonly origin: string; readonly close: () => Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

/** Answers at each path in its own way; 404 elsewhere. */
export function route(answers: Readonly<Record<string, Answer>>): Answer {
  const byPath = new Map(Object.entries(answers));
  return (request, response) => (byPath.get(String(request.url)) ?? status(404))(request, response);
}

/** Status 200 with a document as JSON, or a text or octets as they stand. */
export function publish(document: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return status(200, document, headers);
}

/** Any status, with any body. */
export function status(code: number, document: unknown = '', headers: Readonly<Record<string, string>> = {}): Answer {
  const asItStands = typeof document === 'string' || document instanceof Uint8Array;
  const body = asItStands ? document : JSON.stringify(document);
  return (_, response) => void response.writeHead(code, headers).end(body);
}
