/**
 * What an attack has changed in a token: old and new beside each other, part by part.
 *
 * @module
 */

import { plain } from '../../explain/plain-text.ts';
import type { ChangedText, Span, TokenChange } from './page/wire.ts';

const CHANGED_PARTS = ['header', 'payload', 'signature'] as const;
const LETTERS_OF_64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Characters shown on each side of a change, and of the change itself. */
const CONTEXT = 18;
const MAX_CHANGED = 96;

/** The parts that differ. */
export function changesBetween(before: string, after: string): readonly TokenChange[] {
  const [old, now] = [before.split('.'), after.split('.')];
  let start = 0;
  return CHANGED_PARTS.flatMap((part, index) => {
    const [first = '', second = ''] = [old[index], now[index]];
    const from = start;
    start += second.length + 1;
    if (first === second) return [];
    const [head, tail] = sharedEnds(first, second);
    return [changeOf(part, [from + head, from + second.length - tail], first, second)];
  });
}

/** Decoded, where decoding shows the change; otherwise the characters are what has changed. */
function changeOf(part: TokenChange['part'], span: Span, before: string, after: string): TokenChange {
  const [old, now] = [decodedText(before), decodedText(after)];
  const readable = part !== 'signature' && old !== now;
  const of = readable ? 'text' : 'characters';
  const [from, to] = readable ? [old, now] : [before, after];
  const [shownBefore, shownAfter] = aroundChange(from, to);
  const bits = bitsOf(of, shownBefore.changed, shownAfter.changed);
  return { part, span, of, before: shownBefore, after: shownAfter, ...(bits && { bits }) };
}

function decodedText(part: string): string {
  return Buffer.from(part, 'base64url').toString();
}

/** Leaves out what both begin and end with, but for a little. */
export function aroundChange(before: string, after: string): readonly [ChangedText, ChangedText] {
  const [start, end] = sharedEnds(before, after);
  const shown = (text: string): ChangedText => {
    const [first, last] = [Math.max(0, start - CONTEXT), Math.min(text.length, text.length - end + CONTEXT)];
    const changed = text.slice(start, text.length - end);
    const cut = changed.length > MAX_CHANGED;
    return {
      omittedBefore: first,
      lead: plain(text.slice(first, start)),
      changed: cut ? `${plain(changed.slice(0, MAX_CHANGED))}... (${changed.length} characters)` : plain(changed),
      tail: plain(text.slice(text.length - end, last)),
      omittedAfter: text.length - last,
    };
  };
  return [shown(before), shown(after)];
}

/** How many characters two texts have in common at the start, and of the rest at the end. */
function sharedEnds(before: string, after: string): readonly [start: number, end: number] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return [start, end];
}

/** Where one character has changed into another: the eight bits of an octet, or the six of a letter. */
function bitsOf(of: TokenChange['of'], before: string, after: string): TokenChange['bits'] | undefined {
  // In UTF-8 a character can be several octets.
  if ([before, after].some((text) => Buffer.byteLength(text) !== 1)) return undefined;
  if (of === 'text') {
    const [old, now] = [octetBits(before), octetBits(after)];
    const count = [...old].filter((bit, index) => bit !== now[index]).length;
    return { before: old, after: now, words: `one octet: ${count} of its eight bits` };
  }
  const words = 'one letter carries six bits; of these, the last four are spare';
  return { before: letterBits(before), after: letterBits(after), words };
}

function octetBits(character: string): string {
  return character.charCodeAt(0).toString(2).padStart(8, '0');
}

function letterBits(letter: string): string {
  return LETTERS_OF_64.indexOf(letter).toString(2).padStart(6, '0');
}
