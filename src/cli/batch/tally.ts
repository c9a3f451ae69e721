/**
 * What a batch has come to so far, and how that is told on standard error.
 *
 * @module
 */

import { EXIT, type ExitStatus } from '../exit-status.ts';
import type { Terminal } from '../terminal.ts';
import type { Verdicts } from './messages.ts';

/** Seconds between two drawings of the progress line. */
const REDRAW = 0.2;

/** Back to the start of the line, and erase it (ECMA-48 §8.3.41). */
const ERASE_LINE = '\r\u001b[K';

/** Counts verdicts; on a terminal, and nowhere else, it keeps a line of progress up to date. */
export class Tally {
  readonly #terminal: Terminal;
  readonly #draws: boolean;
  readonly #startedAt: number;
  readonly #refused = new Map<string, number>();
  #accepted = 0;
  #done = 0;
  #drawnAt: number;
  #drawn = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#draws = terminal.stderr.isTTY === true && terminal.env['TERM'] !== 'dumb';
    this.#startedAt = this.#drawnAt = terminal.now();
  }

  /** Lines with a verdict. */
  get done(): number {
    return this.#done;
  }

  add({ accepted, refused }: Verdicts): void {
    this.#accepted += accepted;
    this.#done += accepted;
    for (const [code, count] of refused) {
      this.#refused.set(code, (this.#refused.get(code) ?? 0) + count);
      this.#done += count;
    }
  }

  /** Draws the line of progress, where there is one and it is time to. */
  draw(): void {
    const { now, stderr } = this.#terminal;
    if (!this.#draws || now() < this.#drawnAt + REDRAW) return;
    this.#drawnAt = now();
    this.#drawn = true;
    // A line that wraps could not be erased.
    stderr.write(`${ERASE_LINE}${this.#inWords('done').slice(0, (stderr.columns || 80) - 1)}`);
  }

  /** Makes way on a terminal that shows the verdicts too; the next drawing brings the line back at once. */
  makeWay(): void {
    if (!this.#drawn || this.#terminal.stdout.isTTY !== true) return;
    this.erase();
    this.#drawnAt = -Infinity;
  }

  /** Takes the line of progress away. */
  erase(): void {
    if (this.#drawn) this.#terminal.stderr.write(ERASE_LINE);
    this.#drawn = false;
  }

  summary(): string {
    const seconds = this.#terminal.now() - this.#startedAt;
    return this.#inWords(`${this.#done === 1 ? 'token' : 'tokens'} in ${seconds.toFixed(1)} s`);
  }

  /** Undecided before refused: whoever tries again because of it learns the rest. */
  get status(): ExitStatus {
    if (this.#refused.has('keys_unavailable')) return EXIT.undecided;
    return this.#refused.size === 0 ? EXIT.accepted : EXIT.refused;
  }

  #inWords(what: string): string {
    const seconds = this.#terminal.now() - this.#startedAt;
    const rate = seconds > 0 ? Math.round(this.#done / seconds) : 0;
    const refusals = [...this.#refused].sort(([, a], [, b]) => b - a).map(([code, count]) => `${grouped(count)} ${code}`);
    const refused = this.#done - this.#accepted;
    const reasons = refusals.length === 0 ? '' : `: ${refusals.join(', ')}`;
    return `${grouped(this.#done)} ${what}, ${grouped(rate)}/s, ${grouped(this.#accepted)} accepted, ${grouped(refused)} refused${reasons}`;
  }
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
