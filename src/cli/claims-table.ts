/**
 * The members of a JOSE Header or a JWT Claims Set, one a line, with times in words.
 *
 * @module
 */

import type { JsonObject } from '../jose/json.ts';
import { printable, printableJson } from './printable.ts';
import type { Paint } from './terminal.ts';
import { timeInWords } from './time.ts';

/** Claims that hold a NumericDate (RFC 7519 §4.1.4 to §4.1.6, OIDC Core §2 and §5.1). */
const TIMES: ReadonlySet<string> = new Set(['exp', 'nbf', 'iat', 'auth_time', 'updated_at']);

/** Longer names do not push the values of all others to the right. */
const MAX_NAME_WIDTH = 16;

/**
 * Sets out an object under a title. Values are JSON, so that a string that looks like a number can be told from one.
 *
 * @param now seconds, from where times are seen; without it they are not put in words.
 */
export function claimsTable(title: string, object: JsonObject, paint: Paint, now?: number): string {
  const names = Object.keys(object);
  const width = Math.min(MAX_NAME_WIDTH, Math.max(0, ...names.map((name) => printable(name).length)));
  const lines = names.map((name) => {
    const value = object[name];
    const time = now !== undefined && TIMES.has(name) && typeof value === 'number' ? timeInWords(value, now) : '';
    const cell = printableJson(value) + (time === '' ? '' : paint('dim', `  ${time}`));
    return `  ${paint('cyan', printable(name).padEnd(width))}  ${cell}\n`;
  });
  return `${paint('bold', title)}\n${lines.join('')}`;
}

/** Both parts of a token. */
export function tokenTable(header: JsonObject, claims: JsonObject, paint: Paint, now: number): string {
  return `${claimsTable('header', header, paint)}${claimsTable('claims', claims, paint, now)}`;
}
