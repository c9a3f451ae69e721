/**
 * A question as a lenient reader sees it: what a class of explained differences looks at, apart from the library.
 *
 * @module
 */

import type { RefusalCode } from '../../src/jose/index.ts';
import type { Question } from './question.ts';
import { ISSUER } from './subjects.ts';

export type AnyObject = Readonly<Record<string, unknown>>;

/** A member of a key set in whatever form: a JWK, or a PEM. */
export interface KeyMember {
  readonly kid?: unknown;
  readonly jwk?: AnyObject;
  readonly pem?: string;
}

/** What is expected of a token. Durations are seconds. */
export interface Expected {
  readonly alg: string;
  readonly issuers: readonly string[];
  /** Undefined: absent or "JWT". */
  readonly typ?: string;
  readonly subject?: string;
  readonly maxAge?: number;
  readonly maxLifetime?: number;
  readonly required: readonly string[];
  readonly google: boolean;
}

/** One half of a token, header or payload. */
export interface Half {
  readonly octets: Buffer;
  readonly text: string;
  /** What JSON.parse makes of it; undefined where it throws. */
  readonly value: unknown;
}

export interface Facts {
  readonly kind: Question['kind'];
  /** Why we refuse. A TypeError counts too: a key set that is none at all. */
  readonly code: RefusalCode | 'mistake of the caller';
  readonly token: string;
  /** Three or not. */
  readonly parts: readonly string[];
  readonly header: Half;
  readonly payload: Half;
  readonly keys: readonly KeyMember[];
  readonly expected: Expected;
}

export const isObject = (value: unknown): value is AnyObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An own member of an object, or undefined. */
export const own = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** JSON, or undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function halfOf(part: string | undefined): Half {
  const octets = Buffer.from(part ?? '', 'base64url');
  const text = octets.toString('utf8');
  return { octets, text, value: parseJson(text) };
}

/** The members of a key set in any of the forms that can be given, in their order. */
export function keyMembersOf(keys: unknown): KeyMember[] {
  return allMembersOf(keys).filter(({ jwk, pem }) => jwk !== undefined || pem !== undefined);
}

/** What is no JWK among them: beside it, a key without an ID is not the only one. */
function allMembersOf(keys: unknown): KeyMember[] {
  if (typeof keys === 'string') return [{ pem: keys }];
  const list: unknown = Array.isArray(keys) ? keys : own(keys, 'keys');
  if (Array.isArray(list)) return list.map((jwk: unknown) => (isObject(jwk) ? { kid: own(jwk, 'kid'), jwk } : {}));
  if (!isObject(keys) || Object.hasOwn(keys, 'keys')) return [];
  if (Object.hasOwn(keys, 'kty')) return [{ kid: own(keys, 'kid'), jwk: keys }];
  return Object.entries(keys).flatMap(([kid, pem]) => (typeof pem === 'string' ? [{ kid, pem }] : []));
}

/** The members that a token may mean: those of its key ID, and those that have none. Without a key ID, all. */
export function candidatesOf(keys: readonly KeyMember[], kid: unknown): readonly KeyMember[] {
  return kid === undefined ? keys : keys.filter((key) => key.kid === undefined || key.kid === kid);
}

/** The keys a question is asked with, in the form given. */
export const keysOf = ({ kind, keys, subject }: Question): unknown => (kind === 'keys' ? keys : subject.signer.jwks);

/** What the policy of a question's subject expects. */
export function expectedOf({ subject: { expectation: { policy }, signer } }: Question): Expected {
  const google = 'google' in policy;
  const text = (name: string) => (typeof policy[name] === 'string' ? { [name]: policy[name] } : {});
  const seconds = (name: string) => (typeof policy[name] === 'number' ? { [name]: policy[name] } : {});
  const wanted = policy['requiredClaims'];
  return {
    alg: signer.alg,
    issuers: google ? ['https://accounts.google.com', 'accounts.google.com'] : [ISSUER],
    ...text('typ'), ...text('subject'), ...seconds('maxAge'), ...seconds('maxLifetime'),
    ...(google ? { maxLifetime: 86_400 } : {}),
    required: [
      'exp', 'iss', 'aud', ...('subject' in policy || google ? ['sub'] : []),
      ...('maxAge' in policy || 'maxLifetime' in policy || google ? ['iat'] : []),
      ...(Array.isArray(wanted) ? wanted.filter((name) => typeof name === 'string') : []),
    ],
    google,
  };
}

/** Reads a question that was refused. */
export function factsOf(question: Question, code: Facts['code']): Facts {
  const { kind, token } = question;
  const parts = token.split('.');
  return {
    kind, code, token, parts, header: halfOf(parts[0]), payload: halfOf(parts[1]),
    keys: allMembersOf(keysOf(question)), expected: expectedOf(question),
  };
}

/** How deep the brackets of a JSON text go, and whether two members of one object have one name. */
export function shapeOf(text: string): { readonly depth: number; readonly duplicate: boolean } {
  const open: Set<unknown>[] = [];
  let [depth, duplicate] = [0, false];
  for (const [lexeme] of text.matchAll(/"(?:\\.|[^"\\])*"(?:\s*:)?|[{}[\]]/g)) {
    if (lexeme === '{' || lexeme === '[') depth = Math.max(depth, open.push(new Set()));
    else if (lexeme === '}' || lexeme === ']') open.pop();
    else if (lexeme.endsWith(':')) {
      const name = parseJson(lexeme.slice(0, -1));
      duplicate ||= open.at(-1)?.has(name) === true;
      open.at(-1)?.add(name);
    }
  }
  return { depth, duplicate };
}

/** Whether any value in a JSON value, names included, is what `is` looks for. */
export function holdsAny(value: unknown, is: (value: unknown) => boolean): boolean {
  if (is(value)) return true;
  if (Array.isArray(value)) return value.some((element) => holdsAny(element, is));
  return isObject(value) && Object.entries(value).some(([name, inner]) => is(name) || holdsAny(inner, is));
}
