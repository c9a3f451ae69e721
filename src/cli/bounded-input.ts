/**
 * Input that may be larger than anyone wants: files and standard input, read up to a limit.
 *
 * @module
 */

import { open } from 'node:fs/promises';
import { printableJson } from './printable.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** Octets that a file of keys or claims may have. */
export const MAX_FILE_OCTETS = 1_048_576;

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a directory'],
  ['ENOTDIR', 'part of its path is not a directory'],
  ['EACCES', 'permission denied'],
]);

/**
 * Reads a stream to its end, or until it has given more than `limit` octets.
 *
 * @returns the octets, or undefined when there are more; the rest is then left unread.
 */
export async function readAtMost(
  input: AsyncIterable<Uint8Array | string>,
  limit: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of input) {
    const octets = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    length += octets.length;
    if (length > limit) return undefined;
    chunks.push(octets);
  }
  return Buffer.concat(chunks);
}

/**
 * Reads a file whole. It need not be a regular one: `<(...)` of a shell is a pipe.
 *
 * @param limit in octets: a whole number of MiB.
 * @throws {UsageError} when it cannot be read, or has more.
 */
export async function readFileBounded(path: string, limit: number = MAX_FILE_OCTETS): Promise<Uint8Array> {
  const octets = await orUsage(async () => {
    const file = await open(path, 'r');
    return readAtMost(file.createReadStream(), limit);
  }, printableJson(path));
  if (octets === undefined) throw new UsageError(`${printableJson(path)} has more than ${limit / 1_048_576} MiB`);
  return octets;
}

/**
 * Reads standard input up to a limit; undefined when there is more.
 *
 * @throws {UsageError} when it cannot be read.
 */
export async function readStdin({ stdin }: Terminal, limit: number): Promise<Uint8Array | undefined> {
  return orUsage(() => readAtMost(stdin, limit), 'standard input');
}

/** @throws {UsageError} where an input cannot be read; `what` names it. */
export async function orUsage<T>(read: () => Promise<T>, what: string): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw unreadable(error, what);
  }
}

/** What to say of an input that cannot be read; `what` names it. */
export function unreadable(error: unknown, what: string): UsageError {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return new UsageError(`cannot read ${what}: ${REASONS.get(code) ?? String(code ?? 'unknown reason')}`);
}
