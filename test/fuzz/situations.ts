/**
 * Tokens that are asked about at a bad moment: a verifier that is right about each token may be wrong about the next.
 *
 * @module
 */

import type { KeySetInput } from '../../src/jose/index.ts';
import { createKeySet } from '../../src/jose/index.ts';
import { judge, objectionTo, type Verdict } from './judge.ts';
import { membersOf, mutateMembers, textOf } from './mutate-json.ts';
import { forge } from './mutate-token.ts';
import type { Question, SituationKind } from './question.ts';
import type { Random } from './random.ts';
import { at, base64url, NOW, signAs, type Subject } from './subjects.ts';

interface Situation {
  readonly tokenOf: (subject: Subject, random: Random) => string;
  readonly answer: (question: Question) => Verdict;
}

/**
 * Points of small order, as Ed25519 public keys: with s = 0 and R the neutral point, one signature holds for any message under the
 * first, and under the others for every second, fourth or eighth one (RFC 8032 §5.1.7 without its cofactor).
 */
const SMALL_ORDER: readonly string[] = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
];
const UNIVERSAL = base64url(Buffer.from(`01${'00'.repeat(63)}`, 'hex'));

const refused = (verdict: Verdict, problem: string): Verdict =>
  (verdict.answer === 'accepted' ? { ...verdict, problem: verdict.problem ?? problem } : verdict);

/** Runs with every object having members that nobody gave it. */
function polluted<T>(members: object, run: () => T): T {
  const lent = Object.entries(members).filter(([name]) => !(name in Object.prototype));
  for (const [name, value] of lent) Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: false });
  try {
    return run();
  } finally {
    for (const [name] of lent) Reflect.deleteProperty(Object.prototype, name);
  }
}

export const SITUATIONS: Readonly<Record<SituationKind, Situation>> = {
  /** A polluted prototype lends the header and the claims that a token lacks. */
  polluted: {
    tokenOf: ({ signer, expectation: { claims, typ } }, random) => {
      const header = textOf(membersOf({ alg: signer.alg, kid: signer.kid, typ }));
      const genuine = membersOf(claims);
      return signAs(signer, header, textOf(random.oneIn(3) ? mutateMembers(genuine, random) : genuine.toSpliced(random.below(genuine.length), 1)));
    },
    answer: ({ subject, token }) => {
      const { signer, expectation: { claims, typ } } = subject;
      // The caller's own check reads "scope" as callers do, and is not what is asked about.
      const { scope: _, ...lent } = claims;
      const ask = () => polluted({ ...lent, typ, kid: signer.kid }, () => subject.verify(token));
      return judge(token, ask, 'token', (jwt) => objectionTo(jwt, token, true, subject));
    },
  },
  /** The genuine token, when its time is over. */
  later: {
    tokenOf: ({ token }) => token,
    answer: ({ subject, token }) =>
      refused(judge(token, () => at(NOW + 3600, () => subject.verify(token)), 'token', () => undefined), 'a token that has expired was accepted'),
  },
  /** The genuine token, before and after another. */
  between: {
    tokenOf: (subject, random) => forge(subject, random).token,
    answer: ({ subject, token }) => {
      const genuine = (): Verdict => judge(subject.token, () => subject.verify(subject.token), 'token', () => undefined);
      const before = genuine();
      const verdict = judge(token, () => subject.verify(token), 'token', (jwt) => objectionTo(jwt, token, false, subject));
      const wrong = [before, genuine()].find(({ answer }) => answer !== 'accepted');
      return verdict.problem !== undefined || wrong === undefined ? verdict
        : { ...verdict, problem: `the genuine token is refused: ${wrong.answer}` };
    },
  },
  /** A key under which anybody can sign. */
  weak: {
    tokenOf: ({ signer: { kid }, expectation: { claims, typ } }, random) =>
      `${base64url(JSON.stringify({ alg: 'EdDSA', kid, typ }))}.${base64url(JSON.stringify({ ...claims, jti: String(random.below(1000)) }))}.${UNIVERSAL}`,
    answer: ({ subject, token }) => SMALL_ORDER.map((x) => {
      const jwk = { kty: 'OKP', crv: 'Ed25519', kid: subject.signer.kid, x: base64url(Buffer.from(x, 'hex')) };
      const ask = () => subject.expectation.verifierFor(createKeySet({ keys: [jwk] } as KeySetInput), 'EdDSA')(token);
      return judge(token, ask, 'token', () => 'a key of small order was taken');
    }).reduce((worse, verdict) => (worse.problem === undefined ? verdict : worse)),
  },
};

export const SITUATION_KINDS = Object.keys(SITUATIONS) as readonly SituationKind[];

export function isSituation(kind: Question['kind']): kind is SituationKind {
  return Object.hasOwn(SITUATIONS, kind);
}
