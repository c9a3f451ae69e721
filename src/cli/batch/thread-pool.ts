/**
 * The threads that judge: started when there is work for them, each told of the keys it needs.
 *
 * @module
 */

import type { RemoteKeySet } from '../../keys/remote-key-set.ts';
import type { Terminal, Thread } from '../terminal.ts';
import { KeyDesk } from './key-desk.ts';
import type { FromThread, KeyQuestion, ThreadData, ToThread, Verdicts } from './messages.ts';

/** Judges pieces of lines, in any order, on up to `jobs` threads. */
export class ThreadPool {
  readonly #jobs: number;
  readonly #start: () => JudgingThread;
  readonly #threads: JudgingThread[] = [];

  /** @param keys the set that the threads share, if it comes from the network */
  constructor(jobs: number, startThread: Terminal['startThread'], data: ThreadData, keys: RemoteKeySet | undefined) {
    this.#jobs = jobs;
    this.#start = () => new JudgingThread(startThread(data), keys && new KeyDesk(keys));
  }

  /** @throws {Error} what a thread has died of: a fault of ours, never of a token. */
  judge(octets: Uint8Array<ArrayBuffer>): Promise<Verdicts> {
    return this.#leastBusy().judge(octets);
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  /** A thread costs as much as a thousand tokens to start: there is a new one only when no other is free. */
  #leastBusy(): JudgingThread {
    const [least] = this.#threads.toSorted((a, b) => a.load - b.load);
    if (least !== undefined && (least.load === 0 || this.#threads.length === this.#jobs)) return least;
    const started = this.#start();
    this.#threads.push(started);
    return started;
  }
}

interface Waiting {
  readonly resolve: (verdicts: Verdicts) => void;
  readonly reject: (error: Error) => void;
}

class JudgingThread {
  readonly #thread: Thread;
  readonly #desk: KeyDesk | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #pieces = 0;
  #fault: Error | undefined;

  constructor(thread: Thread, desk: KeyDesk | undefined) {
    this.#thread = thread;
    this.#desk = desk;
    thread.on('message', (message: FromThread) => this.#hear(message));
    thread.on('error', (error: Error) => this.#fail(error));
  }

  /** Pieces that it has and has not answered. */
  get load(): number {
    return this.#waiting.size;
  }

  judge(octets: Uint8Array<ArrayBuffer>): Promise<Verdicts> {
    return new Promise((resolve, reject) => {
      if (this.#fault !== undefined) return reject(this.#fault);
      const piece = this.#pieces++;
      this.#waiting.set(piece, { resolve, reject });
      const news = this.#desk?.news();
      this.#tell({ type: 'lines', piece, octets, ...(news === undefined ? {} : { news }) }, [octets.buffer]);
    });
  }

  end(): Promise<unknown> {
    return this.#thread.terminate();
  }

  #tell(message: ToThread, transfer?: ArrayBuffer[]): void {
    this.#thread.postMessage(message, transfer);
  }

  #hear(message: FromThread): void {
    if (message.type !== 'verdicts') return this.#answer(message);
    this.#waiting.get(message.piece)?.resolve(message);
    this.#waiting.delete(message.piece);
  }

  #answer(question: KeyQuestion): void {
    this.#desk?.answer(question).then((answer) => this.#tell(answer)).catch((error: Error) => this.#fail(error));
  }

  #fail(error: Error): void {
    this.#fault = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
