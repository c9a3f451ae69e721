/**
 * What the main thread and the threads that judge say to each other. Octets are given away, never copied.
 *
 * @module
 */

import type { JsonObject } from '../../jose/json.ts';
import type { KeyFile } from '../key-file.ts';

/** What a thread is started with. */
export interface ThreadData {
  /** The arguments of `assay verify`: the main thread has found nothing wrong with them. */
  readonly argv: readonly string[];
  /** The key file as the main thread has read it: one that is a pipe can be read once. Absent: keys are the network's. */
  readonly file?: KeyFile;
}

/** The set of keys that the main thread holds. */
export interface KeyNews {
  /** Within its lifetime: nobody needs to wait. */
  readonly fresh: boolean;
  /** Absent where it is the one that the thread was told of last; null where there is none that may serve. */
  readonly document?: JsonObject | null;
}

/** What a thread asks for when the keys it was told of do not do: newer ones, or one that has this key ID. */
export type KeyQuestion = { readonly type: 'settle' } | { readonly type: 'missing'; readonly kid: string | undefined };

export type ToThread =
  | { readonly type: 'lines'; readonly piece: number; readonly octets: Uint8Array<ArrayBuffer>; readonly news?: KeyNews }
  | { readonly type: 'answer'; readonly to: KeyQuestion['type']; readonly news: KeyNews; readonly brought: boolean };

export type FromThread = KeyQuestion | ({ readonly type: 'verdicts'; readonly piece: number } & Verdicts);

/** The verdicts on the lines of a piece: as they are printed, and counted. */
export interface Verdicts {
  readonly octets: Uint8Array<ArrayBuffer>;
  readonly accepted: number;
  /** Refusal codes, `keys_unavailable` among them, and how many lines each was the verdict on. */
  readonly refused: ReadonlyMap<string, number>;
}
