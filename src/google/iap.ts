/**
 * The signed header of Google's Identity-Aware Proxy, `X-Goog-IAP-JWT-Assertion`.
 *
 * @module
 */

import type { JwtClaimsSet } from '../jose/claims.ts';
import { readOptions } from '../jose/options.ts';
import { createRemoteKeySet } from '../keys/remote-key-set.ts';
import type { Verifier } from '../verifier/verifier.ts';
import { ACCOUNT_TYPES } from './id-token-rules.ts';
import { GOOGLE_IAP_JWKS_URL } from './key-urls.ts';
import { assemblePreset, PRESET_OPTIONS, type GooglePresetOptions } from './preset.ts';

const IAP_ISSUER = 'https://cloud.google.com/iap';

/** The claims of the proxy's assertion. */
export interface GoogleIapClaims extends JwtClaimsSet {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly email?: string;
  readonly hd?: string;
}

/**
 * Makes a verifier for the assertions of Google's Identity-Aware Proxy: ES256, its one issuer, your backend's audience.
 *
 * @throws {TypeError} for a missing, wrong, unknown or undefined option.
 * @example
 * const iap = createGoogleIapVerifier({ audience: '/projects/123456/apps/my-project' });
 * const { claims } = await iap.verify(request.headers['x-goog-iap-jwt-assertion']);
 */
export function createGoogleIapVerifier(options: GooglePresetOptions): Verifier<GoogleIapClaims> {
  return assemblePreset(readOptions(options, 'createGoogleIapVerifier', PRESET_OPTIONS), {
    issuer: IAP_ISSUER,
    algorithms: ['ES256'],
    requiredClaims: ['iat', 'sub'],
    rules: [ACCOUNT_TYPES],
    defaultKeys: () => createRemoteKeySet(GOOGLE_IAP_JWKS_URL),
    bindings: [],
  });
}
