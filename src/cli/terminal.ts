/**
 * What the command is connected to: three streams, an environment and a clock. Only `assay.ts` takes them from the
 * process.
 *
 * @module
 */

/** Where text goes. */
export interface Output {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean | undefined;
}

/** Everything outside the command that it may use, apart from the files it is told to read. */
export interface Terminal {
  readonly stdin: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean | undefined };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Seconds since 1970; may have a fraction. */
  readonly now: () => number;
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
