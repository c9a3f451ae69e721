/**
 * google-auth-library: the method under verifyIdToken, which its documentation shows for other issuers too. It can be
 * handed keys; verifyIdToken itself always fetches them.
 *
 * @module
 */

import type { Adapter } from '../adapter.ts';
import { installedVersion, loadPeer } from '../load.ts';

interface Ticket {
  readonly getPayload: () => unknown;
}

interface GoogleAuth {
  readonly OAuth2Client: new () => {
    readonly verifySignedJwtWithCertsAsync: (
      token: string,
      certs: object | undefined,
      audience: unknown,
      issuers: unknown,
      maxExpiry?: number,
    ) => Promise<Ticket>;
  };
}

const GOOGLE_ISSUERS = ['https://accounts.google.com', 'accounts.google.com'];

export const adapter: Adapter = {
  name: 'google-auth-library',
  role: 'peer',
  takes: 'pems',
  algorithms: ['RS256', 'ES256'],
  lacks: {
    jws: 'verifies JWTs only',
    thumbprint: 'has no thumbprints',
    base64url: 'exports no decoder',
    issuers: 'has no notion of several issuers with keys of their own',
    hostedDomain: 'does not compare "hd"',
    authorizedParty: 'does not compare "azp"',
    verifiedEmail: 'does not look at "email_verified"',
    nonce: 'does not compare "nonce"',
    accessToken: 'does not compare "at_hash"',
    requiredClaims: 'cannot require a claim beyond iat and exp',
    typ: 'does not look at "typ"',
    typDefault: 'does not look at "typ"',
    subject: 'cannot be told a subject',
    maxAge: 'has no cap on the age of a token',
    maxLifetime: 'caps exp - now, not exp - iat',
    lengthCap: "has no cap on a token's length",
    tokenWithoutIat: 'requires "iat", as it is for ID tokens',
    tokenWithoutKid: 'finds keys by "kid" only',
  },
  leeway: 300,
  clock: 'faked',
  configuration:
    'new OAuth2Client().verifySignedJwtWithCertsAsync(token, { [kid]: pem }, audience, issuers)\n'
    + "// and, except for Google's own tokens, a maxExpiry that caps nothing",
  version: () => installedVersion('google-auth-library'),
  open: async () => {
    const { OAuth2Client } = await loadPeer<GoogleAuth>('google-auth-library');
    const client = new OAuth2Client();
    return {
      prepare: ({ pems, policy }) => {
        const named = policy.issuer === undefined && policy.google !== undefined ? GOOGLE_ISSUERS : policy.issuer;
        const issuers = named == null ? undefined : [named].flat();
        const audience = policy.audience ?? undefined;
        const maxExpiry = policy.google === undefined ? Number.MAX_VALUE : undefined;
        return (token) => client.verifySignedJwtWithCertsAsync(token, pems, audience, issuers, maxExpiry);
      },
      claimsOf: (result) => (result as Ticket).getPayload(),
    };
  },
};
