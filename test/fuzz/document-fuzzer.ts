/**
 * One OpenAPI document after another, each made out of a seed, and judged.
 *
 * @module
 */

import { nextDocument, type DocumentQuestion } from './document.ts';
import { judgeDocument, type DocumentVerdict } from './document-judge.ts';
import { minimizeWaiting, shrinkJson } from './minimize.ts';
import { createRandom } from './random.ts';

/** What came of one document. */
export interface DocumentOutcome {
  readonly question: DocumentQuestion;
  readonly verdict: DocumentVerdict;
}

/** A document that keeps the processor busy for longer, with all that is asked about it, is a finding. Milliseconds. */
export const SLOW_DOCUMENT = 100;

/** How often a suspect is asked again, because something else may have been busy. */
const SLOW_AGAIN = 5;

/** Documents without end, the same for the same seed, each judged when it is asked for. */
export async function* fuzzDocuments(seed: number): AsyncGenerator<DocumentOutcome, never> {
  const random = createRandom(seed);
  for (;;) {
    const question = nextDocument(random);
    const start = performance.now();
    const verdict = await judgeDocument(question);
    const slow = verdict.problem === undefined && performance.now() - start > SLOW_DOCUMENT && await isSlow(question);
    yield { question, verdict: slow ? { ...verdict, problem: 'slow' } : verdict };
  }
}

async function isSlow(question: DocumentQuestion): Promise<boolean> {
  for (let times = 0; times < SLOW_AGAIN; times++) {
    const start = process.cpuUsage();
    await judgeDocument(question);
    const { user, system } = process.cpuUsage(start);
    if ((user + system) / 1000 <= SLOW_DOCUMENT) return false;
  }
  return true;
}

/** What is wrong, without the operation in which it is. */
export function kindOf(problem: string): string {
  return problem.replace(/^[A-Z]+ .*: (?=is )/, '').replace(/^(an error that names nothing): .*/s, '$1');
}

/** The smallest document that still goes wrong in the same way. */
export async function documentCandidate({ question, verdict: { problem = '' } }: DocumentOutcome): Promise<object> {
  const { unenforced } = question;
  const kind = kindOf(problem);
  let document: unknown;
  try {
    document = JSON.parse(question.text);
  } catch {
    return { comment: `Found by the fuzzer: ${kind}.`, text: question.text, unenforced };
  }
  const smallest = await minimizeWaiting(shrinkJson(document), async (smaller) => {
    // What was sound need not be so any longer, but for what is about sound ones alone.
    const verdict = await judgeDocument({ ...question, text: JSON.stringify(smaller) ?? '' });
    return kindOf(verdict.problem ?? '') === kind;
  });
  return { comment: `Found by the fuzzer: ${kind}.`, problem, document: smallest, unenforced };
}
