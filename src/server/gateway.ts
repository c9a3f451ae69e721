/**
 * The reverse proxy: a request is decided on, then goes on to the service octet for octet, or is answered here.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createHeaderGuard, readRawHeaders, type ClaimHeader, type EspRequest } from '../esp/index.ts';
import { CLIENT_GONE, type AccessLog } from './access-log.ts';
import { sendWhole } from './forward-auth.ts';
import { forwardedFields, malformedRequest } from './forwarded.ts';
import { framingOf } from './hop-by-hop.ts';
import type { Judge, Judgement } from './judge.ts';
import { listenOn, type Listener } from './listener.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { answerFault, relay } from './relay.ts';
import { asksForWebSocket, joinWhenUpgraded, responseOn } from './upgrade.ts';
import { createUpstream, type Upstream, type UpstreamFault } from './upstream.ts';

/** What a gateway is made of. */
export interface GatewayParts {
  /** The origin of the service. */
  readonly upstream: string;
  readonly judge: Judge;
  readonly claimHeaders: readonly ClaimHeader[];
  /** Where the policy looks for tokens, in lower case: see esp's createHeaderGuard. Default: nowhere. */
  readonly tokenHeaders?: readonly string[];
  readonly metrics: Metrics;
  readonly log: AccessLog;
  /** Keeps the X-Forwarded-* fields of a proxy before us. Default: they are the client's, and go. */
  readonly trustForwarded?: boolean;
  readonly limits?: Partial<Limits>;
}

/** The parts as each request needs them. */
interface Works extends Omit<GatewayParts, 'upstream' | 'limits'> {
  readonly upstream: Upstream;
  readonly limits: Limits;
  readonly isGuarded: (name: string) => boolean;
}

/** What is asked for beside an answer. */
interface UpgradeWish {
  readonly socket: Socket;
  readonly head: Buffer;
}

/**
 * Listens for clients.
 *
 * @throws {TypeError} for an upstream that is no origin.
 * @throws {Error} what node:net says when the port cannot be had.
 */
export async function listenGateway(port: number, host: string, parts: GatewayParts): Promise<Listener> {
  const limits = { ...DEFAULT_LIMITS, ...parts.limits };
  const upstream = createUpstream(parts.upstream, limits);
  const works: Works = { ...parts, upstream, limits, isGuarded: createHeaderGuard(parts.claimHeaders, parts.tokenHeaders) };
  const listener = await listenOn(port, host, {
    request: (request, response) => handle(request, response, works),
    faultStatus: 502,
    upgrade: (request, socket, head) => upgrade(request, socket, head, works),
  }, limits);
  return Object.freeze({
    ...listener,
    drain: async (grace: number) => {
      await listener.drain(grace);
      upstream.close();
    },
  });
}

/** Node has given up on HTTP here, whatever was asked for: what is no WebSocket is answered as if it had not asked. */
function upgrade(request: IncomingMessage, socket: Socket, head: Buffer, works: Works): void {
  const response = responseOn(request, socket);
  const facts = factsOf(request);
  // RFC 9110 §7.8: HTTP/1.0 cannot ask for it.
  const wanted = request.httpVersion === '1.1' && asksForWebSocket(facts);
  // What follows is a body that nobody has parsed.
  const unread = !wanted && (framingOf(facts.headers).kind !== 'none' || head.length > 0);
  const tooMany = request.rawHeaders.length / 2 > works.limits.headerFields;
  const refused = unread ? 'content behind an upgrade that is not passed on' : tooMany ? 'there are too many fields' : undefined;
  handle(request, response, works, wanted ? { socket, head } : undefined, refused).catch(() => socket.destroy());
}

/** Connections on which the end of a request was in doubt. What looks like the next one may be its content. */
const CONDEMNED = new WeakSet<Socket>();

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  works: Works,
  wish?: UpgradeWish,
  refused?: string,
): Promise<void> {
  const started = performance.now();
  const facts = factsOf(request);
  const framing = framingOf(facts.headers);
  if (CONDEMNED.has(request.socket)) return;
  const reason = refused ?? malformedRequest(request.httpVersion, facts, framing);
  const judgement = reason === undefined
    ? await works.judge.judge(facts)
    : works.judge.refuse({ code: 'request_refused', method: facts.method, reason }, facts);
  const record = recorder(request, response, judgement, started, works);
  // Gone while its keys were waited for.
  if (response.destroyed) return record.end();
  response.once('close', () => record.end());
  if (!judgement.allowed) {
    // What else is sent is not read: a refused request is not worth a gigabyte. Nor is what came along with it looked at:
    // RFC 9112 §9.6.
    if (framing.kind !== 'none' || reason !== undefined) {
      response.shouldKeepAlive = false;
      CONDEMNED.add(request.socket);
    }
    sendWhole(response, request.method, judgement.response);
    return;
  }
  // RFC 9110 §10.1.1: the content is asked for when it is known that somebody wants it; in HTTP/1.0 nobody waits to be asked.
  const waits = request.headers.expect !== undefined && request.httpVersion === '1.1' && framing.kind !== 'none';
  if (waits) response.writeContinue();
  const fields = forwardedFields(request, { framing, ...judgement, host: facts.host }, {
    isGuarded: works.isGuarded,
    authority: works.upstream.authority,
    trustForwarded: works.trustForwarded === true,
  });
  const onFault = (fault: UpstreamFault): void => {
    works.metrics.countUpstreamError(fault);
    record.fault = fault;
  };
  const { upstream, limits: { upgradedIdle: idle } } = works;
  const terms = { upstream, method: judgement.method, fields, framing, onFault };
  if (wish === undefined || judgement.method !== 'GET') {
    relay(request, response, terms);
    return;
  }
  fields.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
  const { until } = judgement;
  const onEnd = (): void => record.end();
  const onOther = (): void => {
    onFault('broken');
    answerFault(response, request.method, 'broken');
  };
  relay(request, response, {
    ...terms,
    onUpgrade: (out) => joinWhenUpgraded(out, { response, ...wish, idle, until, onEnd, onOther }),
  });
}

function factsOf({ method = '', url = '', rawHeaders, headers: { host } }: IncomingMessage): EspRequest {
  const headers = readRawHeaders(rawHeaders);
  return { method, target: url, headers, scheme: 'http', ...(host === undefined ? {} : { host }) };
}

/** Tells the log and the metrics of a request, once, when it has ended. */
interface Recorder {
  fault: UpstreamFault | undefined;
  readonly end: () => void;
}

function recorder(
  { method = '', url = '', socket: { remoteAddress: client } }: IncomingMessage,
  response: ServerResponse,
  judgement: Judgement,
  started: number,
  { metrics, log }: Works,
): Recorder {
  let ended = false;
  const record: Recorder = {
    fault: undefined,
    end: () => {
      if (ended) return;
      ended = true;
      const status = response.headersSent || response.statusCode === 101 ? response.statusCode : CLIENT_GONE;
      const seconds = (performance.now() - started) / 1000;
      metrics.countAnswer(status, seconds);
      const { template } = judgement;
      const code = judgement.allowed ? 'allowed' : judgement.code;
      const complete = status === 101 || response.writableFinished;
      log({ method, target: url, status, code, template, upstream: record.fault, seconds, client, complete });
    },
  };
  return record;
}
