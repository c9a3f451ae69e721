/**
 * Keys from the network.
 *
 * @module
 */

export type { FetchFunction } from './bounded-get.ts';
export { discoverKeySet } from './discovery.ts';
export { KEY_EVENTS_CHANNEL } from './key-events.ts';
export type { KeyEvent } from './key-events.ts';
export { createRemoteKeySet } from './remote-key-set.ts';
export type { RemoteKeySet } from './remote-key-set.ts';
export type { KeySetSnapshot, RemoteKeySetOptions } from './remote-options.ts';
