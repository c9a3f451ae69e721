/**
 * All that can be said about why this very token was refused.
 *
 * @module
 */

import { clockSkew } from './clock-skew.ts';
import type { Diagnosis, Evidence, Finding } from './evidence.ts';
import { formMistakes } from './form-mistakes.ts';
import { otherAlgorithm, otherKey, removedSignature } from './key-trouble.ts';
import { otherAudience, otherIssuer } from './other-names.ts';
import { tokenKind } from './token-kind.ts';

/** In the order in which they are told: what explains most comes first. */
const DIAGNOSES: readonly Diagnosis[] = [
  removedSignature, formMistakes, tokenKind, otherAlgorithm, otherKey, otherIssuer, otherAudience, clockSkew,
];

/** Looks at the evidence from every side. Often there is nothing to add to the advice. */
export function diagnose(evidence: Evidence): readonly Finding[] {
  return DIAGNOSES.flatMap((look) => look(evidence));
}
