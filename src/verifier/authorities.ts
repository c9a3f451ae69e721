/**
 * Whom a verifier trusts: one issuer, or several told apart by "iss" (RFC 8725 §3.8).
 *
 * @module
 */

import type { JwsAlgorithm } from '../jose/jwa.ts';
import { isDirectory, type Authority, type AuthorityDirectory } from '../jose/jwt.ts';
import { expectKeyLookup, isKeySet, type KeyLookup } from '../jose/key-set.ts';
import { JwtError } from '../jose/errors.ts';
import { expectStrings, ignoreRejection, isPlainObject, readOptions } from '../jose/options.ts';
import { createPolicy, POLICY_OPTIONS, type PolicyOptions } from '../jose/policy.ts';
import { isRemoteKeySet } from '../keys/remote-key-set.ts';
import { isRemote, type RemoteKeys } from './waiting.ts';

/** One issuer. Several spellings of it may be given; they share the keys. */
export interface OneIssuerOptions extends PolicyOptions {
  readonly keys: KeyLookup;
  readonly issuers?: never;
}

/** One of several issuers. */
export interface IssuerPolicy {
  readonly issuer: string | readonly string[];
  readonly audience: string | readonly string[] | null;
  readonly keys: KeyLookup;
  readonly algorithms?: readonly JwsAlgorithm[];
}

/** Several issuers, each with its own keys and audience; the other options hold for all. */
export interface SeveralIssuersOptions extends Omit<PolicyOptions, 'issuer' | 'audience'> {
  /**
   * A list, or a function from an "iss" to the policy of that issuer, undefined for a stranger.
   *
   * The function is called before anything is verified, and again after a wait for keys. It looks up what is there, in a Map, since an
   * object also has what it inherits. It must neither fetch, nor build an address out of what it is given, nor make a remote key set,
   * in which nothing would be loaded yet. An object that it has returned before is not read again.
   */
  readonly issuers: readonly IssuerPolicy[] | ((iss: string) => IssuerPolicy | undefined);
  readonly issuer?: never;
  readonly audience?: never;
  readonly keys?: never;
}

/** The names of both kinds of options. */
export const TRUST_OPTIONS: readonly string[] = ['keys', 'issuers', ...POLICY_OPTIONS];

/**
 * Checks the options that say whom to trust.
 *
 * @throws {TypeError} for a missing or wrong option, or one of each kind.
 */
export function readTrusted(options: Readonly<Record<string, unknown>>): Authority | AuthorityDirectory {
  const { issuers, ...rest } = options;
  if (issuers === undefined) return readAuthority(rest);
  for (const name of ['issuer', 'audience', 'keys']) {
    if (Object.hasOwn(rest, name)) throw new TypeError(`"${name}" and "issuers" exclude each other`);
  }
  const policy = createPolicy({ ...rest, issuer: null, audience: null });
  if (typeof issuers === 'function') return { policy, authorityOf: resolveWith(issuers, rest) };
  return { policy, authorityOf: directoryOf(issuers, rest) };
}

type Shared = Readonly<Record<string, unknown>>;

function readAuthority({ keys, ...policy }: Shared): Authority {
  // createPolicy checks what these casts claim: it reads every option as unknown.
  return Object.freeze({ policy: createPolicy(policy as unknown as PolicyOptions), keys: expectKeys(keys) });
}

function readIssuerPolicy(value: unknown, shared: Shared): Authority & { readonly issuers: readonly string[] } {
  const own = readOptions(value, 'issuers', ['issuer', 'audience', 'keys', 'algorithms']);
  const issuers = expectStrings(own.issuer, 'issuers: issuer');
  return { ...readAuthority({ ...shared, ...own }), issuers };
}

function directoryOf(list: unknown, shared: Shared): AuthorityDirectory['authorityOf'] {
  if (!Array.isArray(list) || list.length === 0) throw new TypeError('"issuers" expected a non-empty array or a function');
  // A Map: an "iss" is text of an attacker's choosing, and must not find what an object inherits.
  const authorities = new Map<string, Authority>();
  for (const { issuers, ...authority } of list.map((entry) => readIssuerPolicy(entry, shared))) {
    for (const issuer of issuers) {
      if (authorities.has(issuer)) throw new TypeError('"issuers" names one issuer twice');
      authorities.set(issuer, authority);
    }
  }
  return (iss) => authorities.get(iss);
}

function resolveWith(resolve: Function, shared: Shared): AuthorityDirectory['authorityOf'] {
  // Checked once per object that the function returns, not once per token.
  const checked = new WeakMap<object, Authority>();
  return (iss) => {
    const answer = ask(resolve, iss);
    if (answer === undefined) return undefined;
    const authority = checked.get(answer) ?? readIssuerPolicy(answer, shared);
    checked.set(answer, authority);
    return authority;
  };
}

/** @throws {TypeError} when the caller's function throws, or returns what is no policy. */
function ask(resolve: Function, iss: string): object | undefined {
  let answer: unknown;
  try {
    answer = resolve(iss);
  } catch {
    // What it threw is not passed on: it was handed a claim, and may quote it.
    throw new TypeError('"issuers" threw');
  }
  ignoreRejection(answer);
  if (answer === undefined || isPlainObject(answer)) return answer;
  throw new TypeError('"issuers" returned neither a policy nor undefined');
}

/** A caller's key set, fit for a verifier. @throws {TypeError} unless it can look keys up. */
export function expectKeys(given: unknown): KeyLookup {
  const keys = expectKeyLookup(given);
  return isOurs(keys) ? keys : guard(keys);
}

/** Whether nothing but code of this library runs while a token is verified, the caller's checks apart, whose errors are caught. */
export function runsOwnCodeOnly(trusted: Authority | AuthorityDirectory): boolean {
  return !isDirectory(trusted) && isOurs(trusted.keys);
}

function isOurs(keys: KeyLookup): boolean {
  return isKeySet(keys) || isRemoteKeySet(keys);
}

/** The same look-up; what one of the caller's own throws is not passed on, for it may quote the key ID of a token. */
function guard(keys: KeyLookup): KeyLookup {
  const find: KeyLookup['find'] = (kid) => guarded(() => keys.find(kid));
  return Object.freeze(isRemote(keys) ? guardRemote(keys, find) : { find });
}

/** The same for keys that are waited for. */
function guardRemote(keys: RemoteKeys, find: KeyLookup['find']): RemoteKeys {
  return {
    find,
    isFresh: () => guarded(() => keys.isFresh()),
    settle: () => guardedLater(() => keys.settle()),
    refresh: () => guardedLater(() => keys.refresh()),
    underWay: () => guardedLater(async () => (await keys.underWay()) === true),
  };
}

function guarded<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw ownError(error);
  }
}

async function guardedLater<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw ownError(error);
  }
}

function ownError(error: unknown): Error {
  return error instanceof JwtError ? error : new TypeError('"keys" threw');
}
