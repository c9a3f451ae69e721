/**
 * One exchange with the service: the request goes on as it comes in, and the answer comes back as it is sent.
 *
 * Nothing is kept but what is under way. Each side is read as fast as the other takes it.
 *
 * @module
 */

import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { formatProblem, PROBLEM_TYPE } from '../http/index.ts';
import { sendWhole } from './forward-auth.ts';
import { endToEnd, type Framing } from './hop-by-hop.ts';
import { faultOf, type Upstream, type UpstreamFault } from './upstream.ts';

/** What is to be sent on. */
export interface RelayTerms {
  readonly upstream: Upstream;
  readonly method: string;
  readonly fields: readonly string[];
  readonly framing: Framing;
  /** Told once, when the service has failed. */
  readonly onFault: (fault: UpstreamFault) => void;
  /** Given where the service may answer 101. */
  readonly onUpgrade?: (out: ClientRequest) => void;
}

/** Methods that may be sent again (RFC 9110 §9.2.2), where the first went into a connection that was closing. */
const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Sends a request on, and its answer back. */
export function relay(request: IncomingMessage, response: ServerResponse, terms: RelayTerms): void {
  attempt(request, response, terms, true);
}

function attempt(request: IncomingMessage, response: ServerResponse, terms: RelayTerms, mayRepeat: boolean): void {
  const { upstream, method, fields, framing, onFault } = terms;
  const out = upstream.open(method, request.url ?? '', fields);
  let answered = false;
  // Also where the answer is whole and the request is not: nobody takes the rest of it.
  const leave = (): void => void ((response.writableFinished && request.complete) || out.destroy());
  response.once('close', leave);
  const fail = (fault: UpstreamFault): void => {
    answered = true;
    if (response.destroyed) return;
    onFault(fault);
    answerFault(response, request.method, fault);
  };
  if (terms.onUpgrade !== undefined) terms.onUpgrade(out);
  // What nobody has asked for is no answer; unheard, Node would drop it, and say so to no one.
  else out.once('upgrade', (_answer, service: Duplex) => {
    service.destroy();
    fail('broken');
  });
  out.once('response', (answer) => {
    answered = true;
    // Still being sent something: whatever comes now is not read to its end.
    if (!request.complete) response.shouldKeepAlive = false;
    answerWith(answer, request, response, method, onFault);
  });
  out.on('error', (error) => {
    // With an answer under way, its own end tells.
    if (answered) return;
    const repeat = mayRepeat && out.reusedSocket && framing.kind === 'none' && REPEATABLE.has(method);
    if (!repeat || faultOf(error) !== 'reset' || response.destroyed) return fail(faultOf(error));
    attempt(request, response, terms, false);
  });
  if (framing.kind === 'none') out.end();
  else request.pipe(out);
}

function answerWith(
  answer: IncomingMessage,
  request: IncomingMessage,
  response: ServerResponse,
  method: string,
  onFault: RelayTerms['onFault'],
): void {
  // The answer to another method than the client's may speak of content that is not there.
  const headOnly = method === 'HEAD' && request.method !== 'HEAD';
  const fields = endToEnd(answer.rawHeaders, (name) => headOnly && name === 'content-length');
  try {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', fields);
  } catch {
    // A field that cannot be written; the parser is stricter, so that it is not known how.
    answer.destroy();
    onFault('broken');
    answerFault(response, request.method, 'broken');
    return;
  }
  // Not `pipeline`, which makes an AbortController and an error for each answer (measured: a tenth of the whole way).
  answer.once('error', () => {
    // An answer that ends early must not look whole: the client's connection is cut then.
    if (!answer.complete) onFault('broken');
    response.destroy();
  });
  answer.pipe(response);
}

/** 504 for what took too long, 502 for the rest (RFC 9110 §15.6). Nothing of the service's is told. */
export function answerFault(response: ServerResponse, method: string | undefined, fault: UpstreamFault): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const late = fault === 'timeout' || fault === 'connect_timeout';
  const status = late ? 504 : 502;
  const title = late ? 'Gateway Timeout' : 'Bad Gateway';
  // The request may still be coming in, and nobody takes it.
  response.shouldKeepAlive = false;
  sendWhole(response, method, {
    status,
    headers: [['content-type', PROBLEM_TYPE], ['cache-control', 'no-store']],
    body: formatProblem({ status, title, extensions: { code: `upstream_${fault}` } }),
  });
}
