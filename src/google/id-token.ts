/**
 * Google's ID tokens (OIDC Core §2, and Google's OpenID Connect guide).
 *
 * @module
 */

import type { JwtClaimsSet } from '../jose/claims.ts';
import { expectBoolean, expectStrings, readOptions } from '../jose/options.ts';
import { createRemoteKeySet } from '../keys/remote-key-set.ts';
import type { Verifier, VerifyOptions } from '../verifier/verifier.ts';
import { expectKeyFormat, GOOGLE_CERTIFICATES_URL, GOOGLE_JWKS_URL, type GoogleKeyFormat } from './key-urls.ts';
import { idTokenRules } from './id-token-rules.ts';
import { assemblePreset, PRESET_OPTIONS, type GooglePresetOptions } from './preset.ts';

/** The two spellings of Google's issuer. */
export const GOOGLE_ISSUERS: readonly string[] = Object.freeze(['https://accounts.google.com', 'accounts.google.com']);

/** The claims of Google's ID tokens. `sub` is the identity: e-mail addresses change hands. */
export interface GoogleClaims extends JwtClaimsSet {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly iat: number;
  /** The client that asked for the token. */
  readonly azp?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  /** The Google Workspace or Cloud organisation of the account. */
  readonly hd?: string;
  readonly nonce?: string;
  readonly at_hash?: string;
  readonly name?: string;
  readonly given_name?: string;
  readonly family_name?: string;
  readonly picture?: string;
  readonly locale?: string;
}

/** Options of {@link createGoogleVerifier}. */
export interface GoogleVerifierOptions extends GooglePresetOptions {
  /** Accepts only accounts of these organisations, by the claim "hd". */
  readonly hostedDomain?: string | readonly string[];
  /** Accepts only tokens issued to these clients, by the claim "azp". */
  readonly authorizedParty?: string | readonly string[];
  /** Refuses tokens whose "email_verified" is not true. Default: false. */
  readonly requireVerifiedEmail?: boolean;
  /** The form in which Google's keys are fetched, where `keys` are not given. Default: `jwk`. */
  readonly keyFormat?: GoogleKeyFormat;
}

/** What one token can be bound to. */
export interface GoogleVerifyOptions extends VerifyOptions {
  /** The nonce of this sign-in: the claim must be there, and equal. */
  readonly nonce?: string;
  /** The access token that came with this ID token: the claim "at_hash" must be there, and fit. */
  readonly accessToken?: string;
}

/**
 * Makes a verifier for Google's ID tokens: RS256, Google's two issuers, your audience, at most a day of life.
 *
 * @throws {TypeError} for a missing, wrong, unknown or undefined option.
 * @example
 * const google = createGoogleVerifier({ audience: 'my-client-id.apps.googleusercontent.com' });
 * const { claims } = await google.verify(token);
 * claims.sub; // the account; never use the e-mail for that
 */
export function createGoogleVerifier(options: GoogleVerifierOptions): Verifier<GoogleClaims, GoogleVerifyOptions> {
  const { hostedDomain, authorizedParty, requireVerifiedEmail = false, keyFormat = 'jwk', ...preset } = readOptions(
    options,
    'createGoogleVerifier',
    ['hostedDomain', 'authorizedParty', 'requireVerifiedEmail', 'keyFormat', ...PRESET_OPTIONS],
  );
  const rules = idTokenRules({
    hostedDomains: hostedDomain === undefined ? null : expectStrings(hostedDomain, 'hostedDomain'),
    authorizedParties: authorizedParty === undefined ? null : expectStrings(authorizedParty, 'authorizedParty'),
    requireVerifiedEmail: expectBoolean(requireVerifiedEmail, 'requireVerifiedEmail'),
  });
  if (Object.hasOwn(options, 'keyFormat') && Object.hasOwn(options, 'keys')) {
    throw new TypeError('"keys" and "keyFormat" exclude each other');
  }
  const url = expectKeyFormat(keyFormat) === 'jwk' ? GOOGLE_JWKS_URL : GOOGLE_CERTIFICATES_URL;
  return assemblePreset(preset, {
    issuer: GOOGLE_ISSUERS,
    algorithms: ['RS256'],
    requiredClaims: ['iat', 'sub'],
    rules,
    defaultKeys: () => createRemoteKeySet(url),
    bindings: ['nonce', 'accessToken'],
  });
}
