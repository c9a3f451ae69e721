/**
 * `assay verify --batch`: a stream of tokens, one a line, and a stream of verdicts in the same order.
 *
 * @module
 */

import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Arguments } from '../arguments.ts';
import { orUsage, unreadable } from '../bounded-input.ts';
import { EXIT, type ExitStatus } from '../exit-status.ts';
import { openKeySource } from '../key-source.ts';
import { printable, printableJson } from '../printable.ts';
import type { Input, Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { prepareVerifications, readAt, type VERIFY_OPTIONS } from '../verifier-options.ts';
import { wholeLines } from './lines.ts';
import type { Verdicts } from './messages.ts';
import { Tally } from './tally.ts';
import { ThreadPool } from './thread-pool.ts';

const MAX_JOBS = 256;

/**
 * Judges the tokens of a file, or of standard input for "-".
 *
 * Asked to stop, it reads no further, answers the whole lines that it has read, and says so. When nobody reads its verdicts any
 * more it ends without a word. Neither has judged everything, so neither has status 0.
 *
 * @throws {UsageError} for wrong options, or an input that cannot be read at all.
 */
export async function verifyBatch(
  location: string,
  argv: readonly string[],
  args: Arguments<keyof typeof VERIFY_OPTIONS>,
  terminal: Terminal,
): Promise<ExitStatus> {
  const prepare = prepareVerifications(args);
  readAt(args);
  const jobs = readJobs(args);
  const source = await openKeySource(args);
  // The threads make theirs; this one is made to hear now what is wrong with the options.
  prepare(source.keys, terminal.now);
  const input = location === '-' ? terminal.stdin : await openInput(location);

  const [data, keys] = source.from === 'file' ? [{ argv, file: source.file }] : [{ argv }, source.keys];
  const pool = new ThreadPool(jobs, terminal.startThread, data, keys);
  const batch = new Batch(input, pool, jobs, terminal);
  void terminal.whenStopped().then(() => batch.stop('stopped'));
  try {
    await batch.run();
  } finally {
    await pool.end();
  }
  return batch.conclude(location === '-' ? 'standard input' : printableJson(location));
}

function readJobs(args: Arguments<'jobs'>): number {
  const jobs = args.number('jobs') ?? Math.min(availableParallelism(), MAX_JOBS);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > MAX_JOBS) {
    throw new UsageError(`--jobs expected a number of threads from 1 to ${MAX_JOBS}`);
  }
  return jobs;
}

function openInput(path: string): Promise<Input> {
  return orUsage(async () => (await open(path, 'r')).createReadStream(), printableJson(path));
}

/** Why no more was read: somebody wants it to end, nobody listens, or it failed. */
type Ending = 'stopped' | 'unheard' | 'failed';

class Batch {
  readonly #input: Input;
  readonly #pool: ThreadPool;
  /** Pieces that may have been read and not been answered. With them memory is bounded, and a slow reader slows the reading. */
  readonly #window: number;
  readonly #terminal: Terminal;
  readonly #tally: Tally;
  #ending: Ending | undefined;
  #readError: unknown;

  constructor(input: Input, pool: ThreadPool, jobs: number, terminal: Terminal) {
    this.#input = input;
    this.#pool = pool;
    this.#window = 2 * jobs + 2;
    this.#terminal = terminal;
    this.#tally = new Tally(terminal);
  }

  /** Reads no further. */
  stop(ending: Ending): void {
    this.#ending ??= ending;
    this.#input.destroy?.();
  }

  async run(): Promise<void> {
    const unanswered: Promise<void>[] = [];
    let last = Promise.resolve();
    for await (const piece of this.#pieces()) {
      last = this.#answer(this.#pool.judge(piece), last);
      // Reading may be waiting for input that never comes. The error itself is thrown where it is awaited.
      last.catch(() => this.stop('failed'));
      unanswered.push(last);
      if (unanswered.length >= this.#window) await unanswered.shift();
    }
    await last;
  }

  /** What is read. A stream that is given up ends with an error, so that a line cut off by that is never taken for a whole one. */
  async *#pieces(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    try {
      for await (const piece of wholeLines(this.#input)) {
        yield piece;
        if (this.#ending !== undefined) return;
      }
    } catch (error) {
      if (this.#ending === undefined) this.#readError = error;
    }
  }

  /** Writes verdicts when those `before` them are written. */
  async #answer(judged: Promise<Verdicts>, before: Promise<void>): Promise<void> {
    const verdicts = await judged;
    await before;
    if (this.#ending === 'unheard') return;
    this.#tally.makeWay();
    await this.#write(verdicts.octets);
    this.#tally.add(verdicts);
    this.#tally.draw();
  }

  #write(octets: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#terminal.stdout.write(octets, (error) => {
        if (error) this.stop('unheard');
        resolve();
      });
    });
  }

  /** Tells what it has come to. @param name of the input */
  conclude(name: string): ExitStatus {
    if (this.#ending === 'unheard') return EXIT.undecided;
    const { stderr } = this.#terminal;
    this.#tally.erase();
    const mistake = this.#readError === undefined ? undefined : unreadable(this.#readError, name);
    if (mistake !== undefined && this.#tally.done === 0) throw mistake;
    if (mistake !== undefined) stderr.write(`${printable(mistake.message)}\n`);
    stderr.write(`${this.#ending === undefined ? '' : `${this.#ending}: `}${this.#tally.summary()}\n`);
    return mistake === undefined && this.#ending === undefined ? this.#tally.status : EXIT.undecided;
  }
}
