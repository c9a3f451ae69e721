/**
 * What a remote key set tells of itself, for logs and metrics.
 *
 * @module
 */

import { channel } from 'node:diagnostics_channel';
import { ignoreRejection } from '../jose/options.ts';

/**
 * Something that happened to a remote key set.
 *
 * Nothing in an event comes from a token; key IDs in it are those the issuer published. Durations are seconds.
 */
export type KeyEvent =
  /** A set was fetched, and replaced the one before. */
  | { readonly type: 'fetched'; readonly url: string; readonly keys: number; readonly lifetime: number }
  /** A fetch failed. The last good set serves on; the next attempt is `retryIn` seconds away at the earliest. */
  | { readonly type: 'failed'; readonly url: string; readonly reason: string; readonly retryIn: number }
  /** The set is past its lifetime and serves on, for `servesFor` seconds more unless a fetch succeeds. */
  | { readonly type: 'stale'; readonly url: string; readonly servesFor: number }
  /** A token named a key that the set does not have. `refetching` says whether that made us fetch. */
  | { readonly type: 'unknownKid'; readonly url: string; readonly refetching: boolean }
  /** A member of a fetched set cannot be used. */
  | { readonly type: 'skippedKey'; readonly url: string; readonly index: number; readonly kid?: string; readonly reason: string };

/** The channel of node:diagnostics_channel on which every remote key set publishes its events. */
export const KEY_EVENTS_CHANNEL = 'jwt-assay:keys';

const keyEvents = channel(KEY_EVENTS_CHANNEL);

/** Tells the caller's listener and the channel. A listener that throws, at once or later, must not decide over a token, or end the process. */
export function announce(event: KeyEvent, onEvent: ((event: KeyEvent) => void) | undefined): void {
  try {
    ignoreRejection(onEvent?.(event));
  } catch {
    // The caller's own: we have nobody to tell.
  }
  if (keyEvents.hasSubscribers) keyEvents.publish(event);
}
