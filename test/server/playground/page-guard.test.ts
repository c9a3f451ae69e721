/** What no client can bring about at will: a default port, and a body that breaks off. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { ownOrigins, readOwnPost } from '../../../src/server/playground/page-guard.ts';

function requestAt(port: number, headers: Readonly<Record<string, string>> = {}): IncomingMessage {
  const socket = Object.defineProperty(new Socket(), 'localPort', { value: port });
  return Object.assign(new IncomingMessage(socket), { method: 'POST', headers });
}

it('the port is a part of an origin, unless it is the one that http has by itself', () => {
  expect(ownOrigins(requestAt(8787))).toEqual(['http://127.0.0.1:8787', 'http://localhost:8787']);
  expect(ownOrigins(requestAt(80))).toEqual(['http://127.0.0.1', 'http://localhost']);
});

it('a body that breaks off is a failure of the connection, and no refusal', async () => {
  const request = requestAt(8787, { 'content-type': 'application/json' });
  const read = readOwnPost(request, 'http://localhost:8787');
  const failure = new Error('the connection is gone');
  request.destroy(failure);
  await expect(read).rejects.toBe(failure);
});

it('a body that is too large is refused while the request is still open, so that the refusal can be sent', async () => {
  const request = requestAt(8787, { 'content-type': 'application/json' });
  const read = readOwnPost(request, 'http://localhost:8787');
  request.push(Buffer.alloc(65_537));
  await expect(read).rejects.toMatchObject({ status: 413, headers: { connection: 'close' } });
  expect(request.destroyed).toBe(false);
});
