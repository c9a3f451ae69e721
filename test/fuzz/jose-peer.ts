/**
 * What jose says, configured as near to a subject's policy as its options allow.
 *
 * It has one tolerance for all times, and is given the largest of ours; it has no cap on length or life, no rules of
 * Google's, and no way to say "absent or JWT". So wherever the two policies differ, ours is the stricter.
 *
 * @module
 */

import { loadPeer } from '../../bench/peers/load.ts';
import { keyObjectOf } from './bare-crypto.ts';
import { candidatesOf, expectedOf, isObject, keyMembersOf, keysOf, own, parseJson, type AnyObject } from './facts.ts';
import type { Question } from './question.ts';
import { AUDIENCE, NOW } from './subjects.ts';

interface Jose {
  readonly createLocalJWKSet: (jwks: unknown) => unknown;
  readonly jwtVerify: (token: string, key: unknown, options: object) => Promise<unknown>;
}

/** `refusal` is jose's code, or the name of what it threw. */
export type JoseAnswer = { readonly accepted: true } | { readonly accepted: false; readonly refusal: string };

export type AskJose = (question: Question) => Promise<JoseAnswer>;

const TOLERANCE = 30;

function optionsFor(question: Question): object {
  const { alg, issuers, typ, subject, maxAge, required } = expectedOf(question);
  return {
    algorithms: [alg], issuer: issuers, audience: AUDIENCE, requiredClaims: required, clockTolerance: TOLERANCE,
    currentDate: new Date(NOW * 1000),
    ...(typ === undefined ? {} : { typ }),
    ...(subject === undefined ? {} : { subject }),
    ...(maxAge === undefined ? {} : { maxTokenAge: maxAge }),
  };
}

/** Members that mean nothing for a key of the type, by RFC 7518 §6. */
const FOREIGN: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['RSA', ['crv', 'x', 'y', 'k']], ['EC', ['n', 'e', 'k']], ['OKP', ['n', 'e', 'k', 'y']],
]);

/**
 * A JWK without the members that RFC 7517 §4 wants ignored. WebCrypto makes strings of all that it knows, whatever the
 * type of the key, and throws a TypeError for an object that has no string: that says nothing about the key.
 */
function withoutForeign(jwk: AnyObject): AnyObject {
  const foreign = FOREIGN.get(own(jwk, 'kty')) ?? [];
  return foreign.some((name) => Object.hasOwn(jwk, name))
    ? Object.fromEntries(Object.entries(jwk).filter(([name]) => !foreign.includes(name))) : jwk;
}

/** A set is made once: jose imports its keys when they are first needed. */
const SETS = new WeakMap<object, unknown>();

function setOf(jose: Jose, keys: unknown, jwks: readonly AnyObject[]): unknown {
  const known = isObject(keys) ? SETS.get(keys) : undefined;
  const set = known ?? jose.createLocalJWKSet({ keys: jwks });
  if (isObject(keys)) SETS.set(keys, set);
  return set;
}

/**
 * The keys to try, in jose's forms. First the set itself, of its members that are objects. Then, one by one as its
 * documentation says for what a set cannot do: secrets, PEMs, several keys that fit, and keys without an ID.
 */
function keysToTry(jose: Jose, question: Question): (() => unknown)[] {
  const keys = keysOf(question);
  const members = keyMembersOf(keys);
  const jwks = members.flatMap(({ jwk }) => (jwk === undefined ? [] : [withoutForeign(jwk)]));
  const header = parseJson(Buffer.from(question.token.split('.')[0] ?? '', 'base64url').toString('utf8'));
  const candidates = candidatesOf(members, own(header, 'kid'));
  const single = candidates.filter(({ kid, jwk }) =>
    candidates.length > 1 || kid === undefined || jwk === undefined || jwk['kty'] === 'oct');
  return [
    ...(jwks.length === 0 ? [] : [() => setOf(jose, keys, jwks)]),
    ...single.map((member) => () => (member.jwk === undefined ? keyObjectOf(member) : withoutForeign(member.jwk))),
  ];
}

async function ask(jose: Jose, question: Question): Promise<JoseAnswer> {
  const options = optionsFor(question);
  let refusal: string | undefined;
  for (const key of keysToTry(jose, question)) {
    try {
      await jose.jwtVerify(question.token, key(), options);
      return { accepted: true };
    } catch (error) {
      refusal ??= error instanceof Error ? String(Reflect.get(error, 'code') ?? error.name) : String(error);
    }
  }
  return { accepted: false, refusal: refusal ?? 'no key to try' };
}

/** Loads jose, which lies under bench/peers alone. */
export async function openJose(): Promise<AskJose> {
  const jose = await loadPeer<Jose>('jose');
  return (question) => ask(jose, question);
}
