/**
 * The token of a command: an argument, or standard input, where it stays out of the shell's history.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import { readStdin } from './bounded-input.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** Octets of standard input: more than the longest token that any verifier may accept, and a line end. */
const MAX_STDIN_OCTETS = 1_048_576;

/**
 * Reads the token: the argument, or standard input for "-" and for no argument.
 *
 * One line end after it is dropped; nothing else is, so that a token with spaces around it is refused as what it is.
 *
 * @throws {UsageError} when there is neither an argument nor anything connected to standard input.
 * @throws {JwtError} `token_too_long` when standard input gives more than any token may have; the rest is not read.
 */
export async function readToken(argument: string | undefined, terminal: Terminal): Promise<string> {
  if (argument !== undefined && argument !== '-') return argument;
  if (argument === undefined && terminal.stdin.isTTY === true) {
    throw new UsageError('no token: give it as an argument or on standard input');
  }
  const octets = await readStdin(terminal, MAX_STDIN_OCTETS);
  if (octets === undefined) throw new JwtError('token_too_long');
  // What is not UTF-8 becomes U+FFFD, which no token may hold. A byte order mark stays, and is refused likewise.
  return Buffer.from(octets).toString('utf8').replace(/\r?\n$/, '');
}
