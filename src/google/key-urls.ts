/**
 * Where Google publishes its keys. None of these is ever made out of a token: an e-mail address in one comes from the caller.
 *
 * @module
 */

import { expectString, readOptions } from '../jose/options.ts';
import { createRemoteKeySet, type RemoteKeySet } from '../keys/remote-key-set.ts';
import { REMOTE_OPTIONS, type RemoteKeySetOptions } from '../keys/remote-options.ts';

/** The keys of Google's ID tokens, as a JWK Set. */
export const GOOGLE_JWKS_URL = 'https://www.googleapis.com/oauth2/v3/certs';

/** The same keys, as the map `{ kid: X.509 PEM }`. */
export const GOOGLE_CERTIFICATES_URL = 'https://www.googleapis.com/oauth2/v1/certs';

/** The keys of the Identity-Aware Proxy. */
export const GOOGLE_IAP_JWKS_URL = 'https://www.gstatic.com/iap/verify/public_key-jwk';

/** The keys of service accounts, each under its e-mail address (Google's IAM reference, `signJwt`: the certificates are metadata). */
const SERVICE_ACCOUNTS: Readonly<Record<GoogleKeyFormat, string>> = {
  jwk: 'https://www.googleapis.com/service_accounts/v1/jwk',
  x509: 'https://www.googleapis.com/service_accounts/v1/metadata/x509',
};

/** The two forms in which Google publishes the same keys. */
export type GoogleKeyFormat = 'jwk' | 'x509';

/** How to fetch the keys of a service account. */
export interface ServiceAccountKeysOptions extends RemoteKeySetOptions {
  /** Default: `jwk`. */
  readonly format?: GoogleKeyFormat;
}

/**
 * The keys of a service account, by its e-mail address.
 *
 * @throws {TypeError} for anything that is not an e-mail address, or wrong options.
 * @example
 * const keys = serviceAccountKeys('robot@project.iam.gserviceaccount.com');
 */
export function serviceAccountKeys(email: string, options: ServiceAccountKeysOptions = {}): RemoteKeySet {
  const given = readOptions(options, 'serviceAccountKeys', ['format', ...REMOTE_OPTIONS]);
  const { format = 'jwk', ...rest } = given;
  const address = expectString(email, 'email');
  if (!/^[^@\s/?#\p{Surrogate}]+@[^@\s/?#\p{Surrogate}]+$/u.test(address)) throw new TypeError('"email" expected an e-mail address');
  return createRemoteKeySet(`${SERVICE_ACCOUNTS[expectKeyFormat(format)]}/${encodeURIComponent(address)}`, rest as RemoteKeySetOptions);
}

/** @throws {TypeError} unless it is one of the two. */
export function expectKeyFormat(format: unknown): GoogleKeyFormat {
  if (format !== 'jwk' && format !== 'x509') throw new TypeError('the format of keys expected "jwk" or "x509"');
  return format;
}
