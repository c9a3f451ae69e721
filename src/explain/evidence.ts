/**
 * What is at hand when a refusal is explained, and what was found in it.
 *
 * @module
 */

import type { JwtClaimsSet } from '../jose/claims.ts';
import type { JwtError } from '../jose/errors.ts';
import type { JsonObject } from '../jose/json.ts';
import type { VerificationKey } from '../jose/jwk.ts';
import type { JwtPolicy } from '../jose/policy.ts';

/** What a diagnosis may look at. The token's own words are not to be believed, only to be compared. */
export interface Evidence {
  /** As it was given: a string, unless the caller made a mistake. */
  readonly token: unknown;
  readonly error: JwtError;
  /** Seconds. */
  readonly now: number;
  /** What the token was verified with, as far as that was settled. */
  readonly policy: JwtPolicy;
  readonly header?: JsonObject;
  readonly claims?: JwtClaimsSet;
  /** The keys that could have been meant; empty where there are none, or they could not be had. */
  readonly keys: readonly VerificationKey[];
}

/** Something about this very token that points to the cause. */
export interface Finding {
  /** A stable word for it. */
  readonly kind: string;
  /** One or two sentences. May hold claim values: they are for the token's owner. */
  readonly text: string;
  /** Where in the token it is. */
  readonly place?: Place;
}

/** A finding without a place. */
export function note(kind: string, text: string): Finding {
  return { kind, text };
}

/** A place in a token, with what stands around it. */
export interface Place {
  /** UTF-16 code units from the start of the token. */
  readonly offset: number;
  readonly before: string;
  readonly at: string;
  readonly after: string;
}

/** Looks for one kind of trouble. */
export type Diagnosis = (evidence: Evidence) => readonly Finding[];
