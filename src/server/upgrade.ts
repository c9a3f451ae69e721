/**
 * Connections that become something else than HTTP (RFC 9110 §7.8): WebSockets, and nothing but these (RFC 6455).
 *
 * "h2c" above all is never passed on: whatever came through such a connection, nobody would have decided on it.
 *
 * @module
 */

import { ServerResponse, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { EspRequest } from '../esp/index.ts';
import { endToEnd, framingOf } from './hop-by-hop.ts';

/** Whether a request asks for a WebSocket, and for that alone. */
export function asksForWebSocket({ method, headers }: EspRequest): boolean {
  const [wish, ...others] = headers.get('upgrade') ?? [];
  return method === 'GET' && others.length === 0 && wish?.trim().toLowerCase() === 'websocket'
    && framingOf(headers).kind === 'none';
}

/**
 * An answer for a request that Node has taken out of HTTP because it asks to upgrade. Its connection ends with it.
 */
export function responseOn(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    socket.destroySoon();
  });
  return response;
}

/** The two ends to be joined. */
export interface Ends {
  readonly response: ServerResponse;
  readonly socket: Socket;
  /** What the client has sent already. */
  readonly head: Buffer;
  /** Seconds without an octet after which both are cut. */
  readonly idle: number;
  /** When the token that let it pass expires: then both are cut, whatever moves. NumericDate. */
  readonly until: number | undefined;
  /** Told when both have ended. */
  readonly onEnd: () => void;
  /** Told when the service has agreed to something that nobody asked it for. The client is still to be answered. */
  readonly onOther: () => void;
}

/** Joins the client's connection with the service's, once the service has agreed. */
export function joinWhenUpgraded(out: ClientRequest, ends: Ends): void {
  const { response, socket, head, idle, until, onEnd, onOther } = ends;
  out.once('upgrade', (answer, service: Socket, serviceHead) => {
    if (answer.headers.upgrade?.toLowerCase() !== 'websocket') {
      service.destroy();
      onOther();
      return;
    }
    response.detachSocket(socket);
    // Never sent through it; for those who ask what has been answered.
    response.statusCode = 101;
    const fields = [...endToEnd(answer.rawHeaders), 'Connection', 'Upgrade', 'Upgrade', 'websocket'];
    let text = 'HTTP/1.1 101 Switching Protocols\r\n';
    for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`;
    socket.write(`${text}\r\n`, 'latin1');
    if (serviceHead.length > 0) socket.write(serviceHead);
    if (head.length > 0) service.write(head);
    for (const [one, other] of [[socket, service], [service, socket]] as const) {
      one.setTimeout(idle * 1000, () => one.destroy());
      one.on('error', () => one.destroy());
      // RFC 6455 §7.1.1: no side goes on after the other has ended.
      one.once('finish', () => one.destroy());
      one.once('close', () => other.destroy());
    }
    if (until !== undefined) cutAt(until, socket);
    socket.once('close', onEnd);
    socket.pipe(service).pipe(socket);
  });
}

/** The longest that a timer of Node's runs; beyond it fires at once. Milliseconds. */
const LONGEST = 2_147_483_647;

/** A connection may live for days. Nobody is let in for longer than the token says who they are. */
function cutAt(until: number, socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), Math.min(Math.max(until * 1000 - Date.now(), 0), LONGEST));
  socket.once('close', () => clearTimeout(timer));
}
