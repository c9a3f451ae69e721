/**
 * A library in a process of its own, asked one question at a time, with a deadline.
 *
 * @module
 */

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer } from '../peers/answer.ts';
import type { Answered, Asked } from '../peers/worker.ts';
import type { Question } from '../vectors.ts';

/** What came of a question: an answer, or a process that died or did not return in time. */
export type Outcome = Answer | { readonly outcome: 'crashed' } | { readonly outcome: 'hung' };

const WORKER = fileURLToPath(new URL('../peers/worker.ts', import.meta.url));
const STARTUP = 30_000;
const DEADLINE = 10_000;

type Settled = { readonly message: unknown } | 'crashed' | 'hung';

export class SubjectProcess {
  readonly #adapter: string;
  readonly #deadline: number;
  #child: ChildProcess | undefined;
  #asked = 0;

  /** @param deadline milliseconds for one question */
  constructor(adapter: string, deadline: number = DEADLINE) {
    this.#adapter = adapter;
    this.#deadline = deadline;
  }

  /** A process that crashed or hung is replaced before the next question. */
  async ask(question: Question): Promise<Outcome> {
    const child = this.#child ?? (await this.#start());
    const asked: Asked = { id: ++this.#asked, question };
    child.send(asked);
    const settled = await settle(child, this.#deadline);
    if (typeof settled !== 'string') return (settled.message as Answered).answer;
    this.close();
    return { outcome: settled };
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(WORKER, [this.#adapter], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const settled = await settle(child, STARTUP);
    if (typeof settled === 'string') {
      child.kill('SIGKILL');
      throw new Error(`the adapter ${this.#adapter} did not start: ${settled}`);
    }
    this.#child = child;
    return child;
  }
}

/** The next message of a process, unless it ends or the time does. */
function settle(child: ChildProcess, deadline: number): Promise<Settled> {
  return new Promise((resolve) => {
    const end = (settled: Settled): void => {
      clearTimeout(timer);
      child.removeListener('message', onMessage);
      child.removeListener('exit', onExit);
      resolve(settled);
    };
    const onMessage = (message: unknown): void => end({ message });
    const onExit = (): void => end('crashed');
    const timer = setTimeout(() => end('hung'), deadline);
    child.once('message', onMessage);
    child.once('exit', onExit);
  });
}
