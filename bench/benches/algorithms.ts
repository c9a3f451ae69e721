/**
 * Our verifier by algorithm and size of key, each against a floor of its own.
 *
 * @module
 */

import { compareWith } from '../comparison.ts';
import { FLOOR, floorSubject } from '../floor.ts';
import { measure } from '../harness.ts';
import type { JwsAlgorithm } from '../../src/index.ts';
import { figure, spread, type Bench, type BenchContext } from '../section.ts';
import { OURS, oursSync } from '../subjects.ts';
import { CLIENT_ID, GOOGLE_ISSUER, makeKey, mint, type KeyKind } from '../tokens.ts';

const CASES: ReadonlyArray<readonly [alg: JwsAlgorithm, kind: KeyKind]> = [
  ['RS256', 'rsa-2048'],
  ['RS256', 'rsa-3072'],
  ['RS256', 'rsa-4096'],
  ['RS512', 'rsa-2048'],
  ['PS256', 'rsa-2048'],
  ['ES256', 'P-256'],
  ['ES384', 'P-384'],
  ['ES512', 'P-521'],
  ['EdDSA', 'Ed25519'],
];

export const algorithms: Bench = {
  name: 'algorithms',
  run: async (context) => {
    const rows: string[][] = [];
    const numbers: Record<string, number> = {};
    for (const [alg, kind] of CASES) {
      const { floor, ours, ratio, overhead } = await timeCase(alg, kind, context);
      rows.push([alg, kind, figure(floor), figure(ours), spread(ratio), figure(overhead)]);
      numbers[`ratio ${alg} ${kind}`] = ratio.median;
    }
    return {
      name: 'algorithms',
      title: 'By algorithm and key',
      prose: [
        'The dearer the signature, the less our share. Each row has its own floor: the same key, the same octets, '
          + 'node:crypto alone.',
      ],
      tables: [{ head: ['', 'key', 'floor, µs', 'ours, µs', 'x the floor', 'µs over the floor'], rows }],
      charts: {},
      numbers,
    };
  },
};

async function timeCase(alg: JwsAlgorithm, kind: KeyKind, { quick, built: { api } }: BenchContext) {
  const count = quick ? 40 : 200;
  const key = makeKey(kind, alg);
  const minted = mint(key.privateKey, alg, count);
  const verifier = api.createVerifier({
    issuer: GOOGLE_ISSUER,
    audience: CLIENT_ID,
    algorithms: [alg],
    keys: api.createKeySet(key.jwks),
  });
  const measured = await measure([floorSubject(minted, key.publicKey, alg), oursSync(verifier, minted)], {
    rounds: quick ? 5 : 30,
    warmupRounds: 2,
    calls: count,
    inputs: count,
  });
  const compared = compareWith(FLOOR, measured);
  const [floor, ours] = [FLOOR, OURS].map((name) => compared.find((entry) => entry.name === name));
  if (floor === undefined || ours === undefined) throw new Error('a subject was not measured');
  return { floor: floor.time.median, ours: ours.time.median, ratio: ours.ratio, overhead: ours.overhead.median };
}
