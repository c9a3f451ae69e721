/**
 * A server on a port: limits on what comes in, and a way to stop that lets go out what has begun.
 *
 * @module
 */

import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Limits } from './limits.ts';

/** A server that listens. */
export interface Listener {
  /** `http://127.0.0.1:N`, without a slash at the end. */
  readonly url: string;
  readonly draining: () => boolean;
  /** Connections that are open now. */
  readonly connections: () => number;
  /**
   * Takes no new connections, lets requests under way end, and cuts after `grace` seconds what has not. May be called
   * again, with less patience.
   */
  readonly drain: (grace: number) => Promise<void>;
}

/** What a listener does with what comes in. */
export interface ListenerHandlers {
  readonly request: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** The answer to a request of which `request` has thrown. Default: 500. */
  readonly faultStatus?: number;
  /** The answer to what is refused before `request` is asked, in place of 400, 408, 417 and 431. */
  readonly refusedStatus?: number;
  /** Where it is absent, requests to upgrade are requests like any other (RFC 9110 §7.8). */
  readonly upgrade?: (request: IncomingMessage, socket: Socket, head: Buffer) => void;
}

/**
 * Listens on a port; 0 lets the system choose one.
 *
 * @throws {Error} what node:net says when the port cannot be had.
 */
export async function listenOn(
  port: number,
  host: string,
  handlers: ListenerHandlers,
  limits: Limits,
): Promise<Listener> {
  const server = createServer({
    insecureHTTPParser: false,
    maxHeaderSize: limits.headOctets,
    headersTimeout: milliseconds(limits.headTimeout),
    // A body may take as long as it takes, while it comes: the idle timeout is what bounds it.
    requestTimeout: 0,
    keepAliveTimeout: milliseconds(limits.keepAlive),
    connectionsCheckingInterval: Math.min(1000, milliseconds(limits.headTimeout / 2)),
    noDelay: true,
  });
  server.maxConnections = limits.connections;
  // One more than is taken: Node drops those beyond in silence, and one of them could be the one that counts.
  server.maxHeadersCount = limits.headerFields + 1;
  // Later than the service's, so that it is an answer that ends a request for which nothing comes.
  server.setTimeout((limits.idleTimeout + limits.connectTimeout + 1) * 1000);
  // Each with the answer that comes last on it, once there is one.
  const sockets = new Map<Socket, ServerResponse | undefined>();
  let draining = false;
  server.on('connection', (socket) => {
    sockets.set(socket, undefined);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  server.on('clientError', (error, socket: Socket) => answerBroken(error, socket, sockets.get(socket), handlers.refusedStatus));
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (draining) response.shouldKeepAlive = false;
    sockets.set(request.socket, response);
    serve(request, response, handlers, limits);
  };
  server.on('request', onRequest);
  // Otherwise Node would ask for the content of every request, also of one that is refused.
  server.on('checkContinue', onRequest);
  server.on('checkExpectation', (request, response) => {
    sockets.set(request.socket, response);
    // RFC 9110 §10.1.1: whatever else is expected, it is not known here.
    answerBare(response, handlers.refusedStatus ?? 417);
  });
  const { upgrade } = handlers;
  if (upgrade !== undefined) {
    server.on('upgrade', (request, stream, head) => {
      // From Node 26 on, the stream is another one where content may come first. It fails as its connection does, and nobody listens.
      const { socket } = request;
      stream.on('error', () => socket.destroy());
      const before = sockets.get(socket);
      if (before !== undefined && !before.closed) {
        // RFC 9112 §9.3.2: the answers under way come first. Node reads no more here, so that the connection ends with them.
        before.once('close', () => socket.destroySoon());
        return;
      }
      try {
        upgrade(request, socket, head);
      } catch {
        // An answer of Node's own is under way, to a field Host that is none, say: it is on no list of ours, and is whole.
        socket.destroySoon();
      }
    });
  }
  await listening(server, port, host);
  return Object.freeze({
    url: urlOf(server, host),
    draining: () => draining,
    connections: () => sockets.size,
    drain: (grace: number) => {
      draining = true;
      return drained(server, sockets, grace);
    },
  });
}

/** Whole ones: node:http takes no others. */
function milliseconds(seconds: number): number {
  return Math.ceil(seconds * 1000);
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { request: handle, faultStatus = 500, refusedStatus = 431 }: ListenerHandlers,
  limits: Limits,
): void {
  if (request.rawHeaders.length / 2 > limits.headerFields) {
    answerBare(response, refusedStatus);
    return;
  }
  handle(request, response).catch(() => {
    // A fault of ours. What began to be an answer cannot become another one.
    if (response.headersSent) response.destroy();
    else answerBare(response, faultStatus);
  });
}

/** An answer without content, after which the connection ends: what else the client sends is not read. */
export function answerBare(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'connection': 'close', 'cache-control': 'no-store', 'content-length': '0' });
  response.end();
}

const BROKEN: ReadonlyMap<unknown, number> = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
]);

/** What is not HTTP, or did not come in time. Nothing of it is repeated. @param before the last answer on this connection */
function answerBroken(
  error: Error & { readonly code?: string },
  socket: Socket,
  before: ServerResponse | undefined,
  refusedStatus: number | undefined,
): void {
  // Where an answer is under way, no one could tell where ours begins; where the last one has ended the connection, nobody looks.
  const free = socket.bytesWritten === 0 || (before?.writableFinished === true && before.shouldKeepAlive);
  if (!socket.writable || !free) {
    socket.destroy();
    return;
  }
  const status = refusedStatus ?? BROKEN.get(error.code) ?? 400;
  const line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`;
  socket.end(`${line}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // Heard for good: what comes later is of one connection that the system could not take, and no reason to end.
    server.on('error', reject);
    server.listen(port, host, resolve);
  });
}

function urlOf(server: Server, host: string): string {
  // Of a port, and not of a path: it listens on one.
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function drained(server: Server, sockets: ReadonlyMap<Socket, unknown>, grace: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      for (const socket of sockets.keys()) socket.destroy();
    }, grace * 1000);
    // Connections that are idle now, and those that become so: an answer under way may keep its connection alive.
    const idle = setInterval(() => server.closeIdleConnections(), 100);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(idle);
      resolve();
    });
    server.closeIdleConnections();
    // To Node, a connection that has never said anything is one whose request is under way.
    for (const socket of sockets.keys()) if (socket.bytesRead === 0) socket.destroy();
  });
}
