/**
 * Findings to count.
 *
 * @module
 */

import type { Outcome } from '../../bench/conformance/subject-process.ts';
import type { Finding } from '../../bench/conformance/tally.ts';
import type { Question, Vector } from '../../bench/vectors.ts';

let made = 0;

/** An invalid vector of level MUST unless `own` says otherwise, and what came of it. */
export function finding(outcome: Outcome, own: Partial<Vector> = {}): Finding {
  const { result = 'invalid', ...rest } = own;
  const expectation = result === 'valid' ? {} : { refusal: 'signature_invalid', level: 'MUST' as const };
  return {
    outcome,
    vector: {
      id: `made/${++made}`,
      comment: 'made for a test',
      question: question(),
      result,
      flags: ['A1'],
      ...expectation,
      ...rest,
    },
  };
}

export function question(own: Partial<Question> = {}): Question {
  return {
    type: 'jwt',
    token: 'e30.e30.',
    keys: { keys: [] },
    policy: { issuer: null, audience: null, algorithms: ['RS256'] },
    now: 1000,
    ...own,
  };
}

/** A token of these parts, which nobody signed. */
export function unsigned(header: object, claims: object = {}): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
  return `${part(header)}.${part(claims)}.AAAA`;
}
