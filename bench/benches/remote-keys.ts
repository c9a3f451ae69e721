/**
 * A verification with a remote key set whose keys are at hand, against the same with a static one.
 *
 * @module
 */

import { compareWith, comparisonTable } from '../comparison.ts';
import { measure } from '../harness.ts';
import type { Bench, Section } from '../section.ts';
import { spread } from '../section.ts';
import { googleVerifier, oursAsync, oursSync } from '../subjects.ts';
import { makeKey, mint } from '../tokens.ts';

const TOKENS = 400;
const STATIC = 'verify, static keys';
const REMOTE = 'verify, remote keys';

export const remoteKeys: Bench = {
  name: 'remote-keys',
  run: async ({ quick, built }): Promise<Section> => {
    const key = makeKey('rsa-2048', 'RS256');
    const minted = mint(key.privateKey, 'RS256', TOKENS);
    const keys = built.api.createRemoteKeySet('https://issuer.invalid/jwks.json', {
      fetch: async () => Response.json(key.jwks),
    });
    await keys.load();
    const fixed = googleVerifier(built.api, key);
    const remote = googleVerifier(built.api, key, { keys });
    const subjects = [
      oursAsync(fixed, minted, STATIC),
      oursAsync(remote, minted, REMOTE),
      oursSync(fixed, minted, 'verifySync, static keys'),
      oursSync(remote, minted, 'verifySync, remote keys'),
    ];
    const measured = await measure(subjects, {
      rounds: quick ? 9 : 60,
      warmupRounds: 3,
      calls: TOKENS,
      inputs: TOKENS,
    });
    const compared = compareWith(STATIC, measured);
    const ratio = compared.find(({ name }) => name === REMOTE)?.ratio;
    return {
      name: 'remote-keys',
      title: 'A remote key set, keys at hand',
      prose: [
        `No fetch falls into the time. Against static keys: ${ratio === undefined ? '' : spread(ratio)} times. `
          + `Here the floor is \`${STATIC}\`.`,
      ],
      tables: [comparisonTable(compared)],
      charts: {},
      numbers: ratio === undefined ? {} : { 'remote to static': ratio.median },
    };
  },
};
