/**
 * hono: its JWT helper. verifyWithJwks where the token has a kid, and verify with the sole key where it has none.
 *
 * @module
 */

import type { Adapter, Setup } from '../adapter.ts';
import { membersOf } from '../keys.ts';
import { installedVersion, loadPeer } from '../load.ts';
import { allowedAlgorithm, glance, member } from '../reading.ts';

interface HonoJwt {
  readonly verify: (token: string, key: unknown, options: object) => Promise<unknown>;
  readonly verifyWithJwks: (token: string, options: object) => Promise<unknown>;
}

function verificationOf({ policy }: Setup): object {
  return {
    ...(policy.issuer == null ? {} : { iss: [policy.issuer].flat()[0] }),
    ...(policy.audience == null ? {} : { aud: policy.audience }),
    ...(policy.typ === undefined ? {} : { typ: policy.typ }),
  };
}

export const adapter: Adapter = {
  name: 'hono',
  role: 'peer',
  takes: 'keys',
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
    'EdDSA',
    'HS256',
    'HS384',
    'HS512',
  ],
  lacks: {
    jws: 'verifies JWTs only',
    thumbprint: 'has no thumbprints',
    base64url: 'exports no decoder',
    issuers: 'has no notion of several issuers with keys of their own',
    issuerList: 'takes one issuer, or a RegExp',
    google: "has no preset for Google's ID tokens",
    requiredClaims: 'cannot require a claim',
    subject: 'cannot be told a subject',
    maxAge: 'has no cap on the age of a token',
    maxLifetime: 'has no cap on exp - iat',
    lengthCap: "has no cap on a token's length",
    certificates: 'takes JWKs and public keys only',
    pemText: 'is given what node:crypto read: how a PEM is written is not its to judge',
    symmetricKeySet: 'takes no symmetric keys in a set',
  },
  leeway: 0,
  clock: 'faked',
  configuration:
    'verifyWithJwks(token, { keys: jwks.keys, allowedAlgorithms, verification: { iss, aud, typ } })\n'
    + 'verify(token, jwk, { alg, iss, aud, typ }) // where the token has no kid and there is one key',
  version: () => installedVersion('hono'),
  open: async () => {
    const { verify, verifyWithJwks } = await loadPeer<HonoJwt>('hono/jwt');
    return {
      prepare: (setup) => {
        const keys = member(setup.keys, 'keys');
        const sole = membersOf(setup.keys).length === 1 ? membersOf(setup.keys)[0] : undefined;
        const verification = verificationOf(setup);
        const { algorithms } = setup;
        const options = { keys, allowedAlgorithms: algorithms, verification };
        const symmetric = algorithms.some((alg) => alg.startsWith('HS'));
        return (token) =>
          sole !== undefined && (symmetric || member(glance(token).header, 'kid') === undefined)
            ? verify(token, sole, { ...verification, alg: allowedAlgorithm(token, algorithms) })
            : verifyWithJwks(token, options);
      },
      claimsOf: (result) => result,
    };
  },
};
