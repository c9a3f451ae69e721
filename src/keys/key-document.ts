/**
 * A key set as an issuer publishes it: a JWK Set (RFC 7517 §5), or Google's map of X.509 certificates.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import { isJsonObject, member, parseJsonObject, type JsonObject } from '../jose/json.ts';
import { createKeySet, type KeySet } from '../jose/key-set.ts';

/** A published key set, read and imported. */
export interface KeyDocument {
  readonly document: JsonObject;
  readonly keys: KeySet;
}

/**
 * Reads the body of an answer.
 *
 * @throws {JwtError} with a form code for anything but one strict JSON object, `key_unusable` for anything but a set of public
 *   keys of which at least one is usable.
 */
export function readKeyDocument(body: Uint8Array): KeyDocument {
  return importKeyDocument(parseJsonObject(body, 'the key document'));
}

/** The same for what has been parsed already. */
export function importKeyDocument(document: JsonObject): KeyDocument {
  // A bare JWK is no set: RFC 7517 §5 wants "keys".
  if (Object.hasOwn(document, 'kty')) throw refusedDocument('a single JWK, not a JWK Set', 'RFC 7517 §5');
  const members: unknown = member(document, 'keys');
  // Whoever can read the document could sign with such a key, so the whole document is not to be trusted.
  if (Array.isArray(members) && members.some((jwk) => isJsonObject(jwk) && member(jwk, 'kty') === 'oct')) {
    throw refusedDocument('a symmetric key was published', 'RFC 8725 §2.1');
  }
  const keys = createKeySet(document);
  // An empty set is more likely a mistake of the issuer's than the end of all its keys.
  if (keys.keys.length === 0) throw refusedDocument('no usable key in the set', 'RFC 7517 §5');
  return { document, keys };
}

function refusedDocument(message: string, rule: string): JwtError {
  return new JwtError('key_unusable', { message, rule });
}
