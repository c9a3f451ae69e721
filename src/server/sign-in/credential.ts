/**
 * The request that brings an ID token, in the two modes of Google Identity Services.
 *
 * `login_uri`: a form is posted by Google's script on our page, or from Google's own page where the button redirects; its
 * g_csrf_token is in a cookie as well. `callback`: our page's script has the token, and sends it to us as JSON.
 *
 * @module
 */

import { BodyTooLarge, readBody, readCookie } from '../../http/index.ts';
import { JwtError } from '../../jose/index.ts';
import { member, parseJsonObject } from '../../jose/json.ts';
import { fieldsOf, type IncomingRequest } from '../request-fields.ts';
import type { CredentialMode, SignInCode } from './answers.ts';
import { isFromOurPage, mayPostForm } from './same-origin.ts';
import { isSame } from './sealed-value.ts';

/** A request with its body: node:http's own, which Express passes on, Fastify's `request.raw`, or a fetch-style one. */
export interface CredentialRequest extends IncomingRequest {
  /** Octets, or a stream of them. Read from the request itself where it is one. */
  readonly body?: unknown;
  /** Whether somebody has read the body before us (node:stream). */
  readonly readableDidRead?: boolean;
}

/** What the request brought. */
export type ReadCredential =
  | { readonly ok: true; readonly mode: CredentialMode; readonly credential: string }
  | { readonly ok: false; readonly mode: CredentialMode; readonly code: SignInCode };

/** A token of 10,000 characters, and room for the form around it. Octets. */
const BODY_LIMIT = 16_384;

const FORM_TYPE = /^application\/x-www-form-urlencoded(?:[ \t]*;[ \t]*charset="?utf-8"?)?$/i;
const JSON_TYPE = /^application\/json(?:[ \t]*;[ \t]*charset="?utf-8"?)?$/i;

/**
 * Reads the credential of a request, and proves that our page, or Google's, has sent it.
 *
 * @throws {TypeError} where the body has been read by another before.
 */
export async function readCredential(request: CredentialRequest, origin: string): Promise<ReadCredential> {
  const mode = modeOf(request);
  const refuse = (code: SignInCode): ReadCredential => ({ ok: false, mode: mode ?? 'form', code });
  if (request.method !== 'POST') return refuse('method_not_allowed');
  if (mode === undefined) return refuse('media_type_not_supported');
  if (!(mode === 'form' ? mayPostForm(request, origin) : isFromOurPage(request, origin))) return refuse('origin_not_allowed');
  let body: Uint8Array;
  try {
    body = await readBody(octetsFrom(request), BODY_LIMIT);
  } catch (error) {
    if (error instanceof TypeError) throw error;
    // Otherwise the client has gone, and nobody will read the answer.
    return refuse(error instanceof BodyTooLarge ? 'body_too_large' : 'body_malformed');
  }
  const read = mode === 'form' ? readForm(body, fieldsOf(request, 'cookie')) : readJson(body);
  return read.code === undefined ? { ok: true, mode, credential: read.credential } : refuse(read.code);
}

function modeOf(request: IncomingRequest): CredentialMode | undefined {
  // RFC 9110 §8.4: what is compressed would have to be inflated within bounds, and no browser compresses this.
  if (fieldsOf(request, 'content-encoding').length > 0) return undefined;
  const [type = '', another] = fieldsOf(request, 'content-type');
  if (another !== undefined) return undefined;
  if (FORM_TYPE.test(type)) return 'form';
  // A page of another origin cannot send this type without asking first (CORS), which we never allow.
  return JSON_TYPE.test(type) ? 'json' : undefined;
}

type Read = { readonly credential: string; readonly code?: never } | { readonly code: SignInCode };

/** Google's guide, "Verify the Cross-Site Request Forgery (CSRF) token": in cookie and body, both there, and equal. */
function readForm(body: Uint8Array, cookieFields: readonly string[]): Read {
  const form = new URLSearchParams(Buffer.from(body).toString('latin1'));
  const [credential, twin] = form.getAll('credential');
  const [posted, other] = form.getAll('g_csrf_token');
  const kept = readCookie(cookieFields, 'g_csrf_token');
  if (posted === undefined || posted === '' || other !== undefined || kept === undefined || kept === '') {
    return { code: 'csrf_token_missing' };
  }
  if (!isSame(posted, kept)) return { code: 'csrf_token_mismatch' };
  return credential === undefined || twin !== undefined ? { code: 'body_malformed' } : { credential };
}

function readJson(body: Uint8Array): Read {
  try {
    const credential = member(parseJsonObject(body, 'the body'), 'credential');
    return typeof credential === 'string' ? { credential } : { code: 'body_malformed' };
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    return { code: 'body_malformed' };
  }
}

function isOctetStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** The octets of a body, which nobody may have read before: what a parser has made of it no longer tells two of one name. */
function octetsFrom(request: CredentialRequest): AsyncIterable<Uint8Array> {
  const { body } = request;
  if (body instanceof Uint8Array) return once(body);
  if (isOctetStream(body)) return body;
  const unread = request.readableDidRead !== true;
  if (isOctetStream(request) && unread) return request;
  if (unread && (body === null || body === undefined)) return once(new Uint8Array());
  throw new TypeError('the body was read before: sign-in must come before any parser of bodies, or be given its octets');
}

async function* once(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  yield octets;
}
