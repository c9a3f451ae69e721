/**
 * Google: ID tokens, Identity-Aware Proxy, service accounts.
 *
 * @module
 */

export { emailIsAuthoritative } from './email.ts';
export type { EmailClaims } from './email.ts';
export { createGoogleIapVerifier } from './iap.ts';
export type { GoogleIapClaims } from './iap.ts';
export { createGoogleVerifier, GOOGLE_ISSUERS } from './id-token.ts';
export type { GoogleClaims, GoogleVerifierOptions, GoogleVerifyOptions } from './id-token.ts';
export { GOOGLE_CERTIFICATES_URL, GOOGLE_IAP_JWKS_URL, GOOGLE_JWKS_URL, serviceAccountKeys } from './key-urls.ts';
export type { GoogleKeyFormat, ServiceAccountKeysOptions } from './key-urls.ts';
export type { GooglePresetOptions } from './preset.ts';
export { createServiceAccountVerifier, signServiceAccountAssertion } from './service-account.ts';
export type { ServiceAccountAssertion, ServiceAccountClaims, ServiceAccountVerifierOptions } from './service-account.ts';
