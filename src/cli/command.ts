/**
 * What a command is: a word, what it is for, and a function from its arguments to an exit status.
 *
 * A command may be there for the price of its text: floors that it alone needs (`server`, `esp`, `testing`, `explain`) it
 * imports when it runs, so that `assay verify` does not load a server.
 *
 * @module
 */

import type { OptionTable } from './arguments.ts';
import type { ExitStatus } from './exit-status.ts';
import type { Terminal } from './terminal.ts';

/** One command of `assay`. */
export interface Command {
  readonly name: string;
  /** Half a line for the list of commands. */
  readonly summary: string;
  /** What --help prints. Its examples work as they stand. */
  readonly help: string;
  /** Its options, each of which `help` names: `readArguments` is given these and no others. */
  readonly options: OptionTable;
  /** @throws {UsageError} when it was called wrongly. */
  readonly run: (argv: readonly string[], terminal: Terminal) => Promise<ExitStatus>;
}
