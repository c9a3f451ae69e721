/**
 * HTTP requests out of a seed, as octets: sound ones, and what a client, or somebody on the way, makes of them.
 *
 * @module
 */

import type { Random } from './random.ts';

/** The tokens that a fuzzer has. */
export interface Tokens {
  /** Opens what is secured. */
  readonly good: string;
  /** Opens nothing. */
  readonly bad: readonly string[];
}

/** What is sent down one connection. */
export interface Exchange {
  /** In the pieces in which it is written. */
  readonly pieces: readonly string[];
  /** Whether the good token stands anywhere in it. */
  readonly hasGoodToken: boolean;
  /** Where every octet is of a request that is whole and sound: the statuses that must be answered, in their order. */
  readonly statuses?: readonly number[];
  /** Of those how many may pass, were each alone: one behind an answer that closes may be under way already. */
  readonly passing?: number;
}

/** Routes of the service, as its document lists them: what they are without a token. */
const ROUTES = [
  { method: 'GET', path: '/open', open: true }, { method: 'GET', path: '/closed', open: false },
  { method: 'POST', path: '/closed', open: false }, { method: 'PUT', path: '/closed/7', open: false },
  { method: 'DELETE', path: '/closed/a%20b', open: false }, { method: 'GET', path: '/optional', open: true },
] as const;

/** Paths that mean a closed one to somebody. */
const PATHS: readonly string[] = [
  '/closed', '/Closed', '/closed/', '//closed', '/closed//', '/./closed', '/open/../closed', '/open/..%2fclosed', '/%63losed', '/closed%2f7', '/closed;x',
  '/open;/closed', '/closed%00', '/closed%20', '/closed?', '/closed#a', '/\\closed', '/open\\..\\closed', '/%2e%2e/closed', '/%252e%252e/closed', '/closed/7/8',
  'http://a/closed', '*', 'closed', '/open?a=/closed', '/open#/closed', '/\xe4', '/closed/%c0%ae', `/${'a'.repeat(9000)}`, '/open?access_token=a&access_token=b', '/',
];

const METHODS = ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'CONNECT', 'get', 'G ET', 'M-SEARCH', 'PROPFIND', 'QUERY', 'X', ''];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.2', 'HTTP/11', 'http/1.1', 'HTTP/1.1 ', ''];

/** What nobody but us may say. Some are spelt as a service behind CGI would read them. */
export const FORGED = 'forged-by-a-client';
const FORGERIES: readonly string[] = [
  `X-Endpoint-API-UserInfo: ${FORGED}`, `x-endpoint-api-userinfo: ${FORGED}`, `X_Endpoint_API_UserInfo: ${FORGED}`, `X-Endpoint-API_UserInfo: ${FORGED}`,
  `X.Endpoint.API.UserInfo: ${FORGED}`, `X-Endpoint-API-UserInfo:\t${FORGED}`, `X-Auth-Subject: ${FORGED}`, `X_AUTH_SUBJECT: ${FORGED}`, `X~Auth~Subject: ${FORGED}`,
  `Connection: X-Auth-Subject\r\nX-Auth-Subject: ${FORGED}`, `X: a\r\n X-Auth-Subject: ${FORGED}`, `X: a\rX-Auth-Subject: ${FORGED}`, `X: a\nX-Auth-Subject: ${FORGED}`,
];

const FIELDS: readonly string[] = [
  'Connection: close', 'Connection: keep-alive', 'Connection: Authorization', 'Connection: Host', 'Keep-Alive: timeout=1', 'Expect: 100-continue', 'Expect: x',
  'Upgrade: websocket', 'Connection: Upgrade\r\nUpgrade: websocket', 'Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk', 'TE: trailers', 'Trailer: Host',
  'Transfer-Encoding: chunked', 'Transfer-Encoding: identity', 'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding : chunked', 'Transfer-Encoding: xchunked',
  'Content-Length: 0', 'Content-Length: 5', 'Content-Length: -1', 'Content-Length: +5', 'Content-Length: 5, 5', 'Content-Length: 99999999999999999999', 'Content-Length:',
  'Host: b', 'Host:', 'X-HTTP-Method-Override: DELETE', 'X-HTTP-Method: GET', 'X-Forwarded-Uri: /open', 'X-Original-URI: /open', 'X-Original-Method: GET',
  'X-Forwarded-For: 127.0.0.1', 'Forwarded: for=a', 'Cookie: a=b', `X: ${'x'.repeat(40_000)}`, 'X: \xff', 'X: \x00', ': a', 'X', 'a b: c', 'Sec-WebSocket-Key: a',
];

const FIELD_LISTS: readonly (readonly string[])[] = [Array.from({ length: 250 }, (_, at) => `X-${at}: a`)];

/** What is put between, or taken away: ends of lines, spaces, octets. */
const OCTETS: readonly string[] = ['\r\n', '\n', '\r', '\r\n\r\n', ' ', '\t', '\0', '\x0b', ':', '0\r\n\r\n', '5;a=b\r\n12345\r\n', 'ffffffffffffffffff\r\n', '\x80', '\x16\x03\x01'];

interface Sound {
  readonly text: string;
  readonly status: number;
  /** Whether the connection ends with the answer: the content of a request that is refused is not read. */
  readonly last: boolean;
}

function soundRequest(random: Random, { good, bad }: Tokens): Sound {
  const { method, path, open } = random.pick(ROUTES);
  const credentials = random.below(4);
  const token = credentials < 2 ? good : random.pick(bad);
  const authorization = credentials === 3 ? [] : [`Authorization: Bearer ${token}`];
  const body = method === 'POST' || method === 'PUT' ? random.pick(['', '12345', SMUGGLED]) : '';
  const chunked = random.oneIn(3);
  const framing = body === '' && method !== 'POST' && method !== 'PUT' ? []
    : [chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`];
  const content = framing.length === 0 ? '' : chunked ? `${body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n` : body;
  const head = [`${method} ${path} HTTP/1.1`, 'Host: a', ...authorization, ...framing, ...(random.oneIn(4) ? [random.pick(FORGERIES.slice(0, 4))] : [])];
  // Where no token is needed, a bad one is looked at all the same, but on what wants none at all.
  const looked = path !== '/open';
  const status = token === good && credentials < 2 ? 200 : credentials === 3 && open ? 200 : looked ? 401 : 200;
  return { text: `${head.join('\r\n')}\r\n\r\n${content}`, status, last: status !== 200 && framing.length > 0 };
}

/** A request that must stay the content of another. */
export const SMUGGLED = 'GET /closed?smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

function brokenRequest(random: Random, tokens: Tokens): string {
  const several = (most: number, list: readonly string[]): string[] => Array.from({ length: random.below(most + 1) }, () => random.pick(list));
  const token = random.oneIn(2) ? tokens.good : random.pick(tokens.bad);
  const authorization = several(2, [`Authorization: Bearer ${token}`, `authorization: bearer ${token}`, 'Authorization: Basic YTpi', `Authorization: ${token}`,
    `Authorization: Bearer ${random.pick(tokens.bad)}`, `Authorization: Bearer ${token},${token}`, `X-Goog-IAP-JWT-Assertion: ${token}`, `Cookie: a=${token}`]);
  const fields = [...several(1, ['Host: a', 'host: a']), ...authorization, ...several(3, FIELDS), ...several(1, FORGERIES), ...(random.oneIn(40) ? random.pick(FIELD_LISTS) : [])];
  const lines = [`${random.pick(METHODS)} ${random.pick([...PATHS, '/open', '/closed'])} ${random.pick(VERSIONS)}`, ...fields];
  return `${lines.join(random.oneIn(20) ? '\n' : '\r\n')}\r\n\r\n${random.oneIn(2) ? random.pick(['12345', SMUGGLED, `0\r\n\r\n${SMUGGLED}`, '5\r\n12345\r\n0\r\n\r\n']) : ''}`;
}

function mutateOctets(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const cut = random.oneIn(3) ? random.below(5) : 0;
  return random.pick([
    () => text.slice(0, at) + random.pick(OCTETS) + text.slice(at + cut),
    () => text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1),
    () => text.slice(0, at),
    () => text.slice(0, at) + text.slice(random.below(text.length)),
    () => text.replace(/\r\n/, random.pick(['\n', '\r', '\r\n\t', '\r\n '])),
  ])();
}

function inPieces(text: string, random: Random): string[] {
  if (!random.oneIn(4)) return [text];
  const cut = random.below(text.length);
  return [text.slice(0, cut), text.slice(cut)].filter((piece) => piece !== '');
}

/** The next exchange: a pipeline of sound requests, or anything. */
export function nextExchange(random: Random, tokens: Tokens): Exchange {
  const requests = Array.from({ length: 1 + random.below(3) }, () => soundRequest(random, tokens));
  if (random.oneIn(3)) {
    const text = requests.map((request) => request.text).join('');
    const last = requests.findIndex((request) => request.last);
    const passing = requests.filter(({ status }) => status === 200).length;
    const statuses = requests.slice(0, last === -1 ? undefined : last + 1).map(({ status }) => status);
    return { pieces: inPieces(text, random), hasGoodToken: text.includes(tokens.good), statuses, passing };
  }
  const [sound] = requests;
  let text = random.oneIn(3) ? brokenRequest(random, tokens) : sound?.text ?? '';
  do text = random.oneIn(5) ? text + brokenRequest(random, tokens) : mutateOctets(text, random);
  while (random.oneIn(2));
  return { pieces: inPieces(text === '' ? ' ' : text, random), hasGoodToken: text.includes(tokens.good) };
}
