/**
 * The auth answer for a proxy: whether a request may pass, and what the service is to be told of the user.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createHeaderGuard, readRawHeaders, type ClaimHeader, type EspRequest, type EspResponse,
} from '../esp/index.ts';
import { OVERRIDES } from '../esp/user-info.ts';
import { CLIENT_GONE, type AccessLog } from './access-log.ts';
import { framingOf } from './hop-by-hop.ts';
import type { Judge, Judgement } from './judge.ts';
import { listenOn, type Listener } from './listener.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { readAskedRequest, type ProxyName } from './proxy-contract.ts';

/** What a forward-auth server is made of. */
export interface ForwardAuthParts {
  readonly proxy: ProxyName;
  /** Its answers must be made with `authOnly` and without `unavailable`: see esp's ResponseOptions. */
  readonly judge: Judge;
  readonly claimHeaders: readonly ClaimHeader[];
  /** Where the policy looks for tokens, in lower case: see esp's createHeaderGuard. Default: nowhere. */
  readonly tokenHeaders?: readonly string[];
  readonly metrics: Metrics;
  readonly log: AccessLog;
  readonly limits?: Partial<Limits>;
}

/**
 * Listens for a proxy's questions.
 *
 * Every answer is 200, 401 or 403, a fault of ours included: with anything else one proxy makes a server error of a
 * refusal, and another, told to let pass what it has no answer to, a pass.
 */
export async function listenForwardAuth(port: number, host: string, parts: ForwardAuthParts): Promise<Listener> {
  const request = (message: IncomingMessage, response: ServerResponse): Promise<void> =>
    answer(message, response, parts);
  return listenOn(port, host, { request, faultStatus: 403, refusedStatus: 403 }, { ...DEFAULT_LIMITS, ...parts.limits });
}

async function answer(message: IncomingMessage, response: ServerResponse, parts: ForwardAuthParts): Promise<void> {
  const { proxy, judge, claimHeaders, metrics, log } = parts;
  const started = performance.now();
  const asking: EspRequest = {
    method: message.method ?? '',
    target: message.url ?? '',
    headers: readRawHeaders(message.rawHeaders),
    scheme: 'http',
    ...(message.headers.host === undefined ? {} : { host: message.headers.host }),
  };
  // An answer needs no body. One that was sent along is not read, and its connection ends with the answer.
  if (framingOf(asking.headers).kind !== 'none') response.shouldKeepAlive = false;
  const asked = readAskedRequest(proxy, asking);
  const request = asked.ok ? asked.request : asking;
  let judgement: Judgement;
  const reason = asked.ok ? forgedName(asking, parts) : asked.reason;
  if (reason === undefined) judgement = await judge.judge(request);
  else judgement = judge.refuse({ code: 'request_refused', method: request.method, reason }, request);
  const { status, headers, body } = judgement.allowed
    ? { status: 200, headers: allowHeaders(judgement.headers, proxy, claimHeaders), body: '' }
    : judgement.response;
  const tell = (): void => {
    const seconds = (performance.now() - started) / 1000;
    const told = response.headersSent ? status : CLIENT_GONE;
    metrics.countAnswer(told, seconds);
    const code = judgement.allowed ? 'allowed' : judgement.code;
    const { method, target } = request;
    log({ method, target, status: told, code, template: judgement.template, seconds, complete: response.writableFinished });
  };
  // Gone while its keys were waited for.
  if (response.destroyed) return tell();
  response.once('close', tell);
  sendWhole(response, message.method, { status, headers, body });
}

/**
 * A name that a service behind CGI or WSGI would take for one of ours, and the proxy's configuration does not close.
 *
 * With "-" they are the configuration's to replace, which it cannot do for every way to write another character for it.
 */
function forgedName({ headers }: EspRequest, { claimHeaders, tokenHeaders }: ForwardAuthParts): string | undefined {
  const isOurs = createHeaderGuard(claimHeaders, tokenHeaders);
  const forged = [...headers.keys()].some((name) => /[^a-z0-9-]/.test(name) && isOurs(name));
  return forged ? 'a header has a name that is for us to set' : undefined;
}

/**
 * The headers of an answer that lets pass.
 *
 * Envoy is told which to remove of those that are not set: it would leave the client's in their place.
 */
function allowHeaders(
  headers: EspResponse['headers'],
  proxy: ProxyName,
  claimHeaders: readonly ClaimHeader[],
): EspResponse['headers'] {
  if (proxy !== 'envoy') return [...headers, ['cache-control', 'no-store']];
  const set = new Set(headers.map(([name]) => name));
  const unset = guardedNames(claimHeaders).filter((name) => !set.has(name));
  return [...headers, ['x-envoy-auth-headers-to-remove', unset.join(',')], ['cache-control', 'no-store']];
}

/** What must not come from a client: who the user is, and what would make another request of the one decided on. */
export function guardedNames(claimHeaders: readonly ClaimHeader[]): readonly string[] {
  return [
    'x-endpoint-api-userinfo',
    ...claimHeaders.map(({ header }) => header),
    ...OVERRIDES,
  ];
}

/** Sends an answer that is whole. To HEAD, without saying how long the content would have been (RFC 9110 §8.6). */
export function sendWhole(response: ServerResponse, method: string | undefined, answer: EspResponse): void {
  const length = method === 'HEAD' ? [] : ['content-length', String(Buffer.byteLength(answer.body))];
  response.writeHead(answer.status, [...answer.headers.flat(), ...length]);
  response.end(answer.body);
}
