/**
 * The token in three inks, and editable: a text area whose letters are drawn by a copy behind it.
 *
 * @module
 */

import { find, make, show } from './element.ts';
import { about, light, subjectsOf } from './light.ts';
import type { DecodedPart, Span, Subject } from './wire.ts';

const area = find('token', HTMLTextAreaElement);
const mirror = find('mirror', HTMLDivElement);

/** A stretch of the token in one ink. */
interface Stretch {
  readonly span: Span;
  readonly ink: string;
  readonly subjects: readonly Subject[];
}

let stretches: readonly Stretch[] = [];
/** What an attack has changed. */
let changed: readonly Span[] = [];

/** The token as it stands, without the space around it that copying brings along. */
export function tokenText(): string {
  return area.value.trim();
}

/** Puts a token on the bench; `changes` are the characters that an attack has changed. */
export function setToken(token: string, changes: readonly Span[] = []): void {
  area.value = token;
  changed = changes;
  drawInk([]);
}

/** Draws the token, each member's characters apart. Without parts, at once, by the dots alone. */
export function drawInk(parts: readonly DecodedPart[]): void {
  const shown = area.value;
  // The server has looked at the token without the space around it.
  const offset = shown.length - shown.trimStart().length;
  stretches = parts.length > 0 ? stretchesOf(parts) : byDots(shown.trim());
  const pieces: Node[] = [document.createTextNode(shown.slice(0, offset))];
  let end = offset;
  for (const { span: [from, to], ink, subjects } of stretches) {
    if (from + offset > end) pieces.push(make('span', { class: 'dot' }, shown.slice(end, from + offset)));
    end = to + offset;
    pieces.push(...pieceOf(shown, [from + offset, end], ink, subjects));
  }
  // A last line of its own would have no height.
  show(mirror, ...pieces, `${shown.slice(end)}\u200b`);
}

/** A stretch, the changed characters in it apart. */
function pieceOf(shown: string, [from, to]: Span, ink: string, subjects: readonly Subject[]): readonly Node[] {
  const cuts = changed.flatMap((span) => [...span]).filter((cut) => from < cut && cut < to);
  return [from, ...cuts].map((start, index) => {
    const isNew = changed.some(([first, last]) => first <= start && start < last);
    return make('span', { class: isNew ? `${ink} changed` : ink, ...about(subjects) }, shown.slice(start, cuts[index] ?? to));
  });
}

function byDots(token: string): readonly Stretch[] {
  const names = ['header', 'payload', 'signature'];
  let start = 0;
  return token.split('.', 3).map((text, index) => {
    const from = start;
    start += text.length + 1;
    const name = names[index] ?? 'signature';
    return { span: [from, from + text.length], ink: name, subjects: [name] };
  });
}

function stretchesOf(parts: readonly DecodedPart[]): readonly Stretch[] {
  return parts.flatMap(({ name, span: [start, end], members = [] }) => {
    const found: Stretch[] = [];
    let at = start;
    const upTo = (to: number, subjects: readonly Subject[]): void => {
      // Two neighbours can share a letter: it is drawn with the first.
      if (to > at) found.push({ span: [at, to], ink: name, subjects });
      at = Math.max(at, to);
    };
    const spans = members.flatMap((member) => (member.span === undefined ? [] : [{ ...member, span: member.span }]));
    for (const { name: own, span } of spans.sort((a, b) => a.span[0] - b.span[0])) {
      upTo(span[0], [name]);
      upTo(span[1], [`${name}.${own}`]);
    }
    upTo(end, [name]);
    return found;
  });
}

/** Marks the characters of a span, as if they had been selected by hand. */
export function selectSpan([start, end]: Span): void {
  const offset = area.value.length - area.value.trimStart().length;
  area.focus();
  area.setSelectionRange(start + offset, end + offset);
}

/** Tells of every change by hand, and lights what the pointer or the caret is on. */
export function watchToken(onChange: () => void): void {
  area.addEventListener('input', () => {
    changed = [];
    drawInk([]);
    onChange();
  });
  area.addEventListener('pointermove', ({ clientX, clientY }) => {
    const under = document.elementsFromPoint(clientX, clientY).find((element) => element.parentElement === mirror);
    light(subjectsOf(under));
  });
  area.addEventListener('pointerleave', () => light([]));
  document.addEventListener('selectionchange', () => {
    if (document.activeElement !== area || area.selectionStart !== area.selectionEnd) return;
    const at = area.selectionStart - (area.value.length - area.value.trimStart().length);
    light(stretches.find(({ span: [start, end] }) => start <= at && at < end)?.subjects ?? []);
  });
}
