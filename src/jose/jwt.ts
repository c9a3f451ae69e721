/**
 * JSON Web Token (RFC 7519): the spine, which calls every check in its order.
 *
 * @module
 */

import { parseClaimsSet, validateClaims, type ClaimObserver, type ClaimRule, type JwtClaimsSet } from './claims.ts';
import { JwtError } from './errors.ts';
import { member, parseJsonObject, type JsonObject } from './json.ts';
import type { JwsAlgorithm } from './jwa.ts';
import type { VerificationKey } from './jwk.ts';
import { expectKeyLookup, selectKeys, type KeyLookup } from './key-set.ts';
import {
  decodeHeader,
  decodePayload,
  hintOf,
  parameter,
  parseCompact,
  parseHeader,
  verifySignature,
  MAX_TOKEN_LENGTH,
  type CompactJws,
  type JoseHeader,
} from './jws.ts';
import { expectFunction, readOptions } from './options.ts';
import { expectPolicy, normalizeMediaType, type JwtPolicy } from './policy.ts';

declare const verified: unique symbol;

/** A token that was verified. Only verification makes one. Frozen at every depth. */
export interface VerifiedJwt<C extends JwtClaimsSet = JwtClaimsSet> {
  readonly [verified]: true;
  readonly header: JoseHeader;
  readonly claims: C;
  /** The key that holds, and the algorithm it held with. */
  readonly key: { readonly kid?: string; readonly alg: JwsAlgorithm };
}

/** A token that was only decoded. Nothing in it can be believed. */
export interface UnverifiedJwt {
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/** Someone who signs tokens: what we expect of them, and their keys. The types and the cap on length are a directory's own, where there is one. */
export interface Authority {
  readonly policy: JwtPolicy;
  readonly keys: KeyLookup;
}

/** Several authorities, told apart by "iss". */
export interface AuthorityDirectory {
  /** What must be known before the issuer is: the cap on length and the types. */
  readonly policy: JwtPolicy;
  /** The authority of an issuer, or undefined for a stranger. */
  readonly authorityOf: (iss: string) => Authority | undefined;
}

/** A step of the spine that has ended well, with what it found. */
export type TraceEvent =
  | { readonly step: 'parseCompact'; readonly lengths: readonly [header: number, payload: number, signature: number] }
  | { readonly step: 'parseHeader'; readonly header: JoseHeader }
  | { readonly step: 'selectIssuer'; readonly issuer: string }
  | { readonly step: 'selectKeys'; readonly alg: JwsAlgorithm; readonly keys: readonly VerificationKey[] }
  | { readonly step: 'verifySignature'; readonly key: VerificationKey }
  | { readonly step: 'parseClaimsSet'; readonly claims: JwtClaimsSet }
  | { readonly step: 'validateClaims'; readonly rule: ClaimRule; readonly error?: JwtError };

/** Told of each step as it ends. */
export type Trace = (event: TraceEvent) => void;

/** Options of {@link verifyJwt}. */
export interface VerifyJwtOptions {
  /** With it, every claim rule is asked; the first broken one is still the verdict. What it throws is thrown on. */
  readonly trace?: Trace;
}

/** What a verifier says for one verification. */
export interface VerificationCall extends VerifyJwtOptions {
  /** What this token must be bound to, for a preset that has rules for it. */
  readonly nonce?: string;
  readonly accessToken?: string;
}

/**
 * Verifies a compact JWT against keys, a policy and a time, and touches nothing else.
 *
 * @param now seconds
 * @throws {JwtError} naming the rule that was broken, never quoting the token.
 * @throws {TypeError} for a policy that `createPolicy` did not make, a `now` not in seconds, or wrong options; and what a look-up throws.
 * @example
 * const { claims } = verifyJwt(token, createKeySet(jwks), createPolicy({ issuer, audience }), Date.now() / 1000);
 */
export function verifyJwt(
  token: string,
  keys: KeyLookup,
  policy: JwtPolicy,
  now: number,
  options: VerifyJwtOptions = {},
): VerifiedJwt {
  const { trace } = readOptions(options, 'verifyJwt', ['trace']);
  const call = trace === undefined ? {} : { trace: expectFunction<Trace>(trace, 'trace') };
  return verifyWith(token, { policy: expectPolicy(policy), keys: expectKeyLookup(keys) }, expectNow(now), call).jwt;
}

/** What a verification came to: the token, the key that held, and the policy that was kept. */
export interface Verification {
  readonly jwt: VerifiedJwt;
  readonly key: VerificationKey;
  readonly policy: JwtPolicy;
}

/**
 * The spine. The order of its lines is the order of the checks: nothing in the payload is read before the signature holds.
 *
 * The one exception is "iss", where several authorities are configured: someone's keys must be chosen. It is used for that
 * look-up alone, and is asked again with the other claims once the signature of that very authority has held.
 */
export function verifyWith(
  token: unknown,
  trusted: Authority | AuthorityDirectory,
  now: number,
  { trace, nonce, accessToken }: VerificationCall,
): Verification {
  const { maxTokenLength, types, knownHeaders } = trusted.policy;
  const jws = parseCompact(token, maxTokenLength); // RFC 7515 §7.1
  trace?.({ step: 'parseCompact', lengths: lengthsOf(jws) });

  const known = knownHeaders.find(jws);
  const header = known ?? parseHeader(jws); // RFC 7515 §4
  if (known === undefined) validateType(header, types); // RFC 8725 §3.11
  trace?.({ step: 'parseHeader', header });

  const { keys, policy, read } = isDirectory(trusted) ? selectIssuer(jws, trusted, trace) : soleIssuer(trusted); // RFC 8725 §3.8
  const selection = selectKeys(keys, hintOf(header), policy.algorithms, now); // RFC 7515 §4.1.4, RFC 8725 §3.1
  trace?.({ step: 'selectKeys', alg: selection.scheme.alg, keys: Object.freeze([...selection.keys]) });

  const key = verifySignature(jws, selection); // RFC 7515 §5.2
  if (known === undefined) knownHeaders.remember(jws, header);
  trace?.({ step: 'verifySignature', key });

  const claims = read ?? parseClaimsSet(decodePayload(jws)); // RFC 7519 §7.2
  trace?.({ step: 'parseClaimsSet', claims });

  const observe: ClaimObserver | undefined =
    trace && ((rule, error) => trace({ step: 'validateClaims', rule, ...(error === undefined ? {} : { error }) }));
  validateClaims(claims, policy.ruleGroups, { expected: policy, header, now, nonce, accessToken }, observe); // RFC 7519 §4.1
  return { jwt: seal(header, claims, key.kid, selection.scheme.alg), key, policy };
}

/**
 * Asks anew what may have changed since a token was verified under the same trust: whose it is, whether its key may still serve, and the
 * rules that are not settled; all of them, where its issuer has another policy now.
 *
 * @returns false when its key may not serve, or is another object: then only {@link verifyWith} can tell.
 * @throws {JwtError} as {@link verifyWith} would.
 */
export function stillHolds(
  { jwt: { header, claims }, key, policy: kept }: Verification,
  trusted: Authority | AuthorityDirectory,
  now: number,
  { nonce, accessToken }: VerificationCall,
): boolean {
  const { keys, policy } = isDirectory(trusted) ? authorityFor(claims, trusted) : trusted;
  if (!selectKeys(keys, hintOf(header), policy.algorithms, now).keys.includes(key)) return false;
  const groups = policy === kept ? policy.unsettledGroups : policy.ruleGroups;
  validateClaims(claims, groups, { expected: policy, header, now, nonce, accessToken });
  return true;
}

/**
 * Decodes a token and verifies nothing: neither the signature, nor any claim, nor even their types.
 *
 * For looking at a token. Nothing it returns may decide anything.
 *
 * @throws {JwtError} with a form code.
 * @example
 * readUnverified(token).claims['iss']; // what the token says of itself
 */
export function readUnverified(token: string): UnverifiedJwt {
  const jws = parseCompact(token, MAX_TOKEN_LENGTH);
  const header = parseJsonObject(decodeHeader(jws), 'the JOSE Header');
  return Object.freeze({ header, claims: parseClaimsSet(decodePayload(jws)) });
}

/** Whether "iss" must be read to know whom to ask. */
export function isDirectory(trusted: Authority | AuthorityDirectory): trusted is AuthorityDirectory {
  return Object.hasOwn(trusted, 'authorityOf');
}

/** RFC 8725 §3.11: a token of another kind is not a token for us, whoever signed it. */
function validateType(header: JoseHeader, types: JwtPolicy['types']): void {
  const typ = typeOf(header, 'typ');
  const allowed = types === null ? typ === undefined || typ === 'jwt' : types.includes(typ ?? null);
  if (!allowed) throw new JwtError('type_not_allowed');
  // RFC 7519 §5.2: "cty" JWT says that the payload is another token. We verify one.
  if (typeOf(header, 'cty') === 'jwt') {
    throw new JwtError('type_not_allowed', { message: 'the token holds another token', rule: 'RFC 7519 §5.2' });
  }
}

function typeOf(header: JoseHeader, name: 'typ' | 'cty'): string | undefined {
  const type = parameter(header, name);
  return type === undefined ? undefined : normalizeMediaType(type);
}

/** Whose token it is to be, and the claims where they had to be read to know it: they are not read twice. */
interface Chosen extends Authority {
  readonly read: JwtClaimsSet | undefined;
}

function soleIssuer({ keys, policy }: Authority): Chosen {
  return { keys, policy, read: undefined }; // said outright: what an authority lacks, a polluted prototype could lend it
}

function selectIssuer(jws: CompactJws, directory: AuthorityDirectory, trace: Trace | undefined): Chosen {
  const read = parseClaimsSet(decodePayload(jws));
  const { keys, policy } = authorityFor(read, directory);
  trace?.({ step: 'selectIssuer', issuer: String(member(read, 'iss')) });
  return { keys, policy, read };
}

/** RFC 8725 §3.8: an issuer's tokens are verified with that issuer's keys. No address is ever made out of a token. */
function authorityFor(claims: JwtClaimsSet, directory: AuthorityDirectory): Authority {
  const iss: unknown = member(claims, 'iss');
  const claim = 'iss';
  if (iss === undefined) throw new JwtError('claim_missing', { claim, rule: 'RFC 7519 §4.1.1' });
  if (typeof iss !== 'string') throw new JwtError('claim_invalid', { claim, rule: 'RFC 7519 §4.1.1' });
  const authority = directory.authorityOf(iss);
  // Whoever answered, the policy must be that of this very issuer.
  if (!authority?.policy.issuers?.includes(iss)) throw new JwtError('issuer_not_allowed', { claim });
  return authority;
}

function seal(header: JoseHeader, claims: JwtClaimsSet, kid: string | undefined, alg: JwsAlgorithm): VerifiedJwt {
  const key = Object.freeze(kid === undefined ? { alg } : { kid, alg });
  return Object.freeze({ header, claims, key }) as VerifiedJwt; // the one place where the mark is given
}

function lengthsOf({ token, headerEnd, payloadEnd }: CompactJws): [number, number, number] {
  return [headerEnd, payloadEnd - headerEnd - 1, token.length - payloadEnd - 1];
}

/** @throws {TypeError} unless `now` is in seconds: finite, and not so large that it must be milliseconds. */
export function expectNow(now: unknown): number {
  if (typeof now !== 'number' || !Number.isFinite(now) || now > 1e11) {
    throw new TypeError('the time of verification expected seconds since 1970');
  }
  return now;
}
