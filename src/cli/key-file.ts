/**
 * Key files: a JWK Set, a JWK, an array of JWKs, a map of PEMs, or one PEM; private keys apart.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import { parseJsonObject, type JsonObject } from '../jose/json.ts';
import { looksLikePem } from '../jose/pem.ts';
import { readFileBounded } from './bounded-input.ts';

/** What a key file holds: JSON that was read strictly, or the text of a PEM. */
export type KeyFile = JsonObject | readonly unknown[] | string;

/**
 * Reads a key file and says what form it has; which of its keys can be used is not looked at.
 *
 * @throws {UsageError} when it cannot be read.
 * @throws {JwtError} `invalid_utf8`, `invalid_json` or `duplicate_member`.
 */
export async function readKeyFile(path: string): Promise<KeyFile> {
  return parseKeyFile(await readFileBounded(path));
}

/**
 * Reads the octets of a key file as strictly as a token: JSON without duplicate members, or PEM.
 *
 * @throws {JwtError} `invalid_utf8`, `invalid_json` or `duplicate_member`.
 */
export function parseKeyFile(octets: Uint8Array): KeyFile {
  const text = Buffer.from(octets).toString('utf8');
  if (looksLikePem(text)) return text;
  return /^[ \t\r\n]*\[/.test(text) ? parseArray(octets) : parseJsonObject(octets, 'the key file');
}

/** The strict reader takes objects, so the array is made the one member of one. */
function parseArray(octets: Uint8Array): readonly unknown[] {
  const wrapped = Buffer.concat([Buffer.from('{"keys":'), octets, Buffer.from('}')]);
  const object = parseJsonObject(wrapped, 'the key file');
  const { keys } = object; // written above, so an own member
  // A file that goes on after its array, with `, "name": value`, would have made a second member.
  if (Object.keys(object).length !== 1 || !Array.isArray(keys)) {
    throw new JwtError('invalid_json', { message: 'the key file is not valid JSON' });
  }
  return keys;
}
