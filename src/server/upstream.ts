/**
 * The service behind us: a pool of connections that are kept, and requests to it that end, one way or another.
 *
 * @module
 */

import { Agent as HttpAgent, request as httpRequest, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Limits } from './limits.ts';

/** The service behind us. */
export interface Upstream {
  /** Host and port, as a Host field has them. */
  readonly authority: string;
  /** Opens a request. Its fields are sent as they are given, and no others but Connection. */
  readonly open: (method: string, target: string, fields: readonly string[]) => ClientRequest;
  /** Closes the connections that are kept. */
  readonly close: () => void;
}

/** Why the service has not answered, as far as that can be told. */
export type UpstreamFault = 'connect_timeout' | 'timeout' | 'refused' | 'reset' | 'broken';

/** A request to the service that took too long. */
export class UpstreamTimeout extends Error {
  readonly fault: UpstreamFault;

  constructor(fault: 'connect_timeout' | 'timeout') {
    super(fault);
    this.fault = fault;
  }
}

/**
 * Makes the pool of an origin.
 *
 * @param url of the service, without a path: ours and its paths are the same, or the decision was about another one.
 * @throws {TypeError} for a URL that is not http or https, or has more than an origin.
 */
export function createUpstream(url: string, limits: Limits): Upstream {
  const origin = URL.canParse(url) ? new URL(url) : undefined;
  if (origin?.protocol !== 'http:' && origin?.protocol !== 'https:') {
    throw new TypeError('"upstream" expected an http or https URL');
  }
  const { pathname, search, hash, username, password } = origin;
  if (pathname !== '/' || `${search}${hash}${username}${password}` !== '') {
    throw new TypeError('"upstream" expected scheme, host and port, and nothing else');
  }
  const secure = origin.protocol === 'https:';
  const maxSockets = limits.upstreamConnections;
  const pool = { keepAlive: true, maxSockets, maxFreeSockets: 256, scheduling: 'lifo' } as const;
  const agent = secure ? new HttpsAgent(pool) : new HttpAgent(pool);
  const open = secure ? httpsRequest : httpRequest;
  const place = {
    agent,
    timeout: limits.idleTimeout * 1000,
    // The brackets of an IPv6 address are the URL's.
    hostname: origin.hostname.replace(/[[\]]/g, ''),
    // Empty for the protocol's own, which Node knows.
    port: origin.port,
  };
  return Object.freeze({
    authority: origin.host,
    open: (method: string, target: string, fields: readonly string[]) => {
      const request = open({ ...place, method, path: target, headers: fields, insecureHTTPParser: false });
      bound(request, limits);
      return request;
    },
    close: () => agent.destroy(),
  });
}

/** A connection that does not come, or on which nothing moves any more, ends the request. */
function bound(request: ClientRequest, { connectTimeout }: Limits): void {
  request.once('timeout', () => request.destroy(new UpstreamTimeout('timeout')));
  request.once('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => request.destroy(new UpstreamTimeout('connect_timeout')), connectTimeout * 1000);
    const stop = (): void => clearTimeout(timer);
    socket.once('connect', stop);
    socket.once('close', stop);
  });
}

/** Names what went wrong, for logs and metrics. */
export function faultOf(error: unknown): UpstreamFault {
  if (error instanceof UpstreamTimeout) return error.fault;
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code === 'ECONNREFUSED') return 'refused';
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'reset' : 'broken';
}
