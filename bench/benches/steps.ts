/**
 * What each step of the spine costs, by itself.
 *
 * @module
 */

import type * as Claims from '../../src/jose/claims.ts';
import type * as Jws from '../../src/jose/jws.ts';
import type * as KeySet from '../../src/jose/key-set.ts';
import { compareWith } from '../comparison.ts';
import { FLOOR, floorSubject } from '../floor.ts';
import { measure, type Subject } from '../harness.ts';
import { figure, type Bench, type BenchContext, type Section } from '../section.ts';
import { googleVerifier, OURS, oursSync } from '../subjects.ts';
import { CLIENT_ID, GOOGLE_ISSUER, makeKey, mint, type Minted, type TokenKey } from '../tokens.ts';

const TOKENS = 400;
const TITLE = 'The cost of each step';

/** What the floor of jose exports to the floors above it. */
type Steps = typeof Jws & typeof Claims & typeof KeySet;

export const steps: Bench = {
  name: 'steps',
  run: async (context): Promise<Section> => {
    return timeSteps(await context.built.load<Steps>('jose/floor.js'), context);
  },
};

async function timeSteps(jose: Steps, { quick, built }: BenchContext): Promise<Section> {
  const key = makeKey('rsa-2048', 'RS256');
  const minted = mint(key.privateKey, 'RS256', TOKENS);
  const subjects = [
    floorSubject(minted, key.publicKey, 'RS256'),
    oursSync(googleVerifier(built.api, key), minted),
    ...stepSubjects(jose, built.api, minted, key),
  ];
  const measured = await measure(subjects, { rounds: quick ? 9 : 60, warmupRounds: 3, calls: TOKENS, inputs: TOKENS });
  const order = subjects.map(({ name }) => name);
  const compared = compareWith(FLOOR, measured).sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const rows = compared.map(({ name, time, ratio }) => [name, figure(time.median), `${figure(ratio.median * 100)} %`]);
  const own = compared.filter(({ name }) => name !== FLOOR && name !== OURS);
  return {
    name: 'steps',
    title: TITLE,
    prose: [
      'Each step alone, over and over, on the same tokens. The sum of the steps is not the whole: a step in a loop '
        + 'of its own has the caches to itself, but finds another token in the memory that the steps share. parseHeader is for '
        + 'headers that no token has had before. verifySignature contains the floor.',
    ],
    tables: [{ head: ['', 'µs', 'of the floor'], rows }],
    charts: {
      steps: {
        kind: 'bars',
        title: 'What each step costs, the signature apart',
        unit: 'µs',
        bars: own
          .filter(({ name }) => name !== 'verifySignature')
          .map(({ name, time }) => ({
            label: name,
            value: time.median,
            low: time.p10,
            high: time.p90,
            ours: true,
          })),
      },
    },
    numbers: Object.fromEntries(own.map(({ name, time }) => [`µs ${name}`, time.median])),
  };
}

function stepSubjects(
  jose: Steps,
  api: typeof import('../../src/index.ts'),
  minted: readonly Minted[],
  key: TokenKey,
): Subject[] {
  const keys = api.createKeySet(key.jwks);
  const policy = api.createPolicy({ issuer: GOOGLE_ISSUER, audience: CLIENT_ID });
  const now = Date.now() / 1000;
  const parsed = minted.map(({ token }) => jose.parseCompact(token, jose.DEFAULT_MAX_TOKEN_LENGTH));
  const headers = parsed.map((compact) => jose.parseHeader(compact));
  const selections = headers.map((header) => jose.selectKeys(keys, header, policy.algorithms, now));
  // Copies: what is decoded lies in memory that the next decoding uses again.
  const payloads = parsed.map((compact) => Buffer.from(jose.decodePayload(compact)));
  const sets = payloads.map((payload) => jose.parseClaimsSet(payload));
  const at = <T>(items: readonly T[], index: number): T => items[index] as T; // the harness stays within its inputs
  policy.knownHeaders.remember(at(parsed, 0), at(headers, 0)); // the header of them all
  const done = (result: unknown): boolean => result !== undefined && result !== false;
  const step = (name: string, run: (index: number) => unknown): Subject => ({ name, run, isRight: done });
  return [
    step('parseCompact', (index) => jose.parseCompact(at(minted, index).token, jose.DEFAULT_MAX_TOKEN_LENGTH)),
    step('parseHeader', (index) => jose.parseHeader(at(parsed, index))),
    step('a header that is known', (index) => policy.knownHeaders.find(at(parsed, index))),
    step('selectKeys', (index) => jose.selectKeys(keys, at(headers, index), policy.algorithms, now)),
    step('verifySignature', (index) => jose.verifySignature(at(parsed, index), at(selections, index))),
    step('decodePayload', (index) => jose.decodePayload(at(parsed, index))),
    step('parseClaimsSet', (index) => jose.parseClaimsSet(at(payloads, index))),
    step('validateClaims', (index) => {
      jose.validateClaims(at(sets, index), policy.ruleGroups, { expected: policy, header: at(headers, index), now });
      return true;
    }),
  ];
}
