/**
 * Where the keys of a verification come from.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import { createKeySet, type KeyLookup, type KeySet } from '../jose/key-set.ts';
import { printableJson } from './printable.ts';
import { readKeyFile } from './key-file.ts';
import { UsageError } from './usage-error.ts';

/** What the command line says of the keys. */
export interface KeySourceOptions {
  /** The value of --keys. */
  readonly keys: string | undefined;
  readonly ignoreCertificateDates: boolean;
}

/**
 * Opens the source of keys for a verifier.
 *
 * A key file that is malformed, or is one key that cannot be used, is a mistake in the call: no token was judged.
 *
 * @throws {UsageError} when there is no such source.
 */
export async function openKeySource({ keys, ignoreCertificateDates }: KeySourceOptions): Promise<KeyLookup> {
  if (keys === undefined) throw new UsageError('whose keys? This command needs --keys FILE (RFC 7515 §6)');
  refuseUrl(keys, '--keys FILE');
  try {
    return createKeySet(await readKeyFile(keys), { ignoreCertificateDates });
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    throw new UsageError(`the keys in ${printableJson(keys)} cannot be used: ${error.message} (${error.rule})`);
  }
}

/**
 * Reads a set of keys in order to show it.
 *
 * @throws {UsageError} when it cannot be read.
 * @throws {JwtError} when it is refused whole.
 */
export async function readKeySet(path: string): Promise<KeySet> {
  refuseUrl(path, 'FILE');
  return createKeySet(await readKeyFile(path));
}

function refuseUrl(location: string, needed: string): void {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(location)) {
    throw new UsageError(`keys are read from files only: this command needs ${needed}, not a URL`);
  }
}
