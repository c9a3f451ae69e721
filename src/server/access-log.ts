/**
 * The access log: one JSON object a line, without tokens.
 *
 * @module
 */

import { redactQuery, type EspPolicy } from '../esp/index.ts';

/** What is told of one request. */
export interface AccessEntry {
  readonly method: string;
  /** As received. What may be a token in it is taken out. */
  readonly target: string;
  readonly status: number;
  /** `allowed`, or why not. */
  readonly code: string;
  /** The template that the path matched. */
  readonly template?: string | undefined;
  /** From the head of the request to the end of its answer, in seconds. */
  readonly seconds: number;
  readonly client?: string | undefined;
  /** Why the service has not answered. */
  readonly upstream?: string | undefined;
  /** Whether the answer went out whole. */
  readonly complete: boolean;
}

/** The status of a request whose client has gone before there was an answer: it was told none. The number is nginx's. */
export const CLIENT_GONE = 499;

/** Writes an entry. */
export type AccessLog = (entry: AccessEntry) => void;

/** Names that hold tokens whatever the policy says. */
const TOKEN_PARAMETERS: readonly string[] = ['access_token', 'id_token', 'token', 'jwt'];

/**
 * Parts of base64url with dots between them, however often a dot is encoded.
 *
 * It begins where letters do and nowhere else: a search that began anew at every letter would take a second for a target of
 * 32 KiB (measured), and targets are a stranger's.
 */
const DOTTED = /(?<![\w-])[\w-]+(?:(?:\.|%(?:25)*2e)[\w-]*)+/gi;

/** What base64url makes of `{"`, with which the first part of a token begins. */
const OBJECT = 'eyJ';

/** Characters of a target that are told. */
const MAX_TARGET = 1024;

/**
 * Makes the log of a service.
 *
 * A log that cannot be written must not keep requests from being answered: what `write` throws is dropped.
 */
export function createAccessLog(policy: EspPolicy, write: (line: string) => unknown): AccessLog {
  const locations = policy.providers.flatMap((provider) => provider.locations);
  const queried = locations.filter((location) => location.in === 'query').map(({ name }) => name);
  const names = [...new Set([...TOKEN_PARAMETERS, ...queried])];
  return ({ method, target, seconds, template, client, upstream, ...entry }) => {
    // What is undefined is not written.
    const line = JSON.stringify({
      time: new Date().toISOString(),
      method: method.slice(0, 32),
      target: redactTarget(target, names),
      template,
      ...entry,
      upstream,
      milliseconds: Math.round(seconds * 1e6) / 1000,
      client,
    });
    try {
      write(`${line}\n`);
    } catch {
      // Nobody is left to be told.
    }
  };
}

/** A target as it may be kept: whatever form it has, everything behind the first "?" is read as a query. */
export function redactTarget(target: string, names: readonly string[]): string {
  const mark = target.indexOf('?');
  const [path, query] = mark === -1 ? [target, undefined] : [target.slice(0, mark), target.slice(mark + 1)];
  const told = query === undefined ? path : `${path}?${redactQuery(query, names)}`;
  const bare = told.replace(DOTTED, redactParts);
  return bare.length > MAX_TARGET ? `${bare.slice(0, MAX_TARGET)}...` : bare;
}

/** Before a token may stand a word, or the digits of an encoded space. */
function redactParts(parts: string): string {
  const at = parts.indexOf(OBJECT);
  return at === -1 || !/[.%]/.test(parts.slice(at)) ? parts : `${parts.slice(0, at)}REDACTED`;
}
