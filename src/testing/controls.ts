/**
 * What can be asked of a listening issuer beside its documents: an index, and by POST a token, a rotation, a failure.
 *
 * Anybody who can send it a request can have a token for any account of an application that trusts it. So it listens on
 * loopback addresses only, and lets no web page in: the `Host` must name a loopback address, which a rebound DNS name
 * does not, and a body must be declared as JSON, which a page cannot do elsewhere without asking first (Fetch §3.2.5).
 *
 * @module
 */

import type { IncomingMessage } from 'node:http';
import { JwtError } from '../jose/errors.ts';
import { member, parseJsonObject, type JsonObject } from '../jose/json.ts';
import { answerJson, answerText, type Answer } from './answers.ts';

/** A control: takes the members of the request's body. */
export type Control = (body: JsonObject) => Answer;

/** What the controls move. */
export interface ControlledIssuer {
  readonly mint: (claims: JsonObject) => string;
  readonly rotate: () => string;
  readonly retire: () => readonly string[];
  /** @throws {TypeError} for an unknown mode. */
  readonly fail: (mode: unknown) => void;
}

/** Octets that a request's body may have. */
const MAX_BODY = 65_536;

/** RFC 9110 §7.2: uri-host and port. Names that other people's DNS decides about are not among them. */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

const JSON_TYPE = /^application\/json[\t ]*(?:;|$)/i;

/** The controls, by path. */
export function controlsOf(issuer: ControlledIssuer): ReadonlyMap<string, Control> {
  return new Map<string, Control>([
    ['/mint', (claims) => answerText(200, issuer.mint(claims))],
    ['/rotate', () => answerJson({ kid: issuer.rotate() }, NOT_KEPT)],
    ['/retire', () => answerJson({ retired: issuer.retire() }, NOT_KEPT)],
    ['/fail', (body) => {
      issuer.fail(member(body, 'mode'));
      return answerJson({ failing: member(body, 'mode') }, NOT_KEPT);
    }],
  ]);
}

const NOT_KEPT = { 'cache-control': 'no-store' } as const;

/** Says whether a request was addressed to a loopback name. */
export function isForLoopback({ headers: { host } }: IncomingMessage): boolean {
  return host !== undefined && LOOPBACK_HOST.test(host);
}

/**
 * Runs a control with the body of a request.
 *
 * @returns what the control answers; 405, 413, 415 for a request that is not one for it; 400 for a body it cannot take.
 */
export async function runControl(control: Control, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'POST') return refusal(405, 'POST JSON here', { allow: 'POST' });
  const type = request.headers['content-type'] ?? '';
  if (!JSON_TYPE.test(type)) return refusal(415, 'the Content-Type must be application/json');
  const octets = await readBody(request);
  if (octets === undefined) return refusal(413, `the body must not exceed ${MAX_BODY} octets`);
  try {
    return control(parseJsonObject(octets, 'the body'));
  } catch (error) {
    if (error instanceof JwtError || error instanceof TypeError) return refusal(400, error.message);
    throw error;
  }
}

/** A refusal leaves the body unread, so the connection is of no more use (RFC 9112 §9.3). */
function refusal(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const answer = answerText(status, text);
  return { ...answer, headers: { ...answer.headers, connection: 'close', ...headers } };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Left open on return, so that the refusal can still be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const octets: Uint8Array = chunk;
    length += octets.length;
    if (length > MAX_BODY) return undefined;
    chunks.push(octets);
  }
  return Buffer.concat(chunks);
}
