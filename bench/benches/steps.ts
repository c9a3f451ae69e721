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
import { figure, type Bench, type BenchContext, type Section, type Skipped } from '../section.ts';
import { googleVerifier, OURS, oursSync } from '../subjects.ts';
import { CLIENT_ID, GOOGLE_ISSUER, makeKey, mint, type Minted, type TokenKey } from '../tokens.ts';

const TOKENS = 400;
const TITLE = 'The cost of each step';

/** The files of src/jose in which the steps are. */
interface Steps {
  readonly jws: typeof Jws;
  readonly claims: typeof Claims;
  readonly keySet: typeof KeySet;
}

export const steps: Bench = {
  name: 'steps',
  run: async (context): Promise<Section | Skipped> => {
    let files: Steps;
    try {
      const load = context.built.load;
      files = {
        jws: await load('jose/jws.js'),
        claims: await load('jose/claims.js'),
        keySet: await load('jose/key-set.js'),
      };
    } catch {
      return { name: 'steps', title: TITLE, skipped: 'the build has no file for each file of src/jose' };
    }
    return timeSteps(files, context);
  },
};

async function timeSteps(files: Steps, { quick, built }: BenchContext): Promise<Section> {
  const key = makeKey('rsa-2048', 'RS256');
  const minted = mint(key.privateKey, 'RS256', TOKENS);
  const subjects = [
    floorSubject(minted, key.publicKey, 'RS256'),
    oursSync(googleVerifier(built.api, key), minted),
    ...stepSubjects(files, built.api, minted, key),
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
        + 'of its own has the caches to itself. verifySignature contains the floor.',
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
  { jws, claims, keySet }: Steps,
  api: typeof import('../../src/index.ts'),
  minted: readonly Minted[],
  key: TokenKey,
): Subject[] {
  const keys = api.createKeySet(key.jwks);
  const policy = api.createPolicy({ issuer: GOOGLE_ISSUER, audience: CLIENT_ID });
  const now = Date.now() / 1000;
  const parsed = minted.map(({ token }) => jws.parseCompact(token, jws.DEFAULT_MAX_TOKEN_LENGTH));
  const headers = parsed.map((compact) => jws.parseHeader(compact));
  const selections = headers.map((header) => keySet.selectKeys(keys, header, policy.algorithms, now));
  const payloads = parsed.map((compact) => jws.decodePayload(compact));
  const sets = payloads.map((payload) => claims.parseClaimsSet(payload));
  const at = <T>(items: readonly T[], index: number): T => items[index] as T; // the harness stays within its inputs
  const done = (result: unknown): boolean => result !== undefined && result !== false;
  const step = (name: string, run: (index: number) => unknown): Subject => ({ name, run, isRight: done });
  return [
    step('parseCompact', (index) => jws.parseCompact(at(minted, index).token, jws.DEFAULT_MAX_TOKEN_LENGTH)),
    step('parseHeader', (index) => jws.parseHeader(at(parsed, index))),
    step('selectKeys', (index) => keySet.selectKeys(keys, at(headers, index), policy.algorithms, now)),
    step('verifySignature', (index) => jws.verifySignature(at(parsed, index), at(selections, index))),
    step('decodePayload', (index) => jws.decodePayload(at(parsed, index))),
    step('parseClaimsSet', (index) => claims.parseClaimsSet(at(payloads, index))),
    step('validateClaims', (index) => {
      claims.validateClaims(at(sets, index), policy.rules, { expected: policy, header: at(headers, index), now });
      return true;
    }),
  ];
}
