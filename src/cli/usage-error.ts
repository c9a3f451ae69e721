/**
 * Mistakes in how the command was called.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';

/** A mistake of the person who typed the command: told in one line, without a stack, with exit status 2. */
export class UsageError extends Error {}

/**
 * Runs something that reads the user's options or files, and turns what the library says of them into a usage error.
 *
 * @param flags the library's names for options -> the flags that set them; the message names what was typed.
 * @throws {UsageError} in place of a `TypeError` or a `JwtError`; anything else is a fault of ours and passes.
 */
export function asUsage<T>(run: () => T, flags: ReadonlyMap<string, string> = new Map(), prefix = ''): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof JwtError) throw new UsageError(`${prefix}${error.message} (${error.rule})`);
    if (!(error instanceof TypeError)) throw error;
    // Most names are quoted; one that is not is told from words by its capital.
    const message = error.message.replace(/"?\b(\w+)\b"?/g, (match, name: string) =>
      (/^"|[a-z][A-Z]/.test(match) ? flags.get(name) : undefined) ?? match,
    );
    throw new UsageError(`${prefix}${message}`);
  }
}
