/**
 * What a question to a verifier is.
 *
 * @module
 */

import type { Subject } from './subjects.ts';

/** A bad moment to be asked about a token: see situations.ts. */
export type SituationKind = 'polluted' | 'later' | 'between' | 'weak';

/** Everything that is needed to ask it again. */
export interface Question {
  readonly kind: 'forged' | 'signed' | 'keys' | 'options' | SituationKind;
  readonly subject: Subject;
  readonly token: string;
  /** In place of the subject's own. */
  readonly keys?: unknown;
  readonly options?: unknown;
}
