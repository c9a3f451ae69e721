/**
 * What a service asks of the requests to it: providers, operations, and which tokens each operation wants.
 *
 * The names are those of Google's service configuration (google.api.Authentication).
 *
 * @module
 */

import { audienceSpellings } from './audience.ts';

/** Where in a request a token may stand. Names of headers are in lower case. */
export type JwtLocation =
  | { readonly in: 'header'; readonly name: string; readonly prefix: string }
  | { readonly in: 'query'; readonly name: string }
  | { readonly in: 'cookie'; readonly name: string };

/** Where ESP looks for a token unless the document says otherwise. */
export const DEFAULT_LOCATIONS: readonly JwtLocation[] = Object.freeze([
  Object.freeze({ in: 'header', name: 'authorization', prefix: 'Bearer ' }),
  Object.freeze({ in: 'header', name: 'x-goog-iap-jwt-assertion', prefix: '' }),
  Object.freeze({ in: 'query', name: 'access_token' }),
]);

/** Who issues tokens for the service. */
export interface AuthProvider {
  /** The name of its security definition. */
  readonly id: string;
  /** Compared exactly with "iss". */
  readonly issuer: string;
  /** Where its keys are; absent where they must be discovered. */
  readonly jwksUri?: string;
  /** Every spelling of every audience that is us. Never empty. */
  readonly audiences: readonly string[];
  readonly locations: readonly JwtLocation[];
}

/** One method of one path. */
export interface Operation {
  /** The method, or `*` for any. */
  readonly method: string;
  /** The path template, with the base path. */
  readonly template: string;
  /**
   * What the operation wants: the tokens of all providers of one of these lists. None at all: it wants no token, and
   * none is looked at.
   */
  readonly alternatives: readonly (readonly AuthProvider[])[];
  /** Whether a request without any token is let through. One with a bad token never is. */
  readonly optional: boolean;
}

/** A service, as its document describes it. Frozen. */
export interface EspPolicy {
  /** What the service calls itself; always an audience. Absent without a document. */
  readonly serviceName?: string;
  /** The providers that some operation wants a token of. */
  readonly providers: readonly AuthProvider[];
  readonly operations: readonly Operation[];
  /** Whether a request for what the document does not list is let through, without a token (`x-google-allow: all`). */
  readonly allowUnlisted: boolean;
  /** Whether OPTIONS on a listed path is let through without a token. */
  readonly allowCors: boolean;
  /** What the operator should know, in the order found. */
  readonly warnings: readonly string[];
}

/** One issuer for everything, for a policy without a document. */
export interface SingleIssuer {
  readonly issuer: string;
  /** Exact: nothing is added, no other spelling is accepted. */
  readonly audiences: readonly string[];
  readonly jwksUri?: string;
}

/**
 * The policy of a service without a document: every path and method wants a token of this issuer.
 *
 * @throws {TypeError} for an empty issuer or no audience.
 * @example
 * const policy = policyForAllPaths({ issuer: 'https://issuer.example', audiences: ['my-api'] });
 */
export function policyForAllPaths({ issuer, audiences, jwksUri }: SingleIssuer): EspPolicy {
  if (issuer === '') throw new TypeError('"issuer" expected a non-empty string');
  if (audiences.length === 0 || audiences.includes('')) throw new TypeError('"audiences" expected non-empty strings');
  const provider: AuthProvider = Object.freeze({
    id: 'issuer',
    issuer,
    audiences: Object.freeze([...audiences]),
    locations: DEFAULT_LOCATIONS,
    ...(jwksUri === undefined ? {} : { jwksUri }),
  });
  return Object.freeze({
    providers: Object.freeze([provider]),
    operations: Object.freeze([
      Object.freeze({ method: '*', template: '/**', alternatives: Object.freeze([[provider]]), optional: false }),
    ]),
    allowUnlisted: false,
    allowCors: false,
    warnings: Object.freeze([]),
  });
}

/** Where the keys of a provider come from. */
export type KeySource =
  | { readonly kind: 'jwks'; readonly url: string }
  /** OIDC discovery; the issuer as a URL. */
  | { readonly kind: 'discovery'; readonly issuer: string };

/** A service account of Google's: its keys have a place of their own. */
const SERVICE_ACCOUNT = /^[^@/?#%\s]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.gserviceaccount\.com$/;

/**
 * Says where to get the keys of an issuer, or undefined where that cannot be told.
 *
 * From the configuration alone: `jwksUri`, else the key page of a Google service account, else discovery, for which an
 * issuer written without a scheme gets `https://`. An e-mail address of anyone else's leads nowhere.
 */
export function keySourceOf({ issuer, jwksUri }: Pick<AuthProvider, 'issuer' | 'jwksUri'>): KeySource | undefined {
  if (jwksUri !== undefined) return { kind: 'jwks', url: jwksUri };
  if (SERVICE_ACCOUNT.test(issuer)) {
    return { kind: 'jwks', url: `https://www.googleapis.com/service_accounts/v1/jwk/${issuer}` };
  }
  if (isEmail(issuer)) return undefined;
  const url = /^https?:\/\//.test(issuer) ? issuer : `https://${issuer}`;
  return URL.canParse(url) ? { kind: 'discovery', issuer: url } : undefined;
}

/** ESP's notion of an e-mail address, something behind an "@", less the URLs that have one: they are no addresses. */
export function isEmail(issuer: string): boolean {
  return /@./.test(issuer) && !issuer.includes('/');
}

/** The audiences of a provider: its own and, as the documentation promises, always the service's name. */
export function audiencesFor(own: readonly string[], serviceName: string | undefined): readonly string[] {
  return audienceSpellings([...own, ...(serviceName === undefined ? [] : [serviceName])]);
}
