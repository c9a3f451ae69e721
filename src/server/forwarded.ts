/**
 * The head of a request as it goes on to the service: what the client sent, less what is not its to say.
 *
 * @module
 */

import type { IncomingMessage } from 'node:http';
import { endToEnd, fieldValues, type Framing } from './hop-by-hop.ts';

/** What is known of the way behind us. */
export interface ForwardingTerms {
  /** Whether names are removed: see esp's createHeaderGuard. */
  readonly isGuarded: (name: string) => boolean;
  /** Of the service, for a request that names no host. */
  readonly authority: string;
  /** Whether another proxy stands before us, whose X-Forwarded-* fields are to be kept. */
  readonly trustForwarded: boolean;
}

/** Said by the proxy next to the client, that is by us, unless there is another. */
const FORWARDED: ReadonlySet<string> = new Set([
  'forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-uri',
  'x-forwarded-method', 'x-real-ip',
]);

/**
 * The fields that go on, as a flat list.
 *
 * The content is delimited anew, in the one way in which it was read: no field of the client's about that is copied.
 */
export function forwardedFields(
  request: IncomingMessage,
  framing: Framing,
  method: string,
  user: readonly (readonly [name: string, value: string])[],
  { isGuarded, authority, trustForwarded }: ForwardingTerms,
): string[] {
  const { rawHeaders, socket } = request;
  const fields = endToEnd(rawHeaders, (name) =>
    // Also with "_" for "-": CGI makes one of the two.
    isGuarded(name) || name === 'content-length' || (!trustForwarded && FORWARDED.has(name.replaceAll('_', '-'))));
  for (const [name, value] of user) fields.push(name, value);
  const [host] = fieldValues(rawHeaders, 'host');
  // RFC 9112 §3.2: HTTP/1.0 need not have one, and we speak 1.1.
  if (host === undefined) fields.push('Host', authority);
  fields.push('X-Forwarded-For', socket.remoteAddress ?? 'unknown');
  if (!trustForwarded) fields.push('X-Forwarded-Proto', 'http');
  if (!trustForwarded && host !== undefined) fields.push('X-Forwarded-Host', host);
  // RFC 9110 §7.6.3: each gateway adds itself.
  fields.push('Via', `${request.httpVersion} assay`);
  if (framing.kind === 'chunked') fields.push('Transfer-Encoding', 'chunked');
  if (framing.kind === 'length') fields.push('Content-Length', String(framing.octets));
  // RFC 9110 §8.6: for methods that give content a meaning, none at all is said aloud.
  const usuallyNone = /^(?:GET|HEAD|OPTIONS|DELETE|TRACE)$/.test(method);
  if (framing.kind === 'none' && !usuallyNone) fields.push('Content-Length', '0');
  return fields;
}

/** Says what is wrong with a request before there is anything to decide on. */
export function malformedRequest(request: IncomingMessage, framing: Framing): string | undefined {
  // The parser takes 0.9 and 2.0 too, whose heads and ends are others (RFC 9112 §2.3).
  if (!/^1\.[01]$/.test(request.httpVersion)) return 'the version of HTTP is neither 1.0 nor 1.1';
  if (framing.kind === 'ambiguous') return 'the end of the request can be read in more than one way';
  // RFC 9112 §3.2: more than one Host, or one that is no host, is 400.
  const hosts = fieldValues(request.rawHeaders, 'host');
  if (hosts.length > 1) return 'there is more than one Host';
  if (hosts[0] !== undefined && !/^[A-Za-z0-9.\-_~:[\]%]*$/.test(hosts[0])) return 'the Host is not one';
  return undefined;
}
