/**
 * jose.
 *
 * @module
 */

import type { Adapter, Setup } from '../adapter.ts';
import { membersOf } from '../keys.ts';
import { installedVersion, loadPeer } from '../load.ts';

interface Jose {
  readonly createLocalJWKSet: (jwks: unknown) => unknown;
  readonly importSPKI: (pem: string, alg: string) => Promise<unknown>;
  readonly importJWK: (jwk: unknown, alg?: string) => Promise<unknown>;
  readonly jwtVerify: (token: string, keys: unknown, options: object) => Promise<{ readonly payload: unknown }>;
  readonly compactVerify: (token: string, keys: unknown, options: object) => Promise<{ readonly payload: Uint8Array }>;
  readonly calculateJwkThumbprint: (jwk: unknown) => Promise<string>;
  readonly base64url: { readonly decode: (text: string) => Uint8Array };
}

function optionsOf({ policy, algorithms, tolerance, now }: Setup): object {
  const required = [
    'exp',
    ...(policy.issuer == null ? [] : ['iss']),
    ...(policy.audience == null ? [] : ['aud']),
    ...(policy.subject === undefined ? [] : ['sub']),
    ...(policy.requiredClaims ?? []),
  ];
  return {
    algorithms,
    requiredClaims: required,
    clockTolerance: tolerance,
    ...(policy.issuer == null ? {} : { issuer: policy.issuer }),
    ...(policy.audience == null ? {} : { audience: policy.audience }),
    ...(policy.subject === undefined ? {} : { subject: policy.subject }),
    ...(policy.typ === undefined ? {} : { typ: [policy.typ].flat()[0] }),
    ...(policy.maxAge === undefined ? {} : { maxTokenAge: policy.maxAge }),
    ...(now === undefined ? {} : { currentDate: new Date(now * 1000) }),
  };
}

/** A local key set takes public keys only; a secret is imported by itself, as its documentation says. */
async function keysOf({ createLocalJWKSet, importSPKI, importJWK }: Jose, { pem, keys, algorithms }: Setup): Promise<unknown> {
  if (pem !== undefined) return importSPKI(pem, algorithms[0] ?? 'RS256');
  return algorithms.some((alg) => alg.startsWith('HS'))
    ? importJWK(membersOf(keys)[0], algorithms[0])
    : createLocalJWKSet(keys);
}

export const adapter: Adapter = {
  name: 'jose',
  role: 'peer',
  takes: 'keys',
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
    'EdDSA',
    'Ed25519',
    'HS256',
    'HS384',
    'HS512',
  ],
  lacks: {
    issuers: 'has no notion of several issuers with keys of their own',
    google: "has no preset for Google's ID tokens",
    typList: 'takes one "typ"',
    typDefault: 'its "typ" option cannot say: absent or "JWT"',
    maxLifetime: 'has no cap on exp - iat',
    lengthCap: "has no cap on a token's length",
    certificates: 'imports certificates without their dates',
    symmetricKeySet: 'takes no symmetric keys in a set',
  },
  leeway: 'one',
  clock: 'injected',
  configuration:
    'jwtVerify(token, createLocalJWKSet(jwks), { // or of a PEM: await importSPKI(pem, alg)\n'
    + '  algorithms, issuer, audience, subject, typ, maxTokenAge, clockTolerance, currentDate,\n'
    + "  requiredClaims: ['exp', 'iss', 'aud', ...requiredClaims],\n})",
  version: () => installedVersion('jose'),
  open: async () => {
    const jose = await loadPeer<Jose>('jose');
    return {
      prepare: async (setup) => {
        const options = optionsOf(setup);
        const keys = await keysOf(jose, setup);
        return (token) => jose.jwtVerify(token, keys, options);
      },
      prepareJws: async (setup) => {
        const keys = await keysOf(jose, setup);
        return async (token) => (await jose.compactVerify(token, keys, { algorithms: setup.algorithms })).payload;
      },
      thumbprint: (jwk) => jose.calculateJwkThumbprint(jwk),
      decodeBase64url: (text) => jose.base64url.decode(text),
      claimsOf: (result) => (result as { payload: unknown }).payload,
    };
  },
};
