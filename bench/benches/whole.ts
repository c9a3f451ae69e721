/**
 * A whole verification, of distinct tokens, against the floor and the peers.
 *
 * @module
 */

import { compareWith, comparisonTable, ratioChart, type Compared } from '../comparison.ts';
import { FLOOR, floorSubject } from '../floor.ts';
import { measure } from '../harness.ts';
import { spread, type Bench, type Section } from '../section.ts';
import { compare, pairedRatios } from '../statistics.ts';
import { EXCLUSIONS, googleVerifier, OURS, OURS_ASYNC, oursAsync, oursSync, peerSubjects } from '../subjects.ts';
import { makeKey, mint } from '../tokens.ts';

const TOKENS = 400;

export const whole: Bench = {
  name: 'whole',
  run: async ({ quick, built }): Promise<Section> => {
    const key = makeKey('rsa-2048', 'RS256');
    const minted = mint(key.privateKey, 'RS256', TOKENS);
    const verifier = googleVerifier(built.api, key);
    const subjects = [
      floorSubject(minted, key.publicKey, 'RS256'),
      oursSync(verifier, minted),
      oursAsync(verifier, minted),
      ...(await peerSubjects(minted, key)),
    ];
    const measured = await measure(subjects, {
      rounds: quick ? 9 : 120,
      warmupRounds: quick ? 2 : 6,
      calls: TOKENS,
      inputs: TOKENS,
    });
    const compared = compareWith(FLOOR, measured);
    const sync = measured.get(OURS) ?? [];
    const waiting = (measured.get(OURS_ASYNC) ?? []).map((time, round) => time - (sync[round] ?? NaN));
    const over = pairedRatios(waiting, measured.get(FLOOR) ?? []);
    return {
      name: 'whole',
      title: 'A whole verification',
      prose: [
        `RS256 with 2048 bits, ${TOKENS} distinct Google-like tokens of about 1 KB, keys at hand. The floor is what `
          + 'crypto.verify alone needs for the signature, with the token already taken apart; ours checks RSA by createVerify, 0.3 µs quicker. '
          + `Ours is the Google preset; \`verify\`, which returns a promise, takes ${spread(over)} of the floor more than \`verifySync\`.`,
        nearest(compared),
        EXCLUSIONS,
      ],
      tables: [comparisonTable(compared)],
      charts: { whole: ratioChart('A whole verification, in multiples of the bare signature check', compared, isOurs) },
      numbers: Object.fromEntries([
        ['verify over verifySync', over.median],
        ...compared.map(({ name, ratio }) => [`ratio ${name}`, ratio.median] as const),
        ...compared
          .filter(({ name }) => name === FLOOR || isOurs(name))
          .map(({ name, time }) => [`µs ${name}`, time.median] as const),
        ...compared
          .filter(({ name }) => isOurs(name))
          .map(({ name, overhead }) => [`overhead ${name}`, overhead.median] as const),
      ]),
    };
  },
};

/** What may be said of the peer that comes next. */
function nearest(compared: readonly Compared[]): string {
  const own = compared.find(({ name }) => name === OURS);
  const peer = compared.find(({ name }) => name !== FLOOR && !isOurs(name));
  if (own === undefined || peer === undefined) return 'No peer was measured.';
  const difference = compare(own.ratio.median, peer.ratio.median);
  return `The fastest peer, ${peer.name}, takes ${difference} ${difference === 'the same' ? 'as' : 'than'} ours.`;
}

function isOurs(name: string): boolean {
  return name === OURS || name === OURS_ASYNC;
}
