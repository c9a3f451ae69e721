/**
 * Waiting for keys: the spine is synchronous, and is run again when waiting for the network has helped.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import { isDirectory, type Authority, type AuthorityDirectory, type VerifiedJwt } from '../jose/jwt.ts';
import type { KeyLookup } from '../jose/key-set.ts';
import type { RemoteKeySet } from '../keys/remote-key-set.ts';

/** Whom a verifier trusts. */
export type Trusted = Authority | AuthorityDirectory;

/** What is asked of keys that may have to be waited for. */
export type RemoteKeys = Pick<RemoteKeySet, 'find' | 'isFresh' | 'settle' | 'refresh' | 'underWay'>;

/** Stops the spine at the look-up of a key whose set must be fetched first. Never leaves this file. */
const NOT_READY = new JwtError('keys_unavailable');

/** Whether keys may have to be waited for. */
export function mayWait(trusted: Trusted): boolean {
  return isDirectory(trusted) || isRemote(trusted.keys);
}

/**
 * Verifies, and waits for keys at most twice: for a set that is not there or past its lifetime, or that the caller wants
 * anew, and for the fetch that an unknown key ID has caused. Where there is nothing to wait for, it returns or throws at once.
 *
 * The spine stops only where it looks a key up, so a token that is refused for its form or its algorithm fetches nothing.
 *
 * @param verify runs the spine
 * @param forceRefresh fetches the keys anew before they are used; if that fails the token is refused
 */
export function verifyWaiting<V extends VerifiedJwt>(
  trusted: Trusted,
  verify: (trusted: Trusted) => V,
  forceRefresh: boolean,
): V | Promise<V> {
  let source: RemoteKeys | undefined;
  let settled = false;
  let retried = false;
  const watching = watch(trusted, (keys, kid) => {
    source = keys;
    if (!settled && (forceRefresh || !keys.isFresh())) throw NOT_READY;
    return keys.find(kid);
  });
  /** What to wait for before the spine is run again; undefined where nothing can help. */
  const help = (keys: RemoteKeys, error: unknown): Promise<unknown> | undefined => {
    if (error === NOT_READY) {
      settled = true;
      return forceRefresh ? keys.refresh() : keys.settle();
    }
    if (retried || !(error instanceof JwtError) || error.code !== 'key_not_found') return undefined;
    retried = true;
    return keys.underWay()?.then((brought) => {
      if (!brought) throw error;
    });
  };
  const run = (): V | Promise<V> => {
    try {
      return verify(watching);
    } catch (error) {
      const helped = source && help(source, error);
      if (helped === undefined) throw error;
      return helped.then(run);
    }
  };
  return run();
}

/** The same trust, with every look-up in a remote set going through `find`. */
function watch(trusted: Trusted, find: (keys: RemoteKeys, kid: string | undefined) => ReturnType<KeyLookup['find']>): Trusted {
  const watched = ({ policy, keys }: Authority): Authority => ({
    policy,
    keys: isRemote(keys) ? { find: (kid) => find(keys, kid) } : keys,
  });
  if (!isDirectory(trusted)) return watched(trusted);
  return {
    policy: trusted.policy,
    authorityOf: (iss) => {
      const authority = trusted.authorityOf(iss);
      return authority && watched(authority);
    },
  };
}

/** Whether keys come from the network, so that waiting for them can help. A remote set with something of the caller's around it does too. */
export function isRemote(keys: KeyLookup): keys is RemoteKeys {
  return 'settle' in keys;
}
