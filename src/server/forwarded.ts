/**
 * The head of a request as it goes on to the service: what the client sent, less what is not its to say.
 *
 * @module
 */

import type { IncomingMessage } from 'node:http';
import type { EspRequest } from '../esp/index.ts';
import { endToEnd, type Framing } from './hop-by-hop.ts';

/** What is known of the way behind us. */
export interface ForwardingTerms {
  /** Whether names are removed: see esp's createHeaderGuard. */
  readonly isGuarded: (name: string) => boolean;
  /** Of the service, for a request that names no host. */
  readonly authority: string;
  /** Whether another proxy stands before us, whose X-Forwarded-* fields are to be kept. */
  readonly trustForwarded: boolean;
}

/**
 * Said by the proxy next to the client, that is by us, unless there is another: "X-Forwarded-User" too, and whatever else a
 * proxy has come to say under such a name.
 */
const FORWARDED = /^(?:x-forwarded-.*|forwarded|x-real-ip)$/;

/** How the content ends is said anew. Also by the names that CGI takes for these. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

/** What goes on, as far as it is not the client's to say. */
export interface Forwarding {
  readonly framing: Framing;
  readonly method: string;
  /** The user, and nothing else. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly host: string | undefined;
}

/**
 * The fields that go on, as a flat list.
 *
 * The content is delimited anew, in the one way in which it was read: no field of the client's about that is copied.
 */
export function forwardedFields(
  { rawHeaders, socket, httpVersion }: IncomingMessage,
  { framing, method, headers, host }: Forwarding,
  { isGuarded, authority, trustForwarded }: ForwardingTerms,
): string[] {
  const fields = endToEnd(rawHeaders, (name) => {
    // With "_" and the like for "-", as the guard compares.
    const read = name.replace(/[^a-z0-9-]/g, '-');
    return isGuarded(name) || FRAMING.has(read) || (!trustForwarded && FORWARDED.test(read));
  });
  for (const [name, value] of headers) fields.push(name, value);
  // RFC 9112 §3.2: HTTP/1.0 need not have one, and we speak 1.1.
  if (host === undefined) fields.push('Host', authority);
  fields.push('X-Forwarded-For', socket.remoteAddress ?? 'unknown');
  if (!trustForwarded) fields.push('X-Forwarded-Proto', 'http');
  if (!trustForwarded && host !== undefined) fields.push('X-Forwarded-Host', host);
  // RFC 9110 §7.6.3: each gateway adds itself.
  fields.push('Via', `${httpVersion} assay`);
  if (framing.kind === 'chunked') fields.push('Transfer-Encoding', 'chunked');
  if (framing.kind === 'length') fields.push('Content-Length', String(framing.octets));
  // RFC 9110 §8.6: for methods that give content a meaning, none at all is said aloud.
  const usuallyNone = /^(?:GET|HEAD|OPTIONS|DELETE|TRACE)$/.test(method);
  if (framing.kind === 'none' && !usuallyNone) fields.push('Content-Length', '0');
  return fields;
}

/** Says what is wrong with a request before there is anything to decide on. */
export function malformedRequest(httpVersion: string, { headers }: EspRequest, framing: Framing): string | undefined {
  // The parser takes 0.9 and 2.0 too, whose heads and ends are others (RFC 9112 §2.3).
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 'the version of HTTP is neither 1.0 nor 1.1';
  // RFC 9112 §6.1: HTTP/1.0 has no codings, so that whoever has passed it on may have seen another end.
  if (httpVersion === '1.0' && framing.kind === 'chunked') return 'a coding of the transfer in HTTP/1.0';
  if (framing.kind === 'ambiguous') return 'the end of the request can be read in more than one way';
  // RFC 9112 §3.2: more than one Host, or one that is no host, is 400.
  const hosts = headers.get('host') ?? [];
  if (hosts.length > 1) return 'there is more than one Host';
  const [host = ''] = hosts;
  if (!/^[A-Za-z0-9.\-_~:[\]%]*$/.test(host)) return 'the Host is not one';
  return undefined;
}
