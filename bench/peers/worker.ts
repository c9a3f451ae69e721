/**
 * A process that answers for one library, so that a crash or a hang is that library's own.
 *
 * @module
 */

import type { Question } from '../vectors.ts';
import { ask, type Answer } from './answer.ts';
import { loadAdapter } from './load.ts';

/** What the parent sends, and what comes back. */
export interface Asked {
  readonly id: number;
  readonly question: Question;
}

export interface Answered {
  readonly id: number;
  readonly answer: Answer;
}

const adapter = await loadAdapter(process.argv[2] ?? '');
const peer = await adapter.open();

process.on('message', ({ id, question }: Asked) => {
  void ask(adapter, peer, question).then((answer) => process.send?.({ id, answer } satisfies Answered));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
