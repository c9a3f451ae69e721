/**
 * OpenAPI documents out of a seed: sound ones of both versions, and what becomes of them when they are changed.
 *
 * @module
 */

import { mutateText } from './mutate-json.ts';
import type { Random } from './random.ts';

/** A document, and what its operator says of it. */
export interface DocumentQuestion {
  readonly text: string;
  readonly unenforced: readonly string[];
  /** Whether nothing about it was changed: it must be read, and its tokens must open it. */
  readonly sound: boolean;
}

/** Issuers whose tokens the fuzzer has. */
export const ISSUERS: readonly string[] = ['https://one.example', 'https://two.example', 'robot@three.example'];

/** What a sound document calls its service. */
export const SERVICE = 'api.example';

const KEYS = 'https://keys.example/jwks';

const SEGMENTS: readonly string[] = ['a', 'b', 'shelves', 'a%20b', '%61', 'v1.2', '{x}', '{y}', '{z=*}', '{z=a/*}', '*', '~u', 'a:b', '@'];
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

const several = <T>(random: Random, most: number, make: () => T): T[] => Array.from({ length: random.below(most + 1) }, make);

function nextPath(random: Random): string {
  const segments = several(random, 3, () => random.pick(SEGMENTS));
  if (random.oneIn(6)) segments.push(random.pick(['**', '{rest=**}']), ...several(random, 1, () => random.pick(['a', 'b'])));
  return `/${segments.join('/')}${random.oneIn(8) && segments.length > 0 ? '/' : ''}`;
}

/** Names of definitions: one for each issuer, and others that cannot be enforced. */
const OPEN_KINDS = ['key', 'password'] as const;

/** A requirement of tokens alone: one alternative, or several, or none where it may be left out. */
function nextSecurity(random: Random): object[] {
  const alternative = (): object => Object.fromEntries(several(random, 2, () => [`jwt${random.below(ISSUERS.length)}`, []]));
  const alternatives = several(random, 2, alternative);
  if (random.oneIn(5)) alternatives.push({ [random.pick(OPEN_KINDS)]: [] }, { jwt0: [] });
  return alternatives;
}

function nextOperation(random: Random): object {
  const answers = { responses: { 200: { description: 'ok' } } };
  return random.oneIn(3) ? answers : { ...answers, security: nextSecurity(random) };
}

function nextPaths(random: Random): object {
  const seen = new Set<string>();
  const paths = several(random, 5, () => nextPath(random)).filter((path) => {
    // Two that the same requests mean must want the same, which chance does not see to.
    const key = path.replace(/\{[^}=]*\}|\{[^}]*=\*\}/g, '*').replace(/\{[^}]*=(.*?)\}/g, '$1').replaceAll('%61', 'a').replace(/\/$/, '');
    return seen.size < seen.add(key).size;
  });
  return Object.fromEntries(paths.map((path) => [path, Object.fromEntries(
    several(random, 3, () => random.pick(METHODS)).map((method) => [method, nextOperation(random)]))]));
}

function soundDocument(random: Random): object {
  const shared = { paths: nextPaths(random), ...(random.oneIn(2) ? { security: nextSecurity(random) } : {}),
    ...(random.oneIn(6) ? { 'x-google-allow': random.pick(['all', 'configured']) } : {}) };
  const keys = (issuer: string): boolean => issuer.includes('@') || random.oneIn(2);
  if (random.oneIn(2)) {
    const definition = (issuer: string): object => ({ 'type': 'oauth2', 'flow': 'implicit', 'x-google-issuer': issuer,
      ...(keys(issuer) ? { 'x-google-jwks_uri': KEYS } : {}) });
    return { swagger: '2.0', info: {}, host: SERVICE, ...(random.oneIn(2) ? { basePath: random.pick(['/', '/v1', '/v1/a/']) } : {}), ...shared,
      securityDefinitions: { ...Object.fromEntries(ISSUERS.map((issuer, at) => [`jwt${at}`, definition(issuer)])),
        key: { type: 'apiKey', in: 'query', name: 'key' }, password: { type: 'basic' } } };
  }
  const scheme = (issuer: string): object => ({ 'type': random.pick(['oauth2', 'http', 'openIdConnect']),
    'x-google-auth': { issuer, ...(keys(issuer) ? { jwksUri: KEYS } : {}) } });
  return { openapi: random.pick(['3.0.3', '3.1.0']), info: {}, servers: [{ url: `https://${SERVICE}${random.pick(['', '/', '/v2'])}` }], ...shared,
    components: { securitySchemes: { ...Object.fromEntries(ISSUERS.map((issuer, at) => [`jwt${at}`, scheme(issuer)])),
      key: { type: 'apiKey' }, password: { type: 'http', scheme: 'basic' } } } };
}

/** Values that have a meaning somewhere in a document, or nowhere. */
const VALUES: readonly unknown[] = [
  null, true, false, 0, -1, 1e308, '', ' ', '/', '//', '/..', '/%2e', '/{', '/{x', '/**/{x}', '/{x=**}/{y}', '*', 'all', 'configured', '2.0', '3.0.0',
  2, 'oauth2', 'apiKey', 'basic', 'http', 'jwt0', 'jwt1', 'key', [], [[]], {}, [{}], [{ jwt0: [] }], [{ key: [] }], [{ jwt0: [], key: [] }],
  [{}, { jwt1: [] }], [{ jwt9: [] }], [{ jwt0: ['scope'] }], [null], { $ref: '#/paths/a' }, { security: [] }, { get: {} }, { GET: {} }, ISSUERS[0],
  ISSUERS[2], 'nobody@', 'http://keys.example/', 'https://', 'ftp://a', `a${'.b'.repeat(50)}`, 'x'.repeat(9000), '\u0000', '\ud800', '\u2028', 'é',
  [{ header: 'Authorization', valuePrefix: 'Bearer ' }], [{ query: 't' }, { cookie: 't' }], [{ header: 'a b' }], 'a,b, ,c', 'https://h/{v}',
];

const NAMES: readonly string[] = [
  'security', 'paths', 'basePath', 'host', 'servers', 'url', 'components', 'securitySchemes', 'securityDefinitions', 'type', 'get', 'GET', 'post', 'head',
  'options', 'trace', 'connect', 'parameters', 'x-google-allow', 'x-google-endpoints', 'x-google-endpoint', 'x-google-issuer', 'x-google-jwks_uri',
  'x-google-audiences', 'x-google-jwt-locations', 'x-google-auth', 'x-google-isuer', 'issuer', 'jwksUri', 'audiences', 'jwtLocations', 'swagger', 'openapi',
  '$ref', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '', '/', '/a', '/{x}', '/**', 'x-', 'x-a', 'jwt0', 'jwt1', 'key', 'allowCors',
];

/** Changes something at any depth, or puts a part of the document in another place of it. */
function mutateDocument(value: unknown, random: Random, whole: unknown): unknown {
  if (random.oneIn(9)) return random.oneIn(4) ? partOf(whole, random) : random.pick(VALUES);
  if (Array.isArray(value)) {
    const at = random.below(value.length + 1);
    if (at === value.length) return [...value, random.pick(VALUES)];
    return random.oneIn(5) ? value.toSpliced(at, 1) : value.with(at, mutateDocument(value[at], random, whole));
  }
  if (typeof value !== 'object' || value === null) return random.pick(VALUES);
  const entries = Object.entries(value);
  const at = random.below(entries.length + 1);
  const [name = random.pick(NAMES), inner] = entries[at] ?? [];
  if (random.oneIn(7)) return Object.fromEntries(entries.toSpliced(at, 1));
  if (random.oneIn(7)) return Object.fromEntries(entries.toSpliced(at, 1, [random.pick(NAMES), inner]));
  return Object.fromEntries([...entries, [name, mutateDocument(inner, random, whole)]]);
}

function partOf(value: unknown, random: Random): unknown {
  let part = value;
  while (typeof part === 'object' && part !== null && !random.oneIn(3)) part = random.pick([undefined, ...Object.values(part)]) ?? part;
  return part;
}

/** The next question. */
export function nextDocument(random: Random): DocumentQuestion {
  let document: unknown = soundDocument(random);
  const unenforced = random.oneIn(6) ? [random.pick(['key', 'password', 'jwt0', 'nobody'])] : [];
  if (random.oneIn(4)) return { text: JSON.stringify(document), unenforced, sound: unenforced.length === 0 };
  const whole = document;
  do document = mutateDocument(document, random, whole);
  while (random.oneIn(2));
  const text = JSON.stringify(document) ?? 'null';
  if (!random.oneIn(12)) return { text, unenforced, sound: false };
  const changed = mutateText(text, random);
  return { text: typeof changed === 'string' ? changed : Buffer.from(changed).toString('utf8'), unenforced, sound: false };
}
