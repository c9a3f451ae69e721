/**
 * Text out of a token, made fit to be shown: nothing in it moves a cursor, turns words around or hides.
 *
 * @module
 */

/** Control, format, private, unassigned; separators other than the space; what is ignored when shown. */
const HIDDEN = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;

/** Writes every character that has no plain glyph of its own as `\uXXXX`. Others stay. */
export function plain(text: string): string {
  return text.replace(HIDDEN, (character) => character.split('').map(escapeUnit).join(''));
}

/** One UTF-16 code unit as JSON escapes it. */
function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A value as JSON on one line, fit to be shown; a longer one ends in three dots and its length. */
export function plainJson(value: unknown, most = 160): string {
  const json = JSON.stringify(value) ?? 'nothing';
  if (json.length <= most) return plain(json);
  // Not between the halves of a pair: each would be escaped, and mean nothing.
  const end = /[\uD800-\uDBFF]/.test(json.charAt(most - 1)) ? most - 1 : most;
  return `${plain(json.slice(0, end))}... (${json.length} characters)`;
}

/** Several values as one list: `"a", "b" and 3 more`. */
export function plainList(values: readonly string[], most = 4): string {
  const shown = values.slice(0, most).map((value) => plainJson(value, 100)).join(', ');
  return values.length > most ? `${shown} and ${values.length - most} more` : shown;
}

/** Breaks text into lines at spaces; a word longer than a line is cut. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    for (; word.length > width; word = word.slice(width)) lines.push(word.slice(0, width));
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
