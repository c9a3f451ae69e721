/**
 * What a refusal costs, by the step that refuses.
 *
 * @module
 */

import type { RefusalCode } from '../../src/index.ts';
import { measure, type Subject } from '../harness.ts';
import { spread, type Bench, type Section } from '../section.ts';
import { pairedRatios, summarize } from '../statistics.ts';
import { googleVerifier, oursSync, tokenAt } from '../subjects.ts';
import { makeKey, mint, type Minted } from '../tokens.ts';

const TOKENS = 200;
const GOOD = 'accepted';
const BAD_SIGNATURE = 'one bit of the signature changed';

const LONG = '1 MB of text';

/** What an early refusal may cost, in µs, and a bad signature, in accepted tokens. */
const LIMITS = { [LONG]: 0.5, '8 KB of dots': 2, '"alg": "none"': 3 };
const BAD_SIGNATURE_LIMIT = 1.05;

export const refusals: Bench = {
  name: 'refusals',
  run: async ({ quick, built }): Promise<Section> => {
    const key = makeKey('rsa-2048', 'RS256');
    const good = mint(key.privateKey, 'RS256', TOKENS);
    const verifier = googleVerifier(built.api, key);
    const refused = (name: string, code: RefusalCode, spoil: (token: string) => string): Subject => {
      const minted = good.map(({ token, sub }): Minted => ({ sub, token: spoil(token) }));
      return {
        name,
        // Caught here: each frame that a throw leaves costs 0.1 µs.
        run: (index) => {
          try {
            return verifier.verifySync(tokenAt(minted, index));
          } catch (error) {
            return error instanceof built.api.JwtError ? error.code : undefined;
          }
        },
        isRight: (result) => result === code,
      };
    };
    // V8 compiles what has returned often, and what throws does not return: a process that has only ever refused goes on interpreting.
    const amongAccepted = (subject: Subject): Subject => ({
      ...subject,
      beforeRound: () => good.forEach((_, index) => verifier.verifySync(tokenAt(good, index))),
    });
    const long = refused(LONG, 'token_too_long', (token) => token.padEnd(1_000_000, 'A'));
    const untrained = await measure([long], { rounds: quick ? 9 : 30, warmupRounds: 4, calls: 10 * TOKENS, inputs: TOKENS });
    const early = [
      long,
      refused('8 KB of dots', 'malformed_compact', () => '.'.repeat(8_000)),
      refused('"alg": "none"', 'algorithm_not_allowed', withAlgNone),
    ].map(amongAccepted);
    const signatures = [oursSync(verifier, good, GOOD), refused(BAD_SIGNATURE, 'signature_invalid', flipBit)];
    const cheap = await measure(early, { rounds: quick ? 9 : 60, warmupRounds: 4, calls: 10 * TOKENS, inputs: TOKENS });
    const dear = await measure(signatures, { rounds: quick ? 9 : 60, warmupRounds: 3, calls: TOKENS, inputs: TOKENS });
    const bad = pairedRatios(dear.get(BAD_SIGNATURE) ?? [], dear.get(GOOD) ?? []);
    const times = [...cheap, ...dear].map(([name, values]) => [name, summarize(values)] as const);
    const keyOf = (name: string): string => `${limits.has(name) ? 'µs before cryptography, ' : 'µs '}${name}`;
    const limits = new Map<string, string>(Object.entries(LIMITS).map(([name, limit]) => [name, String(limit)]));
    return {
      name: 'refusals',
      title: 'Refusals',
      prose: [
        'With the error that says why. What is refused before any cryptography must cost an attacker more to send '
          + 'than us to refuse. Each round begins with accepted tokens, which are not timed: in a process that has accepted none yet, '
          + `1 MB takes ${spread(summarize(untrained.get(LONG) ?? []))} µs. A bad signature costs ${spread(bad)} times an accepted token, and may cost ${BAD_SIGNATURE_LIMIT}.`,
      ],
      tables: [{
        head: ['', 'µs', 'at most'],
        rows: times.map(([name, summary]) => [name, spread(summary), limits.get(name) ?? '']),
      }],
      charts: {
        refusals: {
          kind: 'bars',
          title: 'A refusal before any cryptography',
          unit: 'µs',
          bars: times
            .slice(0, early.length)
            .map(([label, { median, p10, p90 }]) => ({ label, value: median, low: p10, high: p90, ours: true })),
        },
      },
      numbers: {
        ...Object.fromEntries(times.map(([name, { median }]) => [keyOf(name), median])),
        'bad to good': bad.median,
      },
    };
  },
};

function withAlgNone(token: string): string {
  const header = Buffer.from('{"alg":"none","typ":"JWT"}', 'utf8').toString('base64url');
  return `${header}.${token.split('.')[1] ?? ''}.`;
}

/** Keeps the spelling canonical: a signature whose last letter were changed might be refused before it is checked. */
function flipBit(token: string): string {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  signature[100] = (signature[100] ?? 0) ^ 1;
  return `${token.slice(0, end + 1)}${signature.toString('base64url')}`;
}
