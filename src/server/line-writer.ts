/**
 * Lines for a log, written in batches: a write for each request would cost more than the decision.
 *
 * @module
 */

/** Collects lines. */
export interface LineWriter {
  readonly write: (line: string) => void;
  /** Writes what is here now. */
  readonly flush: () => void;
}

/** Characters that are kept before they are written. */
const BATCH = 65_536;
/** Milliseconds for which a line is kept at most. */
const DELAY = 50;

/** What `sink` throws is dropped: a log that cannot be written must not keep requests from being answered. */
export function createLineWriter(sink: (text: string) => unknown): LineWriter {
  let kept = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const text = kept;
    kept = '';
    try {
      if (text !== '') sink(text);
    } catch {
      // Nobody is left to be told.
    }
  };
  return Object.freeze({
    write: (line: string) => {
      kept += line;
      if (kept.length > BATCH) flush();
      else timer ??= setTimeout(flush, DELAY).unref();
    },
    flush,
  });
}
