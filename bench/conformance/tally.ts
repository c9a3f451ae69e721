/**
 * Counts what a library did with the vectors.
 *
 * @module
 */

import type { Adapter } from '../peers/adapter.ts';
import { glance, isObject, textOf } from '../peers/reading.ts';
import type { Vector } from '../vectors.ts';
import type { Outcome } from './subject-process.ts';

/** One library's outcome for one vector. */
export interface Finding {
  readonly vector: Vector;
  readonly outcome: Outcome;
}

/** What one library did with one class of vectors, or with all. */
export interface Count {
  /** Invalid vectors whose level is MUST: a step that an RFC demands fails. */
  readonly must: Share;
  /** Invalid vectors whose level is SHOULD: the RFCs leave a choice, and the strict one was taken. */
  readonly should: Share;
  /** Valid vectors, and how many of them were refused. */
  readonly valid: Share;
  /** Valid vectors whose level is SHOULD: the RFCs let a library refuse them. */
  readonly choice: Share;
  readonly notApplicable: number;
  readonly crashed: number;
  readonly hung: number;
}

/** How many of those that were tested went wrong: accepted, or for valid ones refused. */
export interface Share {
  readonly wrong: number;
  readonly tested: number;
}

/** A library's findings. */
export interface Result {
  readonly adapter: Pick<Adapter, 'name' | 'role' | 'configuration' | 'clock' | 'takes'>;
  readonly version: string;
  readonly findings: readonly Finding[];
}

/** Codes that are about claims: nothing that a library of signatures alone is asked. */
const CLAIM_CODES: ReadonlySet<string> = new Set([
  'claim_missing',
  'claim_invalid',
  'issuer_not_allowed',
  'audience_not_allowed',
  'authorized_party_not_allowed',
  'subject_mismatch',
  'token_expired',
  'token_not_yet_valid',
  'token_issued_in_future',
  'token_too_old',
  'lifetime_too_long',
  'hosted_domain_not_allowed',
  'email_not_verified',
  'nonce_mismatch',
  'access_token_mismatch',
]);

/** Codes that are about JSON: of the header, or of the claims. */
const JSON_CODES: ReadonlySet<string> = new Set(['invalid_utf8', 'invalid_json', 'duplicate_member']);

/** Whether nothing can be wrong with the JSON of the header, so that what is wrong is in the claims. */
function isPlainHeader(token: unknown): boolean {
  const part = textOf(token).split('.')[0] ?? '';
  const { header } = glance(token);
  return isObject(header) && Buffer.from(JSON.stringify(header), 'utf8').toString('base64url') === part;
}

/** The outcome as it counts: what is wrong with claims is not asked of whoever reads none. */
export function judge(adapter: Pick<Adapter, 'readsClaims'>, vector: Vector, outcome: Outcome): Outcome {
  const { refusal = '' } = vector;
  const aboutClaims = CLAIM_CODES.has(refusal) || (JSON_CODES.has(refusal) && isPlainHeader(vector.question.token));
  return adapter.readsClaims !== false || !aboutClaims
    ? outcome
    : { outcome: 'not-applicable', why: 'reads no claims' };
}

/** Whether a vector was asked and answered. */
function isTested({ outcome }: Outcome): boolean {
  return outcome === 'accepted' || outcome === 'refused' || outcome === 'wrong-output';
}

/** An invalid vector that was accepted, or a valid one that was not, or came out changed. */
export function isWrong({ vector, outcome: { outcome } }: Finding): boolean {
  if (vector.result === 'valid') return outcome === 'refused' || outcome === 'wrong-output';
  return outcome === 'accepted' || outcome === 'wrong-output';
}

export function count(findings: readonly Finding[]): Count {
  const share = (of: (vector: Vector) => boolean): Share => {
    const tested = findings.filter(({ vector, outcome }) => of(vector) && isTested(outcome));
    return { wrong: tested.filter(isWrong).length, tested: tested.length };
  };
  const number = (wanted: Outcome['outcome']): number =>
    findings.filter(({ outcome }) => outcome.outcome === wanted).length;
  return {
    must: share(({ result, level }) => result === 'invalid' && level === 'MUST'),
    should: share(({ result, level }) => result === 'invalid' && level === 'SHOULD'),
    valid: share(({ result, level }) => result === 'valid' && level === undefined),
    choice: share(({ result, level }) => result === 'valid' && level === 'SHOULD'),
    notApplicable: number('not-applicable'),
    crashed: number('crashed'),
    hung: number('hung'),
  };
}

/** The findings of one class. A vector with several flags counts in the class of each. */
export function ofClass(findings: readonly Finding[], flag: string): Finding[] {
  return findings.filter(({ vector }) => vector.flags.includes(flag));
}

/** Everything that this project must not do. Empty is the only good answer. */
export function shortcomings({ findings }: Result): string[] {
  return findings.flatMap(({ vector, outcome }) => {
    const { outcome: what } = outcome;
    const expected = vector.result === 'valid' ? 'accepted' : 'refused';
    if (what !== expected) return [`${vector.id}: ${what}, not ${expected}: ${vector.comment}`];
    const code = what === 'refused' ? outcome.code : undefined;
    return code === vector.refusal
      ? []
      : [`${vector.id}: refused with ${code ?? 'no code'}, not ${vector.refusal ?? ''}`];
  });
}

/** What an old version accepts and the current one refuses. With nothing in it, the matrix measures nothing. */
export function controlIsAlight(control: Result, current: Result): Vector[] {
  const refused = new Set(
    current.findings.filter(({ outcome }) => outcome.outcome === 'refused').map(({ vector }) => vector.id),
  );
  return control.findings
    .filter((finding) => finding.vector.result === 'invalid' && isWrong(finding) && refused.has(finding.vector.id))
    .map(({ vector }) => vector);
}
