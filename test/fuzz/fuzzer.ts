/**
 * One question after another, each made out of a seed, and judged.
 *
 * @module
 */

import { createKeySet, type KeySetInput } from '../../src/jose/index.ts';
import { createVerifier, type VerifierOptions } from '../../src/verifier/index.ts';
import { certificatePem } from '../../spec-vectors/generate/certificate.ts';
import { publicPem } from '../../spec-vectors/generate/keys.ts';
import { judge, judgeReading, objectionTo, type Verdict } from './judge.ts';
import { objectionToKeys } from './judge-keys.ts';
import { minimize } from './minimize.ts';
import { mutateValue } from './mutate-json.ts';
import { forge, resign } from './mutate-token.ts';
import type { Question } from './question.ts';
import { createRandom, type Random } from './random.ts';
import { shrinkQuestion } from './shrink-question.ts';
import { isSituation, SITUATION_KINDS, SITUATIONS } from './situations.ts';
import { AUDIENCE, ISSUER, NOW, SUBJECTS } from './subjects.ts';

/** What came of one question. */
export interface Outcome {
  readonly question: Question;
  readonly verdict: Verdict;
  /** By the clock on the wall, which is never less than the processor's. Milliseconds. */
  readonly elapsed: number;
}

/**
 * A question that keeps the processor busy for longer is a finding. Milliseconds: some hundred times what a token takes,
 * and three times what the slowest key set takes.
 */
export const SLOW = 20;

/** How often a suspect is asked again. */
const SLOW_AGAIN = 5;

/** How many smaller questions are tried where each takes its time. */
const MOST_SLOW_TRIED = 500;

const PEM_MAP = { 'rsa-1': publicPem('rsa-1'), 'rsa-2': certificatePem('rsa-2', NOW - 86_400, NOW + 86_400) };

/** Options as JSON, so that they can be changed like any other. */
const OPTIONS = {
  issuer: ISSUER, audience: [AUDIENCE], leeway: { exp: 0, nbf: 30, iat: 30 }, maxTokenLength: 5000,
  requiredClaims: ['iss'],
  typ: ['JWT', 'at+jwt'],
};

function nextQuestion(random: Random): Question {
  const subject = random.pick(SUBJECTS);
  const turn = random.below(22);
  if (turn >= 20) {
    const kind = random.pick(SITUATION_KINDS);
    return { kind, subject, token: SITUATIONS[kind].tokenOf(subject, random) };
  }
  if (turn < 11) return { kind: 'forged', subject, token: forge(subject, random).token };
  if (turn < 16) return { kind: 'signed', subject, token: resign(subject, random).token };
  const often = <T>(value: T): unknown => {
    let mutated: unknown = value;
    do mutated = mutateValue(mutated, random);
    while (random.oneIn(3));
    return mutated;
  };
  if (turn < 19) {
    const one = subject.signer.jwks['keys'];
    const keys = random.pick<unknown>([subject.signer.jwks, subject.signer.jwks, one, Array.isArray(one) ? one[0] : one,
      PEM_MAP]);
    return { kind: 'keys', subject, token: subject.token, keys: often(keys) };
  }
  return { kind: 'options', subject, token: subject.token, options: often(OPTIONS) };
}

/** Asks a question, and judges the answer. */
export function answer(question: Question): Verdict {
  const { kind, subject, token, keys, options } = question;
  if (isSituation(kind)) return SITUATIONS[kind].answer(question);
  const signed = kind !== 'forged';
  if (kind === 'keys') {
    // Only an input that is neither an object nor a string is the caller's mistake; what lies in it is data.
    const isInput = typeof keys === 'string' ? keys.startsWith('-----BEGIN ') : typeof keys === 'object'
      && keys !== null;
    const ask = () => subject.expectation.verifierFor(createKeySet(keys as KeySetInput), subject.signer.alg)(token);
    return judge(token, ask, isInput ? 'token' : 'caller', (jwt) =>
      objectionTo(jwt, token, signed, subject) ?? objectionToKeys(keys, subject.signer));
  }
  if (kind === 'options') {
    const given = options as VerifierOptions;
    const decided = ['issuer', 'audience'].every((name) => Object.hasOwn(Object(options), name));
    const ask = () => {
      const own = { ...given, keys: subject.keySet, algorithms: [subject.signer.alg], clock: () => NOW };
      const asked = typeof options === 'object' && options !== null ? own : given;
      return createVerifier(asked as VerifierOptions).verifySync(token);
    };
    return judge(token, ask, 'caller', () => (decided ? undefined : 'issuer and audience were not decided'));
  }
  const reading = judgeReading(token);
  if (reading.problem !== undefined) return reading;
  return judge(token, () => subject.verify(token), 'token', (jwt) => objectionTo(jwt, token, signed, subject));
}

/** Questions without end, the same for the same seed, each answered when it is asked for. */
export function* fuzz(seed: number): Generator<Outcome, never> {
  const random = createRandom(seed);
  for (;;) {
    const question = nextQuestion(random);
    const start = performance.now();
    const verdict = answer(question);
    yield { question, verdict, elapsed: performance.now() - start };
  }
}

/** Says what is wrong with an outcome: a broken promise, or that it is slow, and was not only so by chance. */
export function findingOf({ question, verdict, elapsed }: Outcome): string | undefined {
  if (verdict.problem !== undefined || elapsed <= SLOW) return verdict.problem;
  return isSlow(question) ? 'slow' : undefined;
}

/**
 * Whether a question keeps the processor busy for longer than `SLOW`, each time. On a busy machine the clock on the wall
 * tells of its other work; the time of this process alone does not, and once in some times no collection of garbage and
 * no compilation falls into it.
 */
export function isSlow(question: Question): boolean {
  for (let times = 0; times < SLOW_AGAIN; times++) {
    const start = process.cpuUsage();
    answer(question);
    const { user, system } = process.cpuUsage(start);
    if ((user + system) / 1000 <= SLOW) return false;
  }
  return true;
}

/** A candidate for a vector: the smallest question of the kind that still goes wrong in the same way. */
export function candidateOf({ question, verdict }: Outcome, finding: string): object {
  let tried = 0;
  const smallest = minimize(shrinkQuestion(question), (smaller) =>
    (finding === 'slow' ? ++tried <= MOST_SLOW_TRIED && isSlow(smaller) : answer(smaller).problem === verdict.problem));
  const { kind, subject, token, keys, options } = smallest;
  return {
    comment: `Found by the fuzzer: ${finding}.`, subject: subject.name, kind, answer: verdict.answer, token,
    keys: keys ?? subject.signer.jwks, policy: { ...subject.expectation.policy, algorithms: [subject.signer.alg] },
    now: NOW, ...(kind === 'options' ? { options } : {}), result: 'invalid', flags: ['Fuzz'],
  };
}
