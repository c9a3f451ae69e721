/**
 * The floor: what node:crypto needs for one signature, on a ready KeyObject and with nothing else done.
 *
 * @module
 */

import { constants, createHmac, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import type { JwsAlgorithm } from '../src/index.ts';
import type { Subject } from './harness.ts';
import { takeApart, type Minted, type Signed } from './tokens.ts';

export const FLOOR = 'crypto.verify, the floor';

export function floorSubject(minted: readonly Minted[], key: KeyObject, alg: JwsAlgorithm): Subject {
  const signed = minted.map(({ token }) => takeApart(token));
  const holds = verifierFor(key, alg);
  return {
    name: FLOOR,
    run: (index) => {
      const item = signed[index];
      return item !== undefined && holds(item);
    },
    isRight: (result) => result === true,
  };
}

function verifierFor(key: KeyObject, alg: JwsAlgorithm): (signed: Signed) => boolean {
  const hash = `sha${alg.slice(-3)}`;
  if (alg.startsWith('RS')) return ({ input, signature }) => verify(hash, input, key, signature);
  if (alg.startsWith('PS')) {
    const padded = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(alg.slice(-3)) / 8 };
    return ({ input, signature }) => verify(hash, input, padded, signature);
  }
  if (alg.startsWith('ES')) {
    const encoded = { key, dsaEncoding: 'ieee-p1363' } as const;
    return ({ input, signature }) => verify(hash, input, encoded, signature);
  }
  if (alg.startsWith('HS')) {
    return ({ input, signature }) => timingSafeEqual(createHmac(hash, key).update(input).digest(), signature);
  }
  return ({ input, signature }) => verify(null, input, key, signature);
}
