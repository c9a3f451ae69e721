/**
 * The drawings of the lessons, in light and dark: a token's parts, and the way through a verification.
 *
 * @module
 */

import { drawing, svg, text, type Child } from '../../bench/svg.ts';
import { SPINE_STEPS, type StepName } from '../../src/explain/spine-steps.ts';
import type { RefusalCode } from '../../src/jose/errors.ts';
import { PARTS } from './lesson.ts';

const WIDTH = 760;

/** The token in three inks, and what the parts hold. */
export function tokenDrawing(): string {
  const rows: Child[] = [];
  let y = 62;
  const line = (content: string, style: string, x = 32): void => {
    rows.push(text(x, y, content, { class: style }));
    y += 17;
  };
  const part = (name: string, ink: string, written: string, held: readonly string[]): void => {
    const top = y - 13;
    line(`${name}, ${written.length} characters`, `small ${ink}`);
    for (const piece of written.match(/.{1,96}/g) ?? []) line(piece, `number ${ink}`);
    for (const words of held) line(words, 'small faint', 48);
    rows.push(svg('rect', { class: ink, x: 20, y: top, width: 3, height: y - top - 15 }));
    y += 9;
  };
  const decoded = (written: string): string => Buffer.from(written, 'base64url').toString('utf8');
  part('header', 'ours', PARTS.header, [decoded(PARTS.header)]);
  part('payload', 'second', PARTS.payload, linesOf(decoded(PARTS.payload).split(/(?<=,)/), 84, ''));
  part('signature', 'third', PARTS.signature, ['256 octets, over the exact characters of header, dot and payload']);
  const description = 'The token of the lesson: header, payload and signature, each with what it decodes to.';
  return drawing(WIDTH, y, 'A token is three parts, joined by dots', description, rows);
}

/** Where each code is refused. Does not compile when one is missing. */
const REFUSED_AT: Readonly<Record<RefusalCode, StepName>> = {
  token_too_long: 'parseCompact', malformed_compact: 'parseCompact',
  invalid_base64url: 'parseHeader', invalid_utf8: 'parseHeader', invalid_json: 'parseHeader', duplicate_member: 'parseHeader',
  header_invalid: 'parseHeader', critical_header_unsupported: 'parseHeader', type_not_allowed: 'parseHeader',
  algorithm_not_allowed: 'selectKeys', key_not_found: 'selectKeys', key_unusable: 'selectKeys', keys_unavailable: 'selectKeys',
  signature_invalid: 'verifySignature',
  claim_missing: 'validateClaims', claim_invalid: 'validateClaims', issuer_not_allowed: 'validateClaims',
  audience_not_allowed: 'validateClaims', authorized_party_not_allowed: 'validateClaims', subject_mismatch: 'validateClaims',
  token_expired: 'validateClaims', token_not_yet_valid: 'validateClaims', token_issued_in_future: 'validateClaims',
  token_too_old: 'validateClaims', lifetime_too_long: 'validateClaims', hosted_domain_not_allowed: 'validateClaims',
  email_not_verified: 'validateClaims', nonce_mismatch: 'validateClaims', access_token_mismatch: 'validateClaims',
  check_failed: 'validateClaims',
};

/** Codes that another step refuses with as well. */
const ALSO: Partial<Record<StepName, readonly RefusalCode[]>> = {
  parseCompact: ['invalid_base64url'],
  selectIssuer: [
    'issuer_not_allowed', 'claim_missing', 'claim_invalid', 'invalid_base64url', 'invalid_utf8', 'invalid_json', 'duplicate_member',
  ],
  verifySignature: ['invalid_base64url'],
  parseClaimsSet: ['invalid_base64url', 'invalid_utf8', 'invalid_json', 'duplicate_member'],
};

/** All codes of a step. */
export function refusedAt(step: StepName): readonly RefusalCode[] {
  const own = (Object.keys(REFUSED_AT) as RefusalCode[]).filter((code) => REFUSED_AT[code] === step);
  return [...own, ...(ALSO[step] ?? [])];
}

/** What each step works on. */
const LOOKS_AT: Readonly<Record<StepName, string>> = {
  parseCompact: 'the string', parseHeader: 'the first part', selectIssuer: '"iss", only with several issuers',
  selectKeys: '"kid" and "alg", and your keys', verifySignature: 'the octets before the second dot', parseClaimsSet: 'the second part',
  validateClaims: 'every claim, and the clock',
};

/** The steps from above to below, and to the right what each may refuse with. */
export function flowDrawing(): string {
  const rows: Child[] = [];
  let y = 52;
  for (const [index, { step, title, rule }] of SPINE_STEPS.entries()) {
    const lines = linesOf(refusedAt(step), 56, '  ');
    const height = Math.max(46, 18 + lines.length * 15);
    const middle = y + height / 2;
    rows.push(
      svg('rect', { class: 'h0', x: 20, y, width: 270, height, rx: 4 }),
      text(34, middle - 4, `${index + 1}  ${title}`),
      text(278, middle - 4, rule, { 'class': 'small faint', 'text-anchor': 'end' }),
      text(50, middle + 13, LOOKS_AT[step], { class: 'small faint' }),
      svg('path', { class: 'rule', d: `M290 ${middle} H326` }),
      text(330, middle + 4, '✕', { class: 'small ours' }),
      lines.map((line, at) => text(348, middle + 4 + (at - (lines.length - 1) / 2) * 15, line, { class: 'number ours' })),
    );
    y += height;
    rows.push(svg('path', { class: 'line s2', d: `M155 ${y} v14 m-4 -5 l4 5 l4 -5` }));
    y += 16;
  }
  rows.push(
    svg('rect', { class: 'h0', x: 20, y, width: 270, height: 40, rx: 4 }),
    text(34, y + 25, '✓  header, claims, key: frozen', { class: 'third' }),
  );
  const description = 'Seven steps from above to below. At each the token is refused with one of the codes beside it, or goes on.';
  return drawing(WIDTH, y + 60, 'The way through a verification', description, rows);
}

function linesOf(words: readonly string[], width: number, between: string): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && `${last}${between}${word}`.length <= width) lines[lines.length - 1] = `${last}${between}${word}`;
    else lines.push(word);
  }
  return lines;
}
