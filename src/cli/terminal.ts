/**
 * What the command is connected to: three streams, an environment, a clock and signals. Only `assay.ts` takes them from
 * the process.
 *
 * @module
 */

import type { Worker } from 'node:worker_threads';

/** Where text goes. */
export interface Output {
  /** `written` is called when it has left the process, or with the reason why it cannot: for whoever writes more than fits. */
  readonly write: (text: string | Uint8Array, written?: (error?: Error | null) => void) => unknown;
  readonly isTTY?: boolean | undefined;
  /** Of a terminal: characters in a line. */
  readonly columns?: number | undefined;
}

/** Another thread of the command. */
export type Thread = Pick<Worker, 'postMessage' | 'on' | 'terminate'>;

/** Where octets or text come from. */
export interface Input extends AsyncIterable<Uint8Array | string> {
  /** Gives up what has not been read. */
  readonly destroy?: () => unknown;
}

/** Everything outside the command that it may use, apart from the files, URLs and ports that it is told to. */
export interface Terminal {
  readonly stdin: Input & { readonly isTTY?: boolean | undefined };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Seconds since 1970; may have a fraction. */
  readonly now: () => number;
  /** Resolves when the process is asked to end, from the call on. For commands that would run for ever. */
  readonly whenStopped: () => Promise<void>;
  /** From now on an output that cannot be written ends nothing. For servers: requests matter more than their log. */
  readonly outliveOutputs?: () => void;
  /** Starts a thread that serves `assay verify --batch`. */
  readonly startThread: (data: unknown) => Thread;
}

/** SGR parameters (ECMA-48 §8.3.117). */
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36 } as const;

export type Style = keyof typeof STYLES;

/** Gives a text a style, or leaves it alone where styles are not wanted. */
export type Paint = (style: Style, text: string) => string;

/**
 * Makes the painter for an output: colours on a terminal, and nowhere else.
 *
 * Never with NO_COLOR set and not empty (no-color.org), nor on a terminal that says it is dumb.
 */
export function painter(output: Output, env: Terminal['env']): Paint {
  const coloured = output.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return (style, text) => (coloured ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text);
}
