/**
 * How much a server of ours takes, and for how long it waits.
 *
 * @module
 */

/** Bounds of a listener and of what it forwards. Durations are seconds. */
export interface Limits {
  /** Octets of a request's head. Room for the longest token that a verifier reads, and for the cookies beside it. */
  readonly headOctets: number;
  /** Header fields of a request. */
  readonly headerFields: number;
  /** From the first octet of a request's head to its last, and from a connection to its first head's end. */
  readonly headTimeout: number;
  /** Without an octet in either direction. */
  readonly idleTimeout: number;
  /** Between two requests of one connection. */
  readonly keepAlive: number;
  /** Open at once; more are cut as they come. */
  readonly connections: number;
  /** To connect to the service. */
  readonly connectTimeout: number;
  /** Without an octet of a connection that was upgraded. */
  readonly upgradedIdle: number;
  /** Connections to the service, open at once; requests beyond wait for one. */
  readonly upstreamConnections: number;
}

export const DEFAULT_LIMITS: Limits = Object.freeze({
  headOctets: 32_768,
  headerFields: 200,
  headTimeout: 10,
  idleTimeout: 60,
  keepAlive: 65,
  connections: 16_384,
  connectTimeout: 5,
  upgradedIdle: 600,
  upstreamConnections: 1024,
});
