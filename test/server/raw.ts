/**
 * HTTP by hand: octets over a socket, for what no client would send.
 *
 * @module
 */

import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export function dial(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.once('error', reject);
    socket.on('error', () => undefined);
  });
}

/** How long a busy machine may take to answer at all. Milliseconds. */
const PATIENCE = 20_000;

/**
 * Sends octets, and returns all that comes until the other side ends, or has given its answers and then said nothing for a while.
 *
 * @param quiet milliseconds
 * @param answers how many must come before the silence counts, or all patience ends
 */
export async function sendRaw(url: string, text: string | Buffer, quiet = 700, answers = 1): Promise<string> {
  const socket = await dial(url);
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve) => {
    // Where this process stood still, what came meanwhile has yet to be read: it is, before the check phase of this turn of the loop.
    let turn: NodeJS.Immediate | undefined;
    const after = (milliseconds: number): NodeJS.Timeout => setTimeout(() => (turn = setImmediate(resolve)), milliseconds);
    let timer = after(PATIENCE);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      clearTimeout(timer);
      clearImmediate(turn);
      const enough = statusesOf(Buffer.concat(chunks).toString('latin1')).length >= answers;
      timer = after(enough ? quiet : PATIENCE);
    });
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  });
  socket.destroy();
  return Buffer.concat(chunks).toString('latin1');
}

/** The statuses of all answers in a text. */
export function statusesOf(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

/** A service that keeps every octet that it is sent, whatever it means, and answers each head with "ok". */
export interface Recorder {
  readonly host: string;
  /** All that came, in the order in which it came. */
  readonly octets: () => string;
  readonly close: () => void;
}

export async function startRecorder(): Promise<Recorder> {
  let kept = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.setEncoding('latin1').on('data', (text: string) => {
      kept += text;
      for (const _ of text.matchAll(/\r\n\r\n/g)) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    octets: () => kept,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
