/**
 * An explanation as text for a terminal: 80 columns, good to read with colours and without.
 *
 * @module
 */

import type { JsonObject } from '../jose/json.ts';
import type { Finding } from './evidence.ts';
import type { ExplainedCheck, Explanation, Outcome } from './explanation.ts';
import { distance, instant, instantOf } from './instants.ts';
import { plain, plainJson, wrap } from './plain-text.ts';

/** The styles that are used. */
export type TextStyle = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** How to print. */
export interface TextOptions {
  /** Gives a text a style. Default: leaves it alone. */
  readonly paint?: (style: TextStyle, text: string) => string;
}

type TextPaint = NonNullable<TextOptions['paint']>;

const WIDTH = 80;
const LABEL = 15;
const MAX_NAME = 16;

const MARKS: Readonly<Record<Outcome, readonly [mark: string, style: TextStyle]>> = {
  passed: ['pass', 'green'], failed: ['FAIL', 'red'], not_reached: [' .. ', 'dim'], not_asked: ['  - ', 'dim'],
};

/**
 * Tells an explanation in at most 80 columns. Whatever the token says, nothing in the text moves a cursor.
 *
 * @example
 * process.stdout.write(toText(await explain(verifier, token)));
 */
export function toText(explanation: Explanation, { paint = (_, text) => text }: TextOptions = {}): string {
  const { steps, rules } = explanation;
  return [
    ...verdict(explanation, paint),
    '',
    ...steps.flatMap(({ title, ...check }) => checkLines(check, `${title}: ${check.asks}`, '  ', paint)),
    '',
    `${paint('bold', 'the rules of the claims')}${paint('dim', '  ( - not asked, .. not reached)')}`,
    ...ruleLines(rules, paint),
    ...content(explanation, paint),
    ...advised(explanation, paint),
  ].join('\n').replace(/[ ]+$/gm, '') + '\n';
}

function verdict({ ok, error, now, jwt }: Explanation, paint: TextPaint): readonly string[] {
  const at = `as of ${instant(now)}`;
  if (ok || error === undefined) {
    const kid = jwt?.key.kid === undefined ? 'a key without an ID' : `key ${plainJson(jwt.key.kid, 60)}`;
    return [paint('green', paint('bold', 'accepted')), ...wrap(`${jwt?.key.alg}, ${kid}, ${at}`, WIDTH)];
  }
  const { code, rule, message, claim, skew } = error;
  const [word, style] = code === 'keys_unavailable' ? ['undecided', 'yellow'] as const : ['refused', 'red'] as const;
  const details = [
    ...(claim === undefined ? [] : [`claim ${plainJson(claim, 60)}`]),
    ...(skew === undefined ? [] : [`off by ${distance(skew)}`]),
    at,
  ].join(', ');
  return [
    `${paint(style, paint('bold', word))} ${paint('bold', code)}`,
    ...wrap(`${plain(message)} (${rule})`, WIDTH),
    ...wrap(details, WIDTH),
  ];
}

/** A line with the mark, what is asked and at the right end the rule; below, what was found. */
function checkLines(check: ExplainedCheck, asks: string, indent: string, paint: TextPaint): readonly string[] {
  const { rule, found, outcome } = check;
  const [mark, style] = MARKS[outcome];
  const inset = `${indent}      `;
  const [first = '', ...more] = wrap(plain(asks), WIDTH - inset.length - rule.length - 2);
  const gap = ' '.repeat(WIDTH - inset.length - first.length - rule.length);
  const quiet = outcome === 'not_reached' || outcome === 'not_asked';
  const word = (text: string): string => (quiet ? paint('dim', text) : text);
  return [
    `${indent}${paint(style, mark)}  ${word(first)}${gap}${paint('dim', rule)}`,
    ...more.map((line) => `${inset}${word(line)}`),
    ...(quiet || found === '' ? [] : wrap(plain(found), WIDTH - inset.length)
      .map((line) => `${inset}${outcome === 'failed' ? paint('red', line) : paint('dim', line)}`)),
  ];
}

/** Rules in a row that were all not reached are one line: they say nothing yet. */
function ruleLines(rules: Explanation['rules'], paint: TextPaint): readonly string[] {
  if (rules.every(({ outcome }) => outcome === 'not_reached')) {
    const line = `  ${MARKS.not_reached[0]}  ${rules.length} rules, not reached: nothing in the payload was believed`;
    return [paint('dim', line)];
  }
  return rules.flatMap((rule) => {
    // Of what is of the right type, the rules that follow and the table tell the value.
    const told = rule.code === 'claim_invalid' && rule.outcome === 'passed' ? { ...rule, found: '' } : rule;
    return checkLines(told, rule.asks, '  ', paint);
  });
}

function advised({ advice, findings }: Explanation, paint: TextPaint): readonly string[] {
  if (advice === undefined) return [];
  const found = findings.flatMap((finding, index) => findingLines(finding, index === 0 ? 'found' : '', paint));
  return [
    '',
    ...labelled('looked at', advice.lookedAt, paint),
    ...found,
    ...labelled('likely cause', advice.likelyCause, paint),
    ...labelled('next step', advice.nextStep, paint),
  ];
}

function findingLines({ text, place }: Finding, label: string, paint: TextPaint): readonly string[] {
  const lines = labelled(label, text, paint);
  if (place === undefined) return lines;
  // A window that fits: escapes can make what stands around wide.
  const before = place.before.slice(-24);
  const at = place.at === '' ? ' ' : place.at.slice(0, 12);
  const inset = ' '.repeat(LABEL);
  return [
    ...lines,
    `${inset}${paint('dim', before)}${paint('red', at)}${paint('dim', place.after.slice(0, 24))}`,
    `${inset}${' '.repeat(before.length)}${paint('red', '^'.repeat(at.length))}`,
  ];
}

function labelled(label: string, text: string, paint: TextPaint): readonly string[] {
  return wrap(plain(text), WIDTH - LABEL).map((line, index) =>
    `${paint('bold', (index === 0 ? label : '').padEnd(LABEL))}${line}`);
}

function content({ header, claims, authentic, now }: Explanation, paint: TextPaint): readonly string[] {
  if (header === undefined && claims === undefined) return [];
  const worth = authentic
    ? paint('dim', 'signed by the key above')
    : paint('yellow', 'not verified: anyone can have written this');
  return [
    '',
    `${paint('bold', 'what the token says')}, ${worth}`,
    ...table('header', header, now, paint),
    ...table('claims', claims, now, paint),
  ];
}

function table(title: string, object: JsonObject | undefined, now: number, paint: TextPaint): readonly string[] {
  if (object === undefined) return [`  ${title} ${paint('dim', 'cannot be read')}`];
  const names = Object.keys(object);
  const width = Math.min(MAX_NAME, Math.max(0, ...names.map((name) => plain(name).length)));
  const inset = ' '.repeat(width + 6);
  return [`  ${title}`, ...names.flatMap((name) => {
    const time = instantOf(name, object[name], now);
    const shown = plain(name);
    const value = `${plainJson(object[name], 400)}${time === undefined ? '' : `  ${time}`}`;
    const [first = '', ...more] = wrap(value, WIDTH - inset.length);
    const head = shown.length > width
      ? [...wrap(shown, WIDTH - 4).map((line) => `    ${paint('cyan', line)}`), `${inset}${first}`]
      : [`    ${paint('cyan', shown.padEnd(width))}  ${first}`];
    return [...head, ...more.map((line) => `${inset}${line}`)];
  })];
}
