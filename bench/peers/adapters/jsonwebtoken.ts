/**
 * jsonwebtoken.
 *
 * @module
 */

import type { Adapter } from '../adapter.ts';
import { installedVersion, loadPeer } from '../load.ts';

interface JsonWebToken {
  readonly default: { readonly verify: (token: string, key: unknown, options: object) => unknown };
}

export const adapter: Adapter = {
  name: 'jsonwebtoken',
  role: 'peer',
  takes: 'key',
  readsPem: true,
  algorithms: [
    'RS256',
    'RS384',
    'RS512',
    'PS256',
    'PS384',
    'PS512',
    'ES256',
    'ES384',
    'ES512',
    'HS256',
    'HS384',
    'HS512',
  ],
  lacks: {
    jws: 'verifies JWTs only',
    thumbprint: 'has no thumbprints',
    base64url: 'exports no decoder',
    issuers: 'has no notion of several issuers with keys of their own',
    google: "has no preset for Google's ID tokens",
    requiredClaims: 'cannot require a claim',
    typ: 'does not look at "typ"',
    typDefault: 'does not look at "typ"',
    maxLifetime: 'has no cap on exp - iat',
    lengthCap: "has no cap on a token's length",
  },
  leeway: 'one',
  clock: 'injected',
  configuration:
    'jwt.verify(token, keyObjectOrPem, {\n'
    + '  algorithms, issuer, audience, subject, maxAge, clockTolerance, clockTimestamp,\n'
    + '  allowInvalidAsymmetricKeyTypes: false,\n})',
  version: () => installedVersion('jsonwebtoken'),
  open: async () => {
    const { verify } = (await loadPeer<JsonWebToken>('jsonwebtoken')).default;
    return {
      prepare: ({ pem, key, policy, algorithms, tolerance, now }) => {
        const options = {
          algorithms,
          clockTolerance: tolerance,
          allowInvalidAsymmetricKeyTypes: false,
          ...(policy.issuer == null ? {} : { issuer: policy.issuer }),
          ...(policy.audience == null ? {} : { audience: policy.audience }),
          ...(policy.subject === undefined ? {} : { subject: policy.subject }),
          ...(policy.maxAge === undefined ? {} : { maxAge: policy.maxAge }),
          ...(now === undefined ? {} : { clockTimestamp: now }),
        };
        return (token) => verify(token, pem ?? key, options);
      },
      claimsOf: (result) => result,
    };
  },
};
