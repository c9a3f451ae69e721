/**
 * jws: signatures only. It reads no claims, and is not asked about them.
 *
 * @module
 */

import type { Adapter, Setup } from '../adapter.ts';
import { installedVersion, loadPeer } from '../load.ts';
import { allowedAlgorithm } from '../reading.ts';

interface Decoded {
  readonly payload: unknown;
}

interface Jws {
  readonly default: {
    readonly verify: (token: string, algorithm: string, key: unknown) => boolean;
    readonly isValid: (token: string) => boolean;
    readonly decode: (token: string, options?: object) => Decoded | null;
  };
}

export const adapter: Adapter = {
  name: 'jws',
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
    thumbprint: 'has no thumbprints',
    base64url: 'exports no decoder',
    issuers: 'reads no claims',
    google: 'reads no claims',
    typ: 'does not look at "typ"',
    typDefault: 'does not look at "typ"',
    lengthCap: "has no cap on a token's length",
  },
  leeway: 'each',
  clock: 'faked',
  readsClaims: false,
  configuration: 'jws.isValid(token) && jws.verify(token, alg, keyObjectOrPem) && jws.decode(token, { json: true })',
  version: () => installedVersion('jws'),
  open: async () => {
    const jws = (await loadPeer<Jws>('jws')).default;
    const check = (token: string, setup: Setup): void => {
      if (!jws.isValid(token)) throw new Error('isValid said no');
      if (!jws.verify(token, allowedAlgorithm(token, setup.algorithms), setup.pem ?? setup.key)) throw new Error('verify said no');
    };
    return {
      prepare: (setup) => (token) => {
        check(token, setup);
        const decoded = jws.decode(token, { json: true });
        if (decoded === null) throw new Error('decode said no');
        return decoded.payload;
      },
      prepareJws: (setup) => (token) => {
        check(token, setup);
        const decoded = jws.decode(token);
        if (decoded === null) throw new Error('decode said no');
        return decoded.payload;
      },
      claimsOf: (result) => result,
    };
  },
};
