/**
 * Testing: a local issuer and a fake clock. Apart: production code need never import it.
 *
 * @module
 */

export { FAILURE_MODES } from './answers.ts';
export type { CacheTerms, FailureMode } from './answers.ts';
export { createFakeClock } from './fake-clock.ts';
export type { FakeClock } from './fake-clock.ts';
export { createTestIssuer } from './issuer.ts';
export type { IssuerRequest, TestIssuer } from './issuer.ts';
export type { TestAlgorithm } from './issuer-key.ts';
export { TEST_AUDIENCE } from './issuer-options.ts';
export type { TestIssuerOptions } from './issuer-options.ts';
export type { KeyChoice } from './key-ring.ts';
export type { ListeningIssuer } from './listening.ts';
export type { MintClaims, MintOptions } from './mint.ts';
export type { Publication } from './publication.ts';
export type { LoopbackServer } from './server.ts';
