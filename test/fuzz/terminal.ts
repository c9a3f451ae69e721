/**
 * How the fuzzer speaks: to stderr, and only to a terminal while it works.
 *
 * @module
 */

import { REFUSALS } from '../../src/jose/index.ts';

export const say = (text: string): void => void process.stderr.write(text);

/** A line that overwrites itself, on a terminal; elsewhere nothing. */
export const progress = (text: string): void => {
  if (process.stderr.isTTY) say(`\r\u001B[K${text}`);
};

/** Counts things by name. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  has(name: string): boolean {
    return this.#counts.has(name);
  }

  get size(): number {
    return this.#counts.size;
  }

  /** A line for each name, the most frequent first. */
  lines(): string {
    const rows = [...this.#counts].sort(([, a], [, b]) => b - a);
    return rows.map(([name, times]) => `${String(times).padStart(10)}  ${name}\n`).join('');
  }
}

/** How many of the refusal codes were seen. One of them is out of reach: the fuzzer has its keys, and no network. */
export function codesCovered(answers: Tally): string {
  const codes = Object.keys(REFUSALS).filter((code) => code !== 'keys_unavailable');
  const missing = codes.filter((code) => !answers.has(code));
  const without = missing.length === 0 ? '' : `, without ${missing.join(' ')}`;
  return `${codes.length - missing.length} of ${codes.length} refusal codes${without} (keys_unavailable needs a network)\n`;
}

/** Said of a time box: whether it is over, by the clock or by the user. */
export interface TimeBox {
  readonly elapsed: () => number;
  readonly isOver: () => boolean;
  readonly wasInterrupted: () => boolean;
}

/** Starts the clock. The first SIGINT ends the time early, so that what was found is still reported. */
export function startTimeBox(seconds: number): TimeBox {
  let interrupted = false;
  process.once('SIGINT', () => {
    interrupted = true;
  });
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  return { elapsed, isOver: () => interrupted || elapsed() >= seconds, wasInterrupted: () => interrupted };
}
