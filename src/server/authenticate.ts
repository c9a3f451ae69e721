/**
 * From a request to a verified token or the answer that refuses it, for any framework (RFC 6750 §2.1, §3).
 *
 * @module
 */

import { formatRefusal, type EspRefusal, type EspRequest, type EspResponse } from '../esp/index.ts';
import { parseBearer } from '../http/index.ts';
import { JwtError, type JwtClaimsSet, type VerifiedJwt } from '../jose/index.ts';
import { expectBoolean, expectString, readOptions } from '../jose/options.ts';
import type { Verifier } from '../verifier/index.ts';
import { fieldsOf, type IncomingRequest } from './request-fields.ts';

/** What became of a request. */
export type Authentication<C extends JwtClaimsSet = JwtClaimsSet> =
  | { readonly authenticated: true; readonly jwt: VerifiedJwt<C> }
  | {
      readonly authenticated: false;
      /** For logs. Clients are told what `response` says, and no more. */
      readonly code: EspRefusal['code'];
      /** To be sent as it is. */
      readonly response: EspResponse;
    };

/** Says who sends a request. Rejects only for mistakes of the caller's. */
export type Authenticate<C extends JwtClaimsSet = JwtClaimsSet> =
  (request: IncomingRequest) => Promise<Authentication<C>>;

/** How to authenticate. */
export interface AuthenticatorOptions<C extends JwtClaimsSet = JwtClaimsSet> {
  readonly verifier: Verifier<C>;
  /** Names the service in challenges. Default: `api`. */
  readonly realm?: string;
  /** Tells clients everything about every refusal. For development. */
  readonly verbose?: boolean;
}

/**
 * Makes the function that authenticates requests by their Bearer token.
 *
 * @throws {TypeError} for missing, wrong or unknown options.
 * @example
 * const authenticate = createAuthenticator({ verifier });
 * const result = await authenticate(request);
 * if (result.authenticated) greet(result.jwt.claims.sub);
 */
export function createAuthenticator<C extends JwtClaimsSet>(options: AuthenticatorOptions<C>): Authenticate<C> {
  const given = readOptions(options, 'createAuthenticator', ['verifier', 'realm', 'verbose']);
  const { verifier } = options;
  if (typeof verifier?.verify !== 'function') throw new TypeError('"verifier" is required: see createVerifier');
  const realm = expectString(given.realm ?? 'api', 'realm');
  const verbose = expectBoolean(given.verbose ?? false, 'verbose');
  const terms = { vocabulary: 'assay', realm, verbose, unavailable: true } as const;
  const refuse = (refusal: EspRefusal, request: EspRequest): Authentication<C> => ({
    authenticated: false,
    code: refusal.code,
    response: formatRefusal(refusal, request, terms),
  });
  // A realm that cannot be written is found now, and not by the first stranger.
  refuse({ code: 'credentials_missing', method: 'GET' }, { method: 'GET', target: '/', headers: new Map() });

  return async (incoming) => {
    const { method = 'GET' } = incoming;
    const request = { method, target: '/', headers: new Map<string, readonly string[]>() };
    const credentials = parseBearer(fieldsOf(incoming, 'authorization'));
    switch (credentials.kind) {
      case 'none':
      case 'foreign':
        return refuse({ code: 'credentials_missing', method }, request);
      case 'malformed':
        return refuse({ code: 'credentials_malformed', method }, request);
      case 'repeated':
        return refuse({ code: 'credentials_repeated', method }, request);
      case 'bearer':
    }
    try {
      return { authenticated: true, jwt: await verifier.verify(credentials.token) };
    } catch (error) {
      if (!(error instanceof JwtError)) throw error;
      return refuse({ code: error.code, method, error }, request);
    }
  };
}
