/**
 * A stream of octets, cut where lines end.
 *
 * @module
 */

/** Octets of a line: more than the longest token that any verifier may accept, and a line end. */
export const MAX_LINE_OCTETS = 1_048_576;

const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts a stream into pieces of whole lines, as soon as they are there: each piece ends where a line does, but for the last,
 * whose line may have no end.
 *
 * A line may be of any length, and takes no more memory than {@link MAX_LINE_OCTETS}: what is beyond them is dropped, all but
 * one octet, so that it stays too long. Each piece has memory of its own, to be given away.
 */
export async function* wholeLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const open = new OpenLine();
  for await (const chunk of chunks) {
    const octets = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    const end = octets.lastIndexOf(LF) + 1;
    if (end === 0) {
      open.append(octets);
      continue;
    }
    const first = octets.indexOf(LF);
    open.append(octets.subarray(0, first));
    yield concat(open.take(), octets.subarray(first, end));
    open.append(octets.subarray(end));
  }
  if (open.length > 0) yield concat(open.take(), new Uint8Array());
}

/**
 * The lines of a piece, without their ends: LF, or CR and LF. A line without an octet is a line; nothing after the last end is.
 */
export function* linesOf(piece: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < piece.length;) {
    const found = piece.indexOf(LF, start);
    const end = found === -1 ? piece.length : found;
    yield piece.subarray(start, found > start && piece[end - 1] === CR ? end - 1 : end);
    start = end + 1;
  }
}

/** The line that has begun and not ended. Its memory is its own: a chunk of one octet may hold on to a large buffer. */
class OpenLine {
  #octets = new Uint8Array(4096);
  length = 0;

  append(more: Uint8Array): void {
    const fits = more.subarray(0, MAX_LINE_OCTETS + 1 - this.length);
    const needed = this.length + fits.length;
    if (needed > this.#octets.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#octets.length));
      larger.set(this.#octets.subarray(0, this.length));
      this.#octets = larger;
    }
    this.#octets.set(fits, this.length);
    this.length = needed;
  }

  /** What was appended since the last time. Good until the next append. */
  take(): Uint8Array {
    const taken = this.#octets.subarray(0, this.length);
    this.length = 0;
    return taken;
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
