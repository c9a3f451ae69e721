/**
 * This project.
 *
 * @module
 */

import {
  createGoogleVerifier,
  createKeySet,
  createVerifier,
  decodeBase64url,
  thumbprint,
  verifyJws,
  type JwsAlgorithm,
  type KeySet,
  type KeySetInput,
  type VerifiedJws,
  type VerifiedJwt,
  type VerifierOptions,
} from '../../../src/index.ts';
import type { VectorPolicy } from '../../vectors.ts';
import type { Adapter, Setup, VerifyToken } from '../adapter.ts';

function keySet(keys: unknown): KeySet {
  return createKeySet(keys as KeySetInput); // unchecked on purpose: vectors hold malformed sets
}

function prepareGoogle({ keys, policy, now }: Setup): VerifyToken {
  const { google, nonce, accessToken, issuer: _issuer, algorithms: _algorithms, typ: _typ, audience, ...rest } = policy;
  const verifier = createGoogleVerifier({
    ...rest,
    ...google,
    audience: audience ?? [],
    keys: keySet(keys),
    ...clockAt(now),
  } as Parameters<typeof createGoogleVerifier>[0]);
  const call = { ...(nonce === undefined ? {} : { nonce }), ...(accessToken === undefined ? {} : { accessToken }) };
  return (token) => verifier.verifySync(token, call);
}

function prepareGeneral({ keys, policy, now }: Setup): VerifyToken {
  const verifier = createVerifier({ ...trustOf(keys, policy), ...clockAt(now) } as VerifierOptions);
  return (token) => verifier.verifySync(token);
}

function trustOf(keys: unknown, { issuers, ...policy }: VectorPolicy): object {
  if (issuers === undefined) return { ...policy, keys: keySet(keys) };
  const { issuer: _issuer, audience: _audience, ...rest } = policy;
  return { ...rest, issuers: issuers.map((entry) => ({ ...entry, keys: keySet(entry.keys) })) };
}

function clockAt(now: number | undefined): { clock?: () => number } {
  return now === undefined ? {} : { clock: () => now };
}

export const adapter: Adapter = {
  name: 'jwt-assay',
  role: 'self',
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
    'Ed25519',
    'HS256',
    'HS384',
    'HS512',
  ],
  lacks: {},
  leeway: 'each',
  clock: 'injected',
  configuration:
    'createVerifier({ ...policy, keys: createKeySet(keys), clock: () => now }).verifySync(token)\n'
    + 'createGoogleVerifier({ ...policy, keys: createKeySet(keys), clock: () => now })\n'
    + '  .verifySync(token, { nonce, accessToken })',
  version: () => 'this commit',
  open: () => ({
    prepare: (setup) => (setup.policy.google === undefined ? prepareGeneral(setup) : prepareGoogle(setup)),
    prepareJws: ({ keys, algorithms }) => {
      const lookup = keySet(keys);
      return (token) =>
        (verifyJws(token, lookup, { algorithms: algorithms as JwsAlgorithm[] }) satisfies VerifiedJws).payload;
    },
    thumbprint,
    decodeBase64url,
    claimsOf: (result) => (result as VerifiedJwt).claims,
  }),
};
