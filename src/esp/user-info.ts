/**
 * What the service is told about the user: `X-Endpoint-API-UserInfo`, and headers made of single claims.
 *
 * A header that says who the user is must not be anyone's to send. So these are always removed from a request first,
 * under every spelling that a service might read as one of them.
 *
 * @module
 */

import { audiencesOf } from '../jose/claims.ts';
import { member } from '../jose/json.ts';
import type { EspRefusal, VerifiedToken } from './decide.ts';

/** The field in which the service is told of the user, in lower case. Its name is ESP's. */
export const USER_INFO_HEADER = 'x-endpoint-api-userinfo';

/** A claim to be passed on, and the header to pass it in, in lower case. */
export interface ClaimHeader {
  readonly claim: string;
  readonly header: string;
}

/** How the user is told of. */
export interface UserInfoOptions {
  /** ESPv1: an object of Google's, base64url with padding. ESPv2: the token's own payload, without. */
  readonly form: 'espv1' | 'espv2';
  /** Pads ESPv2's form too, for services that insist. */
  readonly pad?: boolean;
  readonly claimHeaders?: readonly ClaimHeader[];
}

/** The headers to set, or the refusal of a request whose token cannot be told of. */
export type UserInfo =
  | { readonly ok: true; readonly headers: readonly (readonly [name: string, value: string])[] }
  | { readonly ok: false; readonly refusal: EspRefusal };

/** Octets. Of one value: many servers take 8,192 for all of a request's headers, or for one. */
const MAX_USER_INFO = 16_384;
const MAX_CLAIM = 4096;

/** Names that mean something to HTTP itself, or to those on the way. A claim in them would not be told but obeyed. */
const RESERVED: ReadonlySet<string> = new Set([
  'authorization', 'connection', 'content-encoding', 'content-length', 'content-type', 'cookie', 'expect', 'forwarded',
  'host', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer',
  'transfer-encoding', 'upgrade', 'via', USER_INFO_HEADER,
]);

/**
 * Fields by which a client could change behind our back what was decided on: the method, the path (CVE-2018-14773), and for CGI
 * the proxy that a service goes out by (CVE-2016-5385). ESP knows the first; frameworks know the others.
 */
export const OVERRIDES: readonly string[] = Object.freeze([
  'x-http-method-override', 'x-http-method', 'x-method-override', 'x-original-url', 'x-rewrite-url', 'proxy',
]);

/**
 * Reads `claim=Header` pairs, as `--claim-header` takes them.
 *
 * @throws {TypeError} for another form, for a header that is not free to carry a claim, or is to carry two.
 * @example
 * parseClaimHeaders(['sub=X-Auth-Subject']); // [{ claim: 'sub', header: 'x-auth-subject' }]
 */
export function parseClaimHeaders(texts: readonly string[]): readonly ClaimHeader[] {
  const taken = new Set([...RESERVED, ...OVERRIDES]);
  return texts.map((text) => {
    const [, claim, name] = /^([^=]+)=([A-Za-z][A-Za-z0-9-]*)$/.exec(text) ?? [];
    if (claim === undefined || name === undefined) throw new TypeError('a claim header expected CLAIM=Header-Name');
    const header = name.toLowerCase();
    if (taken.has(header) || header.startsWith('x-forwarded-')) {
      throw new TypeError(`a claim header cannot be "${header}": it has a meaning already`);
    }
    taken.add(header);
    return Object.freeze({ claim, header });
  });
}

/**
 * Says which headers of a client's are removed before a request goes on.
 *
 * Compared with all but letters and digits read as "-": CGI and WSGI make "_" of "-", and some that stand on them make it of
 * whatever else a name may have (RFC 3875 §4.1.18).
 *
 * @param tokenHeaders in lower case: where tokens are looked for. Another spelling of one holds what nobody has looked at.
 */
export function createHeaderGuard(
  claimHeaders: readonly ClaimHeader[],
  tokenHeaders: readonly string[] = [],
): (name: string) => boolean {
  const ours = new Set([USER_INFO_HEADER, ...OVERRIDES, ...claimHeaders.map(({ header }) => header)]);
  const looked = new Set(tokenHeaders);
  return (name) => {
    const lower = name.toLowerCase();
    const read = lower.replace(/[^a-z0-9-]/g, '-');
    return ours.has(read) || (read !== lower && looked.has(read));
  };
}

/**
 * Makes the headers that tell of the user: none where there is no token, that is where the user is anonymous.
 *
 * @param tokens of an allowed decision; the first one counts.
 * @param method for the refusal.
 */
export function formatUserInfo(tokens: readonly VerifiedToken[], method: string, options: UserInfoOptions): UserInfo {
  const [token] = tokens;
  if (token === undefined) return { ok: true, headers: [] };
  const info = options.form === 'espv1' ? formatEspv1(token) : formatEspv2(token, options.pad === true);
  if (info.length > MAX_USER_INFO) return notForwardable(method, 'the claims are too long to be passed on');
  const headers: [string, string][] = [[USER_INFO_HEADER, info]];
  for (const { claim, header } of options.claimHeaders ?? []) {
    const value = member(token.jwt.claims, claim);
    if (value === undefined || value === null) continue;
    const text = formatClaim(value);
    if (text === undefined) return notForwardable(method, `the claim "${claim}" cannot be passed on in a header`);
    headers.push([header, text]);
  }
  return { ok: true, headers };
}

function notForwardable(method: string, reason: string): UserInfo {
  return { ok: false, refusal: Object.freeze({ code: 'claims_not_forwardable', method, reason }) };
}

/**
 * google.api's UserInfo as ESPv1 writes it: the claims are a text within the text.
 *
 * They are written as they are; ESPv1 itself blanks an "aud" that is an array.
 */
function formatEspv1({ jwt: { claims } }: VerifiedToken): string {
  const email = member(claims, 'email');
  const info = {
    claims: JSON.stringify(claims),
    issuer: claims.iss,
    // What is undefined is left out by JSON.stringify.
    id: claims.sub === '' ? undefined : claims.sub,
    email: typeof email === 'string' && email !== '' ? email : undefined,
    audiences: [...new Set(audiencesOf(claims))].sort(),
  };
  return pad(Buffer.from(JSON.stringify(info), 'utf8').toString('base64url'));
}

/** The payload as the issuer signed it: its one canonical spelling, for the token was verified. */
function formatEspv2({ token }: VerifiedToken, padded: boolean): string {
  const start = token.indexOf('.') + 1;
  const payload = token.slice(start, token.indexOf('.', start));
  return padded ? pad(payload) : payload;
}

function pad(base64url: string): string {
  return base64url.padEnd(Math.ceil(base64url.length / 4) * 4, '=');
}

/**
 * A claim as a header value, or undefined where it cannot be one.
 *
 * Text of visible ASCII goes as it is, other text as an ext-value of RFC 8187, `UTF-8''...`, and text that only looks
 * like one not at all: two users must never look alike to the service. Control characters have no business in an
 * identity.
 */
function formatClaim(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value)) return undefined;
  if (/^utf-8'/i.test(value)) return undefined;
  const plain = value === '' || /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value);
  const text = plain ? value : `UTF-8''${encodeExtended(value)}`;
  return text.length > MAX_CLAIM ? undefined : text;
}

/** RFC 8187 §3.2.1: all but attr-char is percent-encoded. encodeURIComponent leaves four characters too many. */
function encodeExtended(text: string): string {
  const encode = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/['()*]/g, encode);
}
