/**
 * What a server must not be able to do to us: answers without end, without sense, or of another length than they say.
 *
 * @module
 */

import type { ServerResponse } from 'node:http';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Answer } from './loopback.ts';

const MEBIBYTE = 1_048_576;

/** Never answers. */
export const hang: Answer = () => undefined;

/** Begins to answer, and never ends. */
export const hangInBody: Answer = (_, response) => void response.writeHead(200).write('{"keys":[');

/** An octet every few milliseconds, so that the connection is never idle. */
export const drip: Answer = (_, response) => {
  response.writeHead(200).write('{"keys":[');
  const timer = setInterval(() => response.write(' '), 10);
  response.once('close', () => clearInterval(timer));
};

/** Spaces for as long as somebody reads them; a gigabyte at most, so that a test that fails ends. */
export const endless: Answer = (_, response) => writeSpaces(response.writeHead(200), 1024);

/** 64 MB, and it says so. */
export const huge: Answer = (_, response) => {
  writeSpaces(response.writeHead(200, { 'content-length': String(64 * MEBIBYTE) }), 64);
};

/** Valid JSON, one octet to a chunk. */
export const crumbs: Answer = (_, response) => {
  const crumb = Buffer.from('1\r\n \r\n');
  response.writeHead(200);
  response.flushHeaders();
  // Past node:http, which would join them: straight onto the connection.
  const block = Buffer.alloc(crumb.length * 8192, crumb);
  const socket = response.socket;
  let left = 64;
  const next = (): void => {
    while (left-- > 0 && socket?.writable) if (!socket.write(block)) return void socket.once('drain', next);
  };
  next();
};

/** 200 MB of spaces, compressed to under 200 KB. */
export function gzipBomb(): Answer {
  const bomb = repeated(gzipSync(Buffer.alloc(MEBIBYTE, ' '), { level: 9 }), 200);
  return (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
}

/** The same in the other coding that servers like: one stream, of under 1 KB. */
export function brotliBomb(): Answer {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 1 };
  const bomb = brotliCompressSync(Buffer.alloc(64 * MEBIBYTE, ' '), { params });
  return (_, response) => void response.writeHead(200, { 'content-encoding': 'br' }).end(bomb);
}

/** Breaks the connection instead of answering. */
export const reset: Answer = (request) => void request.socket.resetAndDestroy();

/** Breaks the connection in the middle of the body. */
export function resetAfter(text: string): Answer {
  return (request, response) => {
    response.writeHead(200, { 'content-length': String(text.length + 100) });
    response.write(text, () => request.socket.resetAndDestroy());
  };
}

/** A body of another length than it says. Written past node:http, which would not do that. */
export function lying(body: string, contentLength: number): Answer {
  return (request) => {
    const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${contentLength}\r\n\r\n`;
    request.socket.end(head + body);
  };
}

/** Not HTTP. */
export const noise: Answer = (request) => void request.socket.end('\u0000\u0001 220 smtp.example ready\r\n');

function writeSpaces(response: ServerResponse, mebibytes: number): void {
  const block = Buffer.alloc(MEBIBYTE, ' ');
  let left = mebibytes;
  const next = (): void => {
    while (left-- > 0 && !response.destroyed) if (!response.write(block)) return void response.once('drain', next);
    response.end();
  };
  next();
}

/** RFC 1952 §2.2: a gzip file is a series of members, and decompresses to all of them in a row. */
function repeated(member: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => member));
}
