/**
 * How the demonstration tells what happens, within 80 columns.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import type { VerifiedJwt } from '../jose/jwt.ts';
import type { KeyEvent } from '../keys/key-events.ts';
import type { Paint, Style } from './terminal.ts';
import { durationInWords } from './time.ts';

/** Columns for the token, so that the page fits into 80. */
const TOKEN_WIDTH = 76;

const PARTS: readonly (readonly [name: string, style: Style])[] = [
  ['header', 'red'], ['payload', 'magenta'], ['signature', 'cyan'],
];

/** What became of a token. */
export type Verdict = VerifiedJwt | JwtError;

/** The three parts of a token, each in its colour. */
export function tokenInParts(token: string, paint: Paint): string {
  const parts = token.split('.').map((part, index) => {
    const [name, style] = PARTS[index] ?? ['', 'dim'];
    const lines = part.match(new RegExp(`.{1,${TOKEN_WIDTH}}`, 'g')) ?? [];
    return `  ${paint('dim', name)}\n${lines.map((line) => `  ${paint(style, line)}\n`).join('')}`;
  });
  return parts.join('');
}

/** A token that was tried: what it is, what happened to the keys meanwhile, and what became of it. */
export function trialInWords(
  title: string,
  verdict: Verdict,
  events: readonly KeyEvent[],
  paint: Paint,
): string {
  const happened = events.map(eventInWords).filter((words) => words !== undefined);
  const refused = verdict instanceof JwtError;
  const lines = [
    ...happened.map((words) => paint('dim', words)),
    refused ? `${paint('red', 'refused')} ${paint('bold', verdict.code)}, ${verdict.rule}` : paint('green', 'accepted'),
    ...(refused ? [paint('dim', verdict.message)] : []),
  ];
  return `  ${title}\n${lines.map((line) => `     ${line}\n`).join('')}`;
}

/** Half a line about the keys, or nothing where nothing comes of it. */
function eventInWords(event: KeyEvent): string | undefined {
  switch (event.type) {
    case 'fetched':
      return `keys fetched: ${event.keys}, to be kept for ${durationInWords(event.lifetime)}`;
    case 'failed':
      return `keys not fetched: ${event.reason}`;
    case 'stale':
      return `the keys at hand are past their time, and serve on for ${durationInWords(event.servesFor)} at most`;
    case 'unknownKid':
      return event.refetching ? 'a key ID that is not known: the issuer may have a new key' : undefined;
    case 'skippedKey':
      return `key skipped: ${event.reason}`;
  }
}

/** How often the issuer was asked. */
export function countFetches(events: readonly KeyEvent[]): number {
  return events.filter(({ type }) => type === 'fetched' || type === 'failed').length;
}

/** Moves a text to the right by so many columns. */
export function indent(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(columns));
}
