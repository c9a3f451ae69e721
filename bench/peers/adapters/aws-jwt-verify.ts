/**
 * aws-jwt-verify: its verifier for any issuer, with keys put into its cache.
 *
 * @module
 */

import type { IssuerVector } from '../../vectors.ts';
import type { Adapter, Setup } from '../adapter.ts';
import { toJwkSet } from '../keys.ts';
import { installedVersion, loadPeer } from '../load.ts';

interface Verifier {
  readonly cacheJwks: (jwks: unknown, issuer?: unknown) => void;
  readonly verifySync: (token: string) => unknown;
}

interface AwsJwtVerify {
  readonly JwtVerifier: { readonly create: (options: object) => Verifier };
}

const JWKS_URI = 'https://issuer.invalid/jwks.json';

function one({ JwtVerifier }: AwsJwtVerify, { keys, policy, tolerance }: Setup): Verifier {
  const verifier = JwtVerifier.create({
    issuer: policy.issuer ?? null,
    audience: policy.audience ?? null,
    jwksUri: JWKS_URI,
    graceSeconds: tolerance,
  });
  verifier.cacheJwks(keys);
  return verifier;
}

function several({ JwtVerifier }: AwsJwtVerify, issuers: readonly IssuerVector[], tolerance: number): Verifier {
  const entries = issuers.flatMap(({ issuer, ...rest }) => [issuer].flat().map((name) => ({ ...rest, issuer: name })));
  const verifier = JwtVerifier.create(
    entries.map(({ issuer, audience }, index) => ({
      issuer,
      audience,
      jwksUri: `${JWKS_URI}?${index}`,
      graceSeconds: tolerance,
    })),
  );
  for (const { issuer, keys } of entries) verifier.cacheJwks(toJwkSet(keys), issuer);
  return verifier;
}

export const adapter: Adapter = {
  name: 'aws-jwt-verify',
  role: 'peer',
  takes: 'keys',
  algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
  lacks: {
    jws: 'verifies JWTs only',
    thumbprint: 'has no thumbprints',
    base64url: 'exports no decoder',
    google: "has no preset for Google's ID tokens",
    requiredClaims: "cannot require a claim, except by a check of the caller's",
    typ: 'does not look at "typ", except by a check of the caller\'s',
    typDefault: 'does not look at "typ", except by a check of the caller\'s',
    subject: "cannot be told a subject, except by a check of the caller's",
    maxAge: 'has no cap on the age of a token',
    maxLifetime: 'has no cap on exp - iat',
    lengthCap: "has no cap on a token's length",
    certificates: 'takes JWKs only',
    pemText: 'is given what node:crypto read: how a PEM is written is not its to judge',
    tokenWithoutKid: 'finds keys by "kid" only',
  },
  leeway: 'one',
  clock: 'faked',
  configuration:
    'const verifier = JwtVerifier.create({ issuer, audience, jwksUri, graceSeconds });\n'
    + 'verifier.cacheJwks(jwks);\n'
    + 'verifier.verifySync(token); // it has no allow-list of algorithms: the keys\' "alg" and type decide',
  version: () => installedVersion('aws-jwt-verify'),
  open: async () => {
    const aws = await loadPeer<AwsJwtVerify>('aws-jwt-verify');
    return {
      prepare: (setup) => {
        const { issuers } = setup.policy;
        const verifier = issuers === undefined ? one(aws, setup) : several(aws, issuers, setup.tolerance);
        return (token) => verifier.verifySync(token);
      },
      claimsOf: (result) => result,
    };
  },
};
