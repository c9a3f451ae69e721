/**
 * The verifiers that a policy calls for: one for each set of providers whose tokens may stand in the same place.
 *
 * The claims are asked what Google's troubleshooting page asks of them.
 *
 * @module
 */

import type { ClaimCheck, JwtClaimsSet } from '../jose/claims.ts';
import type { JwsAlgorithm } from '../jose/jwa.ts';
import type { KeyLookup } from '../jose/key-set.ts';
import type { IssuerPolicy, SeveralIssuersOptions } from '../verifier/authorities.ts';
import { createVerifier, type Verifier, type VerifierOptions } from '../verifier/verifier.ts';
import { isEmail, type AuthProvider } from './policy.ts';

/** The keys of a provider. */
export interface ProviderKeys {
  readonly keys: KeyLookup;
  /** Default: {@link ESP_ALGORITHMS}. For a shared secret, HS* and nothing else. */
  readonly algorithms?: readonly JwsAlgorithm[];
}

/**
 * The algorithms of public keys, by the names that Google's proxies know: Ed25519 is EdDSA to them.
 *
 * A secret is never fetched from an address, so HS* is for those who bring one.
 */
export const ESP_ALGORITHMS: readonly JwsAlgorithm[] = Object.freeze([
  'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA',
]);

/** Seconds by which ESP lets clocks differ. */
export const ESP_LEEWAY = 60;

/** What may be said of verifiers beside what the policy says. */
export type EspVerifierOptions = Omit<
  Extract<VerifierOptions, SeveralIssuersOptions>,
  'issuers' | 'leeway' | 'algorithms' | 'requiredClaims' | 'checks'
>;

/** The names of the checks below, which the words are keyed by. */
export type EspCheckName = 'positive_iat' | 'positive_exp' | 'positive_nbf' | 'self_issued';

/**
 * What the page asks of claims beyond RFC 7519.
 *
 * Times are greater than zero. An issuer that is an e-mail address speaks only for itself: "sub" is the same address.
 */
export const ESP_CHECKS: Readonly<Record<EspCheckName, ClaimCheck>> = Object.freeze({
  positive_iat: ({ iat }: JwtClaimsSet) => iat === undefined || iat > 0,
  positive_exp: ({ exp }: JwtClaimsSet) => exp === undefined || exp > 0,
  positive_nbf: ({ nbf }: JwtClaimsSet) => nbf === undefined || nbf > 0,
  self_issued: ({ iss, sub }: JwtClaimsSet) => iss === undefined || !isEmail(iss) || sub === iss,
});

/** Gives the verifier of a set of providers, the same one for the same set. */
export type VerifierSource = (providers: readonly AuthProvider[]) => Verifier;

/**
 * Makes verifiers on demand.
 *
 * Required are "sub", "iss", "aud" and "exp". The audience is compared exactly, with every spelling that the policy
 * knows; the issuer is compared exactly.
 *
 * @param keysFor asked once for each provider.
 */
export function createVerifierSource(
  keysFor: (provider: AuthProvider) => ProviderKeys,
  options: EspVerifierOptions = {},
): VerifierSource {
  const issuers = new Map<AuthProvider, IssuerPolicy>();
  const verifiers = new Map<string, Verifier>();
  const issuerOf = (provider: AuthProvider): IssuerPolicy => {
    const known = issuers.get(provider);
    if (known !== undefined) return known;
    const { keys, algorithms = ESP_ALGORITHMS } = keysFor(provider);
    const policy = { issuer: provider.issuer, audience: provider.audiences, keys, algorithms };
    issuers.set(provider, policy);
    return policy;
  };
  return (providers) => {
    const key = JSON.stringify(providers.map(({ id }) => id).sort());
    const known = verifiers.get(key);
    if (known !== undefined) return known;
    const verifier = createVerifier({
      ...options,
      issuers: providers.map(issuerOf),
      leeway: ESP_LEEWAY,
      requiredClaims: ['sub'],
      checks: ESP_CHECKS,
    });
    verifiers.set(key, verifier);
    return verifier;
  };
}
