/**
 * fast-jwt.
 *
 * @module
 */

import type { Adapter } from '../adapter.ts';
import { pemOf } from '../keys.ts';
import { installedVersion, loadPeer } from '../load.ts';

interface FastJwt {
  readonly default: { readonly createVerifier: (options: object) => (token: string) => unknown };
}

/** Any version of it: the control is an old one. */
export function fastJwtAdapter(packageName: string, role: Adapter['role']): Adapter {
  return {
    name: packageName,
    role,
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
      google: "has no preset for Google's ID tokens",
      typList: 'takes one "typ"',
      typDefault: 'its "checkTyp" option cannot say: absent or "JWT"',
      maxLifetime: 'has no cap on exp - iat',
      publicKeyForHmac: 'takes secrets and public keys alike as text: which it is, the caller says by "algorithms"',
      lengthCap: "has no cap on a token's length",
    },
    leeway: 'one',
    clock: 'injected',
    configuration:
      'createVerifier({\n'
      + '  key: pem, algorithms, allowedIss, allowedAud, allowedSub, checkTyp, maxAge,\n'
      + '  clockTolerance, clockTimestamp,\n'
      + "  requiredClaims: ['exp', 'iss', 'aud', ...requiredClaims],\n})(token)",
    version: () => installedVersion(packageName),
    open: async () => {
      const { createVerifier } = (await loadPeer<FastJwt>(packageName)).default;
      return {
        prepare: ({ pem, key, policy, algorithms, tolerance, now }) =>
          createVerifier({
            key: pem ?? (key?.type === 'secret' ? key.export() : key && pemOf(key)),
            algorithms,
            clockTolerance: tolerance * 1000,
            requiredClaims: [
              'exp',
              ...(policy.issuer == null ? [] : ['iss']),
              ...(policy.audience == null ? [] : ['aud']),
              ...(policy.subject === undefined ? [] : ['sub']),
              ...(policy.maxAge === undefined ? [] : ['iat']),
              ...(policy.requiredClaims ?? []),
            ],
            ...(policy.issuer == null ? {} : { allowedIss: policy.issuer }),
            ...(policy.audience == null ? {} : { allowedAud: policy.audience }),
            ...(policy.subject === undefined ? {} : { allowedSub: policy.subject }),
            ...(policy.typ === undefined ? {} : { checkTyp: [policy.typ].flat()[0] }),
            ...(policy.maxAge === undefined ? {} : { maxAge: policy.maxAge * 1000 }),
            ...(now === undefined ? {} : { clockTimestamp: now * 1000 }),
          }),
        claimsOf: (result) => result,
      };
    },
  };
}

export const adapter: Adapter = fastJwtAdapter('fast-jwt', 'peer');
