/**
 * How the playground answers: with headers that let a browser do nothing but what its own pages need.
 *
 * @module
 */

import type { ServerResponse } from 'node:http';

/**
 * Content Security Policy of the pages: files of ours, answers of ours, and nothing in line. With Trusted Types, and no
 * policy for them, no string of any origin can become markup or script.
 */
export const PAGE_POLICY: string = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self'",
  "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", 'trusted-types',
].join('; ');

/** Sent with every answer. */
const ALWAYS: Readonly<Record<string, string>> = Object.freeze({
  'cache-control': 'no-store',
  'content-security-policy': PAGE_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  // With none at all, the form that signs out could not say where it comes from (Fetch §3.2, Origin).
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
});

/**
 * In place of these, for the one page that holds Google's own button: what Google's guide asks for, and no more.
 *
 * Google Identity Services, "Content Security Policy", and for http on localhost "Referrer-Policy".
 */
export const GOOGLE_PAGE_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-security-policy': [
    "default-src 'none'", "script-src 'self' https://accounts.google.com/gsi/client",
    "style-src 'self' https://accounts.google.com/gsi/style", "connect-src 'self' https://accounts.google.com/gsi/",
    'frame-src https://accounts.google.com/gsi/', "img-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin-allow-popups',
  'referrer-policy': 'no-referrer-when-downgrade',
});

/** An answer of the playground, whole. */
export interface PageAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  /** In place of, or beside, those that are always sent. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** Sends an answer; to HEAD all of it but the content (RFC 9110 §9.3.2), which node:http leaves out by itself. */
export function sendAnswer(response: ServerResponse, { status, type, body, headers = {} }: PageAnswer): void {
  const octets = Buffer.from(body as Uint8Array);
  response.writeHead(status, { ...ALWAYS, 'content-type': type, 'content-length': octets.length, ...headers });
  response.end(octets);
}

/** An answer in JSON. */
export function jsonAnswer(value: object): PageAnswer {
  return { status: 200, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

/** An answer in one line of text. */
export function plainAnswer(status: number, line: string, headers: Readonly<Record<string, string>> = {}): PageAnswer {
  return { status, type: 'text/plain; charset=utf-8', body: `${line}\n`, headers };
}
