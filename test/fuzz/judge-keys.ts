/**
 * Whether any key of a set may vouch for a token, by what the set says of it: a second opinion, apart from the library.
 *
 * @module
 */

import type { Signer } from './subjects.ts';

type AnyObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is AnyObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Says why a genuine token of the signer, which names its key, should not have been accepted with these keys. */
export function objectionToKeys(keys: unknown, { alg, kid }: Signer): string | undefined {
  if (typeof keys === 'string') return undefined; // one PEM, which says nothing of itself
  const list: readonly unknown[] = Array.isArray(keys) ? keys : isObject(keys) && Array.isArray(keys['keys']) ? keys['keys'] : [keys];
  if (list === keys || !isObject(keys) || Object.hasOwn(keys, 'keys') || Object.hasOwn(keys, 'kty')) {
    return list.some((jwk) => isObject(jwk) && mayServe(new Map(Object.entries(jwk)), alg, kid, list.length === 1))
      ? undefined : 'no key of the set may serve';
  }
  return Object.hasOwn(keys, kid) ? undefined : 'no certificate of the map has the name';
}

function mayServe(jwk: ReadonlyMap<string, unknown>, alg: string, kid: string, alone: boolean): boolean {
  const named = jwk.get('kid') === kid || (alone && !jwk.has('kid'));
  const operations = jwk.get('key_ops') ?? ['verify'];
  return named && [undefined, alg].includes(jwk.get('alg') as string | undefined)
    && [undefined, 'sig'].includes(jwk.get('use') as string | undefined)
    && Array.isArray(operations) && operations.includes('verify') && (jwk.get('kty') === 'oct' || !jwk.has('d'));
}
