/**
 * The same questions, asked of three: of us, of jose, and of node:crypto, which knows signatures and nothing else.
 *
 * @module
 */

import { signatureHolds } from './bare-crypto.ts';
import type { Peer } from './difference.ts';
import { classOf } from './differences.ts';
import { factsOf } from './facts.ts';
import { answer, fuzz } from './fuzzer.ts';
import type { AskJose, JoseAnswer } from './jose-peer.ts';
import type { Verdict } from './judge.ts';
import { minimizeWaiting } from './minimize.ts';
import type { Question } from './question.ts';
import { shrinkQuestion } from './shrink-question.ts';
import { isSituation } from './situations.ts';
import { NOW } from './subjects.ts';

/** What the three said to one question. */
export interface Answers {
  readonly ours: Verdict['answer'];
  readonly jose: JoseAnswer;
  /** Whether the signature holds. */
  readonly signature: boolean;
}

/** What follows from the answers. */
export interface Comparison {
  /** Classes of the differences that are explained, one for each peer that differs. */
  readonly classes: readonly (readonly [peer: Peer, name: string])[];
  /** Why the run must fail. */
  readonly finding?: string;
}

/** A question, answered and compared. */
export interface Compared {
  readonly question: Question;
  readonly answers: Answers;
  readonly comparison: Comparison;
}

/** Puts every difference into its class, or finds that there is none. */
export function compare(question: Question, { ours, jose, signature }: Answers): Comparison {
  if (ours === 'accepted') {
    if (!signature) return { classes: [], finding: 'we accept a token whose signature does not hold' };
    return jose.accepted ? { classes: [] } : { classes: [], finding: `we accept what jose refuses: ${jose.refusal}` };
  }
  const accepting = (['jose', 'node:crypto'] as const).filter((peer) => (peer === 'jose' ? jose.accepted : signature));
  if (accepting.length === 0) return { classes: [] };
  const facts = factsOf(question, ours);
  const found = accepting.map((peer) => [peer, classOf(facts, peer)?.name] as const);
  const without = found.find(([, name]) => name === undefined);
  const classes = found.flatMap(([peer, name]) => (name === undefined ? [] : [[peer, name] as const]));
  return without === undefined ? { classes }
    : { classes, finding: `${without[0]} accepts what we refuse, and no class says why: ${ours}` };
}

/** A promise that we broke on the way is a finding too. */
function withProblem(comparison: Comparison, { problem }: Verdict): Comparison {
  const finding = comparison.finding ?? problem;
  return finding === undefined ? comparison : { ...comparison, finding };
}

/** Asks all three. */
async function askAll(question: Question, askJose: AskJose, ours: Verdict): Promise<Answers> {
  return { ours: ours.answer, jose: await askJose(question), signature: signatureHolds(question) };
}

/** Questions without end, each asked of all three. Those about options and about bad moments are left out: they are ours alone. */
export async function* differential(seed: number, askJose: AskJose): AsyncGenerator<Compared, never> {
  for (const { question, verdict } of fuzz(seed)) {
    if (question.kind === 'options' || isSituation(question.kind)) continue;
    const answers = await askAll(question, askJose, verdict);
    yield { question, answers, comparison: withProblem(compare(question, answers), verdict) };
  }
  throw new Error('the questions have come to an end');
}

async function findingOf(question: Question, askJose: AskJose): Promise<string | undefined> {
  const verdict = answer(question);
  return withProblem(compare(question, await askAll(question, askJose, verdict)), verdict).finding;
}

/** A candidate for a vector: the smallest question of the kind on which we differ in the same way. */
export async function candidateOf({ question, answers, comparison }: Compared, askJose: AskJose): Promise<object> {
  const { kind, subject: { name: subject, signer, expectation }, token, keys } = await minimizeWaiting(
    shrinkQuestion(question), async (smaller) => await findingOf(smaller, askJose) === comparison.finding,
  );
  return {
    comment: `Found by the differential fuzzer: ${comparison.finding}.`, subject, kind,
    answers: { assay: answers.ours, jose: answers.jose.accepted ? 'accepted' : answers.jose.refusal,
      'node:crypto': answers.signature ? 'the signature holds' : 'it does not' },
    token, keys: keys ?? signer.jwks,
    policy: { ...expectation.policy, algorithms: [signer.alg] }, now: NOW,
    // If the others are right.
    result: answers.ours === 'accepted' ? 'invalid' : 'valid', flags: ['Fuzz'],
  };
}
