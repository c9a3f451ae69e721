/**
 * What a class of explained differences is.
 *
 * @module
 */

import type { Facts } from './facts.ts';

/** Who else is asked. */
export type Peer = 'jose' | 'node:crypto';

/** A way in which we are known to be stricter. */
export interface Difference {
  readonly name: string;
  /** Nobody else may be: what we accept, jose must accept, and the signature must hold. */
  readonly stricter: 'Assay';
  /** Who accepts what we refuse. */
  readonly than: readonly Peer[];
  /** What we refuse it with. */
  readonly codes: readonly Facts['code'][];
  /** What we hold to, and they do not, or do not there. */
  readonly rule: string;
  /** Whether that is what is wrong with this very question. */
  readonly explains: (facts: Facts) => boolean;
}

export const BOTH: readonly Peer[] = ['jose', 'node:crypto'];
export const SIGNATURE_ALONE: readonly Peer[] = ['node:crypto'];
