/**
 * Which characters of a token carry what: its three parts, and every member of the objects in two of them.
 *
 * For the eye only. No verdict is made out of it, so it reads what a verifier would refuse, as far as it can.
 *
 * @module
 */

import type { JsonObject } from '../../jose/json.ts';
import { instantOf } from '../../explain/instants.ts';
import { plain, plainJson } from '../../explain/plain-text.ts';
import type { DecodedMember, DecodedPart, Span } from './page/wire.ts';

/** The parts that hold an object. The third is the signature. */
const OBJECT_PARTS = ['header', 'payload'] as const;

/** Characters of a part that are shown where it cannot be read as an object. */
const MAX_SHOWN = 2000;

/** The parts of a token, decoded; whatever it is, there is at most one of each. */
export function decodedParts(
  token: string,
  { header, claims, now }: { readonly header?: JsonObject; readonly claims?: JsonObject; readonly now: number },
): readonly DecodedPart[] {
  const texts = token.split('.', OBJECT_PARTS.length + 1);
  let start = 0;
  return texts.map((text, index): DecodedPart => {
    const name = OBJECT_PARTS[index] ?? 'signature';
    const span: Span = [start, start + text.length];
    start += text.length + 1;
    if (name === 'signature') return { name, span };
    const object = name === 'header' ? header : claims;
    const octets = Buffer.from(text, 'base64url');
    if (object === undefined) return { name, span, text: shown(octets.toString()) };
    return { name, span, members: decodedMembers(object, octets, span[0], now) };
  });
}

/** The members of an object, each with the characters from `start` on that carry its octets. */
function decodedMembers(object: JsonObject, octets: Uint8Array, start: number, now: number): readonly DecodedMember[] {
  const spans = memberSpans(octets);
  return Object.keys(object).map((name) => {
    const time = instantOf(name, object[name], now);
    const span = spans.get(name);
    return {
      name: plain(name),
      value: plainJson(object[name], MAX_SHOWN),
      ...(time && { time }),
      ...(span && { span: charactersOf(span, start) }),
    };
  });
}

/** RFC 4648 §4: three octets lie in four characters. Those that carry a part of an octet belong to it. */
function charactersOf([first, end]: Span, start: number): Span {
  return [start + Math.floor((first * 4) / 3), start + Math.ceil((end * 4) / 3)];
}

/** The octets of each top-level member, name and value, of JSON that has been parsed. */
export function memberSpans(octets: Uint8Array): ReadonlyMap<string, Span> {
  const text = Buffer.from(octets).toString('latin1'); // one character for each octet
  const spans = new Map<string, Span>();
  let depth = 0;
  let member: { readonly name: string; readonly start: number } | undefined;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],]/g)) {
    if (token === '}' || token === ']') depth--;
    const ends = depth === 0 || (depth === 1 && token === ',');
    if (ends && member !== undefined) {
      spans.set(member.name, [member.start, member.start + text.slice(member.start, index).trimEnd().length]);
      member = undefined;
    }
    // The first string of a member is its name; those that follow belong to its value.
    if (token[0] === '"') member ??= { name: nameOf(token), start: index };
    if (token === '{' || token === '[') depth++;
  }
  return spans;
}

/** @param octets of a string in JSON, one character for each */
function nameOf(octets: string): string {
  return String(JSON.parse(Buffer.from(octets, 'latin1').toString()));
}

function shown(text: string): string {
  return text.length <= MAX_SHOWN ? plain(text) : `${plain(text.slice(0, MAX_SHOWN))}... (${text.length} characters)`;
}
