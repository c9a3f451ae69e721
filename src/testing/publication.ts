/**
 * Where an issuer publishes what others need to know of it (OpenID Connect Discovery §4).
 *
 * @module
 */

/** The addresses of one issuer. */
export interface Publication {
  readonly issuer: string;
  /** The JWK Set. */
  readonly jwksUri: string;
  /** The map `{ kid: certificate as PEM }`. */
  readonly certificatesUri: string;
  /** The discovery document. */
  readonly discoveryUri: string;
}

/** What is published. */
export type DocumentName = 'jwks' | 'certificates' | 'discovery';

const WELL_KNOWN = '/.well-known/openid-configuration';

/** Google's addresses, by issuer. Its Identity-Aware Proxy has no discovery document; here it has, like any issuer. */
const GOOGLE: ReadonlyMap<string, Omit<Publication, 'issuer'>> = new Map([
  ...['https://accounts.google.com', 'accounts.google.com'].map((issuer) => [issuer, {
    jwksUri: 'https://www.googleapis.com/oauth2/v3/certs',
    certificatesUri: 'https://www.googleapis.com/oauth2/v1/certs',
    discoveryUri: `https://accounts.google.com${WELL_KNOWN}`,
  }] as const),
  ['https://cloud.google.com/iap', {
    jwksUri: 'https://www.gstatic.com/iap/verify/public_key-jwk',
    certificatesUri: 'https://www.gstatic.com/iap/verify/public_key',
    discoveryUri: `https://cloud.google.com/iap${WELL_KNOWN}`,
  }],
]);

/** Says whether an issuer is a Google service account: those issue under their e-mail address. */
export function isServiceAccount(issuer: string): boolean {
  return /^[a-z0-9.-]+@[a-z0-9.-]+$/i.test(issuer);
}

/**
 * The addresses of an issuer: Google's own for Google's issuers and service accounts, and for others
 * `<issuer>/certs`, `<issuer>/x509` and `<issuer>/.well-known/openid-configuration`.
 *
 * @throws {TypeError} unless the issuer is one of Google's, or an http or https URL without query and fragment.
 */
export function publicationOf(issuer: string): Publication {
  const google = GOOGLE.get(issuer);
  if (google !== undefined) return Object.freeze({ issuer, ...google });
  if (isServiceAccount(issuer)) return serviceAccountPublication(issuer);

  // OpenID Connect Discovery §2, §3: a URL with neither query nor fragment. Plain http is for loopback addresses.
  if (!URL.canParse(issuer) || !/^https?:\/\/[^?#\s]+$/.test(issuer)) {
    throw new TypeError('"issuer" expected an http or https URL without query and fragment');
  }
  return publicationUnder(issuer, issuer.replace(/\/$/, ''));
}

/** The addresses of an issuer that publishes under a base address which is not its name. */
export function publicationUnder(issuer: string, base: string): Publication {
  return Object.freeze({
    issuer,
    jwksUri: `${base}/certs`,
    certificatesUri: `${base}/x509`,
    discoveryUri: `${base}${WELL_KNOWN}`,
  });
}

/** Which document an address means, whatever its query. */
export function documentAt(publication: Publication, url: URL): DocumentName | undefined {
  const place = placeOf(url);
  const isAt = (uri: string): boolean => placeOf(new URL(uri)) === place;
  if (isAt(publication.jwksUri)) return 'jwks';
  if (isAt(publication.certificatesUri)) return 'certificates';
  return isAt(publication.discoveryUri) ? 'discovery' : undefined;
}

/** An address without its query. The "@" of a service account's may be written either way; a client of ours writes %40. */
function placeOf({ origin, pathname }: URL): string {
  return `${origin}${pathname.replaceAll('%40', '@')}`;
}

/** Nobody discovers a service account. The address of its document is there so that every issuer has one. */
function serviceAccountPublication(email: string): Publication {
  const base = 'https://www.googleapis.com/service_accounts/v1';
  return Object.freeze({
    issuer: email,
    jwksUri: `${base}/jwk/${email}`,
    certificatesUri: `${base}/metadata/x509/${email}`,
    discoveryUri: `${base}/jwk/${email}${WELL_KNOWN}`,
  });
}
