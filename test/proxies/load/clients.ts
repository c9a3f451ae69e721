/**
 * Clients of a gateway under load: connections that are kept, each with one request under way.
 *
 * Written on sockets, so that they cost little beside the gateway.
 *
 * @module
 */

import { connect, type Socket } from 'node:net';

/** An answer. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Milliseconds. */
  readonly took: number;
}

/** One request, as octets, and what becomes of it. */
export interface Exchange {
  readonly head: Buffer;
  readonly onAnswer: (answer: Answer) => void;
}

/** Says what to send next on a connection; undefined: nothing, the connection is closed. */
export type NextExchange = () => Exchange | undefined;

/** Connections that ended with a request under way: none should. */
export interface LoadResult {
  readonly broken: number;
}

/**
 * Keeps `connections` connections busy until `next` has no more.
 *
 * @param url of the gateway.
 */
export async function runClients(url: string, connections: number, next: NextExchange): Promise<LoadResult> {
  const { hostname, port } = new URL(url);
  let broken = 0;
  await Promise.all(Array.from({ length: connections }, async () => {
    // A connection that is closed, which may happen after some answers, is opened again.
    while (await converse(connect({ host: hostname, port: Number(port), noDelay: true }), next, () => (broken += 1)));
  }));
  return { broken };
}

/** Sends one request after the other. @returns whether there may be more to send, on another connection. */
function converse(socket: Socket, next: NextExchange, onBroken: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    let kept = '';
    let exchange: Exchange | undefined;
    let began = 0;
    let over = false;
    const send = (): void => {
      exchange = next();
      over = exchange === undefined;
      if (exchange === undefined) return void socket.end();
      began = performance.now();
      socket.write(exchange.head);
    };
    socket.setEncoding('latin1');
    socket.once('connect', send);
    socket.on('error', () => undefined);
    socket.on('data', (text: string) => {
      kept += text;
      const answer = readAnswer(kept);
      if (answer === undefined || exchange === undefined) return;
      kept = '';
      const { onAnswer } = exchange;
      exchange = undefined;
      onAnswer({ status: answer.status, body: answer.body, took: performance.now() - began });
      if (answer.ends) socket.end();
      else send();
    });
    socket.once('close', () => {
      if (exchange !== undefined) onBroken();
      resolve(!over);
    });
  });
}

/** The one answer that has come whole, if it has. */
function readAnswer(text: string): { readonly status: number; readonly body: string; readonly ends: boolean } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  // RFC 9110 §5.1: names have no case. This gateway and this service write them in one of two.
  const field = (name: string): number => Math.max(text.lastIndexOf(`\r\n${name}: `, end), text.lastIndexOf(`\r\n${name.toLowerCase()}: `, end));
  const at = field('Content-Length');
  const length = at === -1 ? 0 : Number.parseInt(text.slice(at + 18, at + 28), 10);
  if (text.length < end + 4 + length) return undefined;
  const connection = field('Connection');
  return {
    status: Number(text.slice(9, 12)),
    body: text.slice(end + 4, end + 4 + length),
    ends: connection !== -1 && text.startsWith('close', connection + 14),
  };
}

/** The head of a request without content. */
export function headOf(path: string, fields: Readonly<Record<string, string>> = {}, method = 'GET'): Buffer {
  const lines = Object.entries({ 'Host': 'api.example', ...fields }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
}
