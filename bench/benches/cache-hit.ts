/**
 * A hit in the verified-token cache, on strings that have never been seen as such: only their text has.
 *
 * @module
 */

import type { BuiltApi } from '../built.ts';
import { measure, type Subject } from '../harness.ts';
import { loadPeer } from '../peers/load.ts';
import { spread, type Bench, type BenchContext, type Section } from '../section.ts';
import { compare, pairedRatios, summarize } from '../statistics.ts';
import { hasSubject, OURS } from '../subjects.ts';
import { CLIENT_ID, GOOGLE_ISSUER, makeKey, mint, type Minted, type TokenKey } from '../tokens.ts';

const TOKENS = 400;
const PEER = 'fast-jwt, cache';
const TITLE = 'A hit in the verified-token cache';

type Verify = (token: string) => unknown;

export const cacheHit: Bench = {
  name: 'cache-hit',
  run: async ({ quick, built: { api } }: BenchContext): Promise<Section> => {
    const key = makeKey('rsa-2048', 'RS256');
    const minted = mint(key.privateKey, 'RS256', TOKENS);
    const subjects = [
      cachedSubject(OURS, minted, cachedVerifier(api, key), (result) => (result as { claims: unknown }).claims),
      cachedSubject(PEER, minted, await fastJwtVerifier(key), (result) => result),
    ];
    const measured = await measure(subjects, {
      rounds: quick ? 15 : 100,
      warmupRounds: 5,
      calls: TOKENS,
      inputs: TOKENS,
    });
    const [ours, theirs] = [measured.get(OURS) ?? [], measured.get(PEER) ?? []];
    const ratio = pairedRatios(ours, theirs);
    return {
      name: 'cache-hit',
      title: TITLE,
      prose: [
        'Every call gets a string built afresh: a string that had been looked up before would bring its hash along. '
          + `Ours costs ${spread(ratio)} times fast-jwt's; `
          + `theirs is ${compare(summarize(ours).median, summarize(theirs).median)}.`,
      ],
      tables: [{ head: ['', 'µs'], rows: [...measured].map(([name, times]) => [name, spread(summarize(times))]) }],
      charts: {
        'cache-hit': {
          kind: 'bars',
          title: 'A hit in the verified-token cache',
          unit: 'µs',
          bars: [...measured].map(([name, times]) => {
            const { median, p10, p90 } = summarize(times);
            return { label: name, value: median, low: p10, high: p90, ...(name === OURS ? { ours: true } : {}) };
          }),
        },
      },
      numbers: {
        'to fast-jwt': ratio.median,
        ...Object.fromEntries([...measured].map(([name, times]) => [`hit µs ${name}`, summarize(times).median])),
      },
    };
  },
};

function cachedSubject(
  name: string,
  minted: readonly Minted[],
  verify: Verify,
  claimsOf: (result: unknown) => unknown,
): Subject {
  let fresh: string[] = [];
  return {
    name,
    beforeRound: () => {
      fresh = minted.map(({ token }) => Buffer.from(token, 'latin1').toString('latin1'));
    },
    run: (index) => verify(fresh[index] ?? ''),
    isRight: (result, index) => hasSubject(claimsOf(result), minted, index),
  };
}

function cachedVerifier({ createVerifier, createKeySet }: BuiltApi, { jwks }: TokenKey): Verify {
  const keys = createKeySet(jwks);
  return createVerifier({ issuer: GOOGLE_ISSUER, audience: CLIENT_ID, keys, cache: { maxTokens: 2 * TOKENS } }).verifySync;
}

async function fastJwtVerifier({ publicKey }: TokenKey): Promise<Verify> {
  const { default: fastJwt } = await loadPeer<{ default: { createVerifier: (options: object) => Verify } }>('fast-jwt');
  return fastJwt.createVerifier({
    key: publicKey.export({ format: 'pem', type: 'spki' }),
    algorithms: ['RS256'],
    allowedIss: GOOGLE_ISSUER,
    allowedAud: CLIENT_ID,
    cache: 2 * TOKENS,
  });
}
