/**
 * Who may ask the playground for what: nobody but the browser of this machine, from the playground's own page.
 *
 * Whoever can post here can have tokens minted, and read what a verifier says of one. A page elsewhere must not be able
 * to, neither by a form or fetch across origins nor by a name of its own that it has rebound to 127.0.0.1.
 *
 * @module
 */

import type { IncomingMessage } from 'node:http';
import { BodyTooLarge, readBody } from '../../http/index.ts';
import { JwtError } from '../../jose/index.ts';
import { parseJsonObject, type JsonObject } from '../../jose/json.ts';

/** A request that is not answered with what it asks for. Told in plain text; nothing of the request is repeated. */
export class PageRefusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Octets of a request's body: a token of the longest kind that is looked at, and room to see that it is too long. */
export const MAX_PAGE_BODY = 65_536;

const JSON_MEDIA_TYPE = /^application\/json[\t ]*(?:;|$)/i;

/** RFC 9110 §7.2, §7.4: the names under which the playground can be reached, whatever a stranger's DNS says. */
export function ownOrigins(request: IncomingMessage): readonly string[] {
  const port = request.socket.localPort;
  return ['127.0.0.1', 'localhost'].map((name) => `http://${name}${port === 80 ? '' : `:${port}`}`);
}

/** @throws {PageRefusal} 421 unless the request is addressed to us by one of our own names. */
export function expectOwnHost(request: IncomingMessage): string {
  const origin = `http://${request.headers.host?.toLowerCase()}`;
  if (!ownOrigins(request).includes(origin)) {
    throw new PageRefusal(421, 'this server answers to 127.0.0.1 and localhost only', { connection: 'close' });
  }
  return origin;
}

/**
 * Reads the JSON of a POST from our own page.
 *
 * The media type alone keeps other pages out: a browser asks first, and gets no leave (Fetch §3.2.5). Origin and
 * Sec-Fetch-Site say so once more; a client that is no browser sends neither, and can do as the user can.
 *
 * @throws {PageRefusal} 403, 405, 413, 415, or 400 for what is not one JSON object.
 */
export async function readOwnPost(request: IncomingMessage, origin: string): Promise<JsonObject> {
  if (request.method !== 'POST') throw new PageRefusal(405, 'POST JSON here', { allow: 'POST' });
  const { origin: from = origin, 'sec-fetch-site': site = 'same-origin', 'content-type': type = '' } = request.headers;
  if (from !== origin || site !== 'same-origin') throw refuseUnread(403, 'not from this page');
  if (!JSON_MEDIA_TYPE.test(type)) throw refuseUnread(415, 'the Content-Type must be application/json');
  try {
    // Left open, so that the refusal can still be sent.
    return parseJsonObject(await readBody(request.iterator({ destroyOnReturn: false }), MAX_PAGE_BODY), 'the body');
  } catch (error) {
    if (error instanceof BodyTooLarge) throw refuseUnread(413, error.message);
    if (error instanceof JwtError) throw new PageRefusal(400, error.message);
    throw error;
  }
}

/** What is left of the body is not read, so the connection is of no more use (RFC 9112 §9.3). */
function refuseUnread(status: number, message: string): PageRefusal {
  return new PageRefusal(status, message, { connection: 'close' });
}
