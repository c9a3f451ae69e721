/**
 * The verifier that a vector asks for, so that it can be asked twice.
 *
 * @module
 */

import {
  createGoogleVerifier, createKeySet, createVerifier,
  type GoogleVerifierOptions, type GoogleVerifyOptions, type IssuerPolicy, type Verifier, type VerifierOptions,
} from '../../src/index.ts';
import type { JwtClaimsSet } from '../../src/jose/claims.ts';
import type { VectorGroup, VectorTest } from '../vectors/vector-files.ts';

export interface VectorVerifier {
  readonly verifier: Verifier<JwtClaimsSet, GoogleVerifyOptions>;
  readonly call: GoogleVerifyOptions;
}

/** @throws {JwtError} for keys that are refused before there is a verifier. */
export function verifierOf(group: VectorGroup, test: VectorTest): VectorVerifier {
  const { google, issuers, nonce, accessToken, ...own } = { ...group.policy, ...test.policy };
  const clock = (): number => test.now ?? group.now ?? Number.NaN;
  const keys = createKeySet(test.keys ?? group.keys ?? {});
  if (google !== undefined) {
    const bound = Object.entries({ nonce, accessToken }).filter(([, value]) => value !== undefined);
    const options = { ...own, ...(google as object), keys, clock } as unknown as GoogleVerifierOptions;
    return { verifier: createGoogleVerifier(options), call: Object.fromEntries(bound) };
  }
  const trust = issuers === undefined
    ? { keys }
    : { issuers: (issuers as IssuerPolicy[]).map((one) => ({ ...one, keys: createKeySet(one.keys) })) };
  const options = { ...own, ...trust, clock } as unknown as VerifierOptions;
  return { verifier: createVerifier(options) as VectorVerifier['verifier'], call: {} };
}
