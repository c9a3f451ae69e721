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
import { minimizeJson, minimizeText } from './minimize.ts';
import { mutateValue } from './mutate-json.ts';
import { forge, resign } from './mutate-token.ts';
import { createRandom, type Random } from './random.ts';
import { AUDIENCE, ISSUER, NOW, SUBJECTS, type Subject } from './subjects.ts';

/** A question: everything that is needed to ask it again. */
export interface Question {
  readonly kind: 'forged' | 'signed' | 'keys' | 'options';
  readonly subject: Subject;
  readonly token: string;
  /** In place of the subject's own. */
  readonly keys?: unknown;
  readonly options?: unknown;
}

/** What came of one question. Times are milliseconds. */
export interface Outcome {
  readonly question: Question;
  readonly verdict: Verdict;
  readonly elapsed: number;
}

/** A question that takes longer is worth looking at, if it does so again. Milliseconds. */
export const SLOW = 50;

const PEM_MAP = { 'rsa-1': publicPem('rsa-1'), 'rsa-2': certificatePem('rsa-2', NOW - 86_400, NOW + 86_400) };

/** Options as JSON, so that they can be changed like any other. */
const OPTIONS = {
  issuer: ISSUER, audience: [AUDIENCE], leeway: { exp: 0, nbf: 30, iat: 30 }, maxTokenLength: 5000,
  requiredClaims: ['iss'],
  typ: ['JWT', 'at+jwt'],
};

function nextQuestion(random: Random): Question {
  const subject = random.pick(SUBJECTS);
  const turn = random.below(20);
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
export function answer({ kind, subject, token, keys, options }: Question): Verdict {
  const signed = kind !== 'forged';
  if (kind === 'keys') {
    // Only an input that is neither an object nor a string is the caller's mistake; what lies in it is data.
    const isInput = typeof keys === 'string' ? keys.startsWith('-----BEGIN ') : typeof keys === 'object'
      && keys !== null;
    const ask = () => subject.expectation.verifierFor(createKeySet(keys as KeySetInput), subject.signer.alg)(token);
    return judge(token, ask, isInput ? 'token' : 'caller', (jwt) => objectionTo(jwt, token, signed, subject));
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

function isSlow(question: Question): boolean {
  return [1, 2, 3].every(() => {
    const start = performance.now();
    answer(question);
    return performance.now() - start > SLOW;
  });
}

/** A candidate for a vector: the smallest question of the kind that still goes wrong in the same way. */
export function candidateOf({ question, verdict }: Outcome, finding: string): object {
  const same = (changed: Question): boolean =>
    finding === 'slow' ? isSlow(changed) : answer(changed).problem === verdict.problem;
  const { kind, subject, token, keys, options } = question;
  const smallest = {
    forged: () => ({ token: minimizeText(token, (text) => same({ ...question, token: text })) }),
    signed: () => ({}),
    keys: () => ({ keys: minimizeJson(keys, (value) => same({ ...question, keys: value })) }),
    options: () => ({ options: minimizeJson(options, (value) => same({ ...question, options: value })) }),
  }[kind]();
  return {
    comment: `Found by the fuzzer: ${finding}.`, subject: subject.name, kind, answer: verdict.answer, token,
    keys: keys ?? subject.signer.jwks, policy: { ...subject.expectation.policy, algorithms: [subject.signer.alg] },
    now: NOW,
    ...smallest, result: 'invalid', flags: ['Fuzz'],
  };
}
