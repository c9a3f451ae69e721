/**
 * JSON objects as JOSE needs them (RFC 8259, and where it leaves a choice, the strict one of I-JSON, RFC 7493).
 *
 * JSON.parse keeps the grammar. What it lets pass is refused here: octets that are not UTF-8, a byte order mark, two
 * members of one name, numbers beyond the range of a double, lone surrogates, and nesting without end.
 *
 * @module
 */

import { JwtError } from './errors.ts';

/** A parsed JSON object, frozen at every depth. */
export interface JsonObject {
  readonly [name: string]: unknown;
}

/** The top object is at depth 1. RFC 8259 §9 lets a reader set this limit. */
const MAX_DEPTH = 32;

// `fatal` refuses what is not UTF-8; `ignoreBOM` keeps a byte order mark in the text, where the grammar refuses it.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A surrogate that is not half of a pair: with the `u` flag, paired ones are one character of another category. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Parses UTF-8 octets that hold exactly one JSON object, and freezes it at every depth.
 *
 * @param what names the octets in the message of a refusal: "the JOSE Header", say.
 * @throws {JwtError} `invalid_utf8`, `invalid_json` or `duplicate_member`.
 */
export function parseJsonObject(octets: Uint8Array, what: string): JsonObject {
  const text = decodeUtf8(octets, what);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new JwtError('invalid_json', { message: `${what} is not valid JSON` });
  }
  if (!isJsonObject(value)) throw new JwtError('invalid_json', { message: `${what} is not a JSON object` });

  const { names, escaped } = scan(octets);
  const members = freezeTree(value, 1, escaped, what);
  // RFC 7515 §4, RFC 7519 §4: names are unique. JSON.parse has kept the last of two, so the text has more than the tree.
  if (names !== members) throw new JwtError('duplicate_member', { message: `${what} has two members of one name` });
  return value;
}

/** Says whether a JSON value is an object: not null, and not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The value of a member, or undefined where there is none.
 *
 * Own members only: a JSON object inherits names like "constructor", and a polluted prototype could lend it claims.
 */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function decodeUtf8(octets: Uint8Array, what: string): string {
  try {
    return UTF8.decode(octets);
  } catch {
    throw new JwtError('invalid_utf8', { message: `${what} is not valid UTF-8` });
  }
}

/**
 * Counts the members that valid JSON spells, and notes whether any string has a `\u` escape.
 *
 * In valid JSON every colon outside a string separates a name from its value, so counting those counts the members.
 * Octets will do: in UTF-8 no octet of a longer sequence looks like ASCII.
 */
function scan(json: Uint8Array): { readonly names: number; readonly escaped: boolean } {
  let names = 0;
  let escaped = false;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const octet = json[i];
    if (octet === 0x22 /* " */) {
      inString = !inString;
    } else if (octet === 0x5c /* \ */) {
      i++;
      if (json[i] === 0x75 /* u */) escaped = true;
    } else if (octet === 0x3a /* : */ && !inString) {
      names++;
    }
  }
  return { names, escaped };
}

/** Freezes a tree, refuses what must not be in it, and returns how many members its objects have. */
function freezeTree(value: unknown, depth: number, escaped: boolean, what: string): number {
  if (typeof value === 'string') {
    // RFC 8259 §8.2, RFC 7493 §2.1: only an escape can bring a lone surrogate into a text that was valid UTF-8.
    if (escaped && LONE_SURROGATE.test(value)) throw notIJson(`${what} holds a lone surrogate`);
    return 0;
  }
  if (typeof value === 'number') {
    // RFC 8259 §6, RFC 7493 §2.2: JSON.parse makes Infinity of 1e999.
    if (!Number.isFinite(value)) throw notIJson(`${what} holds a number out of range`);
    return 0;
  }
  if (typeof value !== 'object' || value === null) return 0;

  if (depth > MAX_DEPTH) throw notIJson(`${what} is nested deeper than ${MAX_DEPTH} levels`);
  let members = 0;
  if (Array.isArray(value)) {
    for (const element of value) members += freezeTree(element, depth + 1, escaped, what);
  } else {
    for (const name of Object.keys(value)) {
      if (escaped) freezeTree(name, depth, escaped, what);
      members += 1 + freezeTree((value as JsonObject)[name], depth + 1, escaped, what);
    }
  }
  Object.freeze(value);
  return members;
}

function notIJson(message: string): JwtError {
  return new JwtError('invalid_json', { message });
}
