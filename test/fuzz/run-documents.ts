/**
 * The fuzzer of OpenAPI documents, for as long as one likes.
 *
 * @module
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { documentCandidate, fuzzDocuments, kindOf } from './document-fuzzer.ts';
import { progress, say, startTimeBox, Tally } from './terminal.ts';

/** Octets. A run that has taken more keeps what it should not. */
const MOST_MEMORY = 1_073_741_824;

/** Returns the exit status: 1 when something was found. */
export async function runDocuments(seconds: number, seed: number): Promise<number> {
  say(`seed ${seed}, ${seconds} s, OpenAPI documents\n`);
  const answers = new Tally();
  const found = new Set<string>();
  const box = startTimeBox(seconds);
  const outcomes = fuzzDocuments(seed);
  let [documents, requests, peak] = [0, 0, 0];
  while (!box.isOver()) {
    // In turns: a signal is only noticed between two.
    for (const turnEnds = performance.now() + 50; performance.now() < turnEnds;) {
      const outcome = (await outcomes.next()).value;
      const { verdict: { answer, asked, problem }, question: { sound } } = outcome;
      documents++;
      requests += asked;
      answers.add(sound ? `sound, ${answer}` : `changed, ${answer}`);
      if (problem === undefined || found.has(kindOf(problem))) continue;
      found.add(kindOf(problem));
      progress('');
      process.stdout.write(`${JSON.stringify(await documentCandidate(outcome))}\n`);
    }
    peak = Math.max(peak, process.memoryUsage.rss());
    progress(`${Math.round(box.elapsed())} s, ${documents} documents, ${requests} requests, ${found.size} findings`);
    await nextTurn();
  }

  progress('');
  if (peak > MOST_MEMORY) found.add('memory');
  const ending = box.wasInterrupted() ? ', interrupted' : '';
  say(`${answers.lines()}${documents} documents, ${requests} requests decided on, in ${box.elapsed().toFixed(1)} s${ending}; seed ${seed}\n`);
  say(`${Math.round(peak / 1_048_576)} MiB at most\n${found.size} findings\n`);
  return found.size === 0 ? 0 : 1;
}
