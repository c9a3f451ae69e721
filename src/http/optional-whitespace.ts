/**
 * Optional whitespace around field values (RFC 9110 §5.6.3).
 *
 * @module
 */

/**
 * A value without the spaces and tabs around it.
 *
 * Walked from both ends: a regular expression that ends in `[ \t]+$` begins anew at every space of the value, and a header
 * of 16 KB of them would take a tenth of a second (measured).
 */
export function trimOptionalWhitespace(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isOptionalWhitespace(value.charCodeAt(start))) start += 1;
  while (end > start && isOptionalWhitespace(value.charCodeAt(end - 1))) end -= 1;
  return value.slice(start, end);
}

function isOptionalWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
