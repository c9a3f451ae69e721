/**
 * What a verifier expects of a token: options in, a frozen and checked policy out.
 *
 * @module
 */

import { orderRules } from './claim-rules.ts';
import type { ClaimCheck, ClaimExpectations, ClaimRule, Leeway, RuleGroup } from './claims.ts';
import { allowAlgorithms, type JwsAlgorithm } from './jwa.ts';
import { KnownHeaders } from './known-headers.ts';
import { DEFAULT_MAX_TOKEN_LENGTH, MAX_TOKEN_LENGTH } from './jws.ts';
import { expectFunction, expectNumber, expectString, expectStrings, isPlainObject, readOptions } from './options.ts';

/** What to expect of a token. All durations are seconds. */
export interface PolicyOptions {
  /** The spellings of the one issuer, compared exactly. null: deliberately unchecked. */
  readonly issuer: string | readonly string[] | null;
  /** Who we are: a token for anyone else is refused. null: deliberately unchecked. */
  readonly audience: string | readonly string[] | null;
  /** Default: RS256 alone. HS* cannot be allowed beside others. */
  readonly algorithms?: readonly JwsAlgorithm[];
  /** How far clocks may differ, 0 to 300; one number sets all three. Default: `{ exp: 0, nbf: 30, iat: 30 }`. */
  readonly leeway?: number | Partial<Leeway>;
  /** Characters. Default 10,000, at most 1,000,000. */
  readonly maxTokenLength?: number;
  /**
   * Explicit typing (RFC 8725 §3.11): "typ" must be one of these; with null among them, it may also be absent. Default:
   * "typ" is absent or "JWT".
   */
  readonly typ?: string | readonly (string | null)[];
  /** Claims that must be there beside "exp" and those that other options need. */
  readonly requiredClaims?: readonly string[];
  /** Seconds since "iat"; it is an expiry of our own, so the leeway of "exp" is added. */
  readonly maxAge?: number;
  /** Seconds from "iat" to "exp". */
  readonly maxLifetime?: number;
  readonly subject?: string;
  /** Checks of your own, by name. Each is asked last, synchronously, and passes only by returning `true`. */
  readonly checks?: Readonly<Record<string, ClaimCheck>>;
}

/** The names of {@link PolicyOptions}. */
export const POLICY_OPTIONS: readonly (keyof PolicyOptions)[] = [
  'issuer', 'audience', 'algorithms', 'leeway', 'maxTokenLength', 'typ', 'requiredClaims', 'maxAge', 'maxLifetime',
  'subject', 'checks',
];

declare const checked: unique symbol;

/** A checked policy. Only {@link createPolicy} makes one. */
export interface JwtPolicy extends ClaimExpectations {
  readonly [checked]: true;
  readonly algorithms: readonly JwsAlgorithm[];
  readonly maxTokenLength: number;
  /** Media types in lower case, without "application/", null among them for an absent one; or null: absent or "jwt". */
  readonly types: readonly (string | null)[] | null;
  /** Every rule that the claims are asked, in order. */
  readonly rules: readonly ClaimRule[];
  /** The same, as they are asked. */
  readonly ruleGroups: readonly RuleGroup[];
  /** Those whose answer may change from one time to the next, for claims that have kept them all. */
  readonly unsettledGroups: readonly RuleGroup[];
  /** Headers that were found good under this policy. The one part of it that changes, and it decides nothing. */
  readonly knownHeaders: KnownHeaders;
}

const POLICIES = new WeakSet<object>();

const DEFAULT_LEEWAY: Leeway = Object.freeze({ exp: 0, nbf: 30, iat: 30 });
const MAX_LEEWAY = 300;

/** Seconds; some 3,000 years, the most that a NumericDate can usefully be apart from another. */
const MAX_DURATION = 1e11;

/**
 * Checks options and freezes them into a policy.
 *
 * @throws {TypeError} for a missing, wrong, unknown or undefined option.
 * @example
 * const policy = createPolicy({ issuer: 'https://issuer.example', audience: 'my-api' });
 */
export function createPolicy(options: PolicyOptions): JwtPolicy {
  return createPresetPolicy(options, []);
}

/**
 * The same, with rules that a preset adds: asked after the general ones and before the caller's `checks`.
 *
 * @throws {TypeError} as {@link createPolicy} does.
 */
export function createPresetPolicy(options: PolicyOptions, presetRules: readonly RuleGroup[]): JwtPolicy {
  const given = readOptions(options, 'createPolicy', POLICY_OPTIONS);
  const { algorithms = ['RS256'], maxTokenLength = DEFAULT_MAX_TOKEN_LENGTH } = given;
  const issuers = readExpected(given.issuer, 'issuer');
  const audiences = readExpected(given.audience, 'audience');
  const subject = given.subject === undefined ? undefined : expectString(given.subject, 'subject');
  const maxAge = readDuration(given.maxAge, 'maxAge');
  const maxLifetime = readDuration(given.maxLifetime, 'maxLifetime');
  const required = [
    'exp',
    ...(issuers === null ? [] : ['iss']),
    ...(audiences === null ? [] : ['aud']),
    ...(subject === undefined ? [] : ['sub']),
    ...(maxAge === undefined && maxLifetime === undefined ? [] : ['iat']),
    ...(given.requiredClaims === undefined ? [] : readNames(given.requiredClaims, 'requiredClaims')),
  ];
  const ruleGroups = orderRules(presetRules);
  const policy = {
    issuers,
    audiences,
    algorithms: allowAlgorithms(algorithms),
    leeway: readLeeway(given.leeway),
    maxTokenLength: expectNumber(maxTokenLength, 'maxTokenLength', 1, MAX_TOKEN_LENGTH),
    types: given.typ === undefined ? null : readTypes(given.typ),
    required: Object.freeze([...new Set(required)]),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(maxLifetime === undefined ? {} : { maxLifetime }),
    ...(subject === undefined ? {} : { subject }),
    checks: readChecks(given.checks),
    rules: Object.freeze(ruleGroups.flatMap(({ rules }) => rules)),
    ruleGroups,
    unsettledGroups: Object.freeze(ruleGroups.filter(({ settled }) => !settled)),
    knownHeaders: new KnownHeaders(),
  };
  POLICIES.add(Object.freeze(policy));
  return policy as unknown as JwtPolicy; // the one place where the mark is given
}

/** @throws {TypeError} unless {@link createPolicy} made it: an object put together by hand has been checked by no one. */
export function expectPolicy(policy: unknown): JwtPolicy {
  if (typeof policy !== 'object' || policy === null || !POLICIES.has(policy)) {
    throw new TypeError('"policy" expected what createPolicy returns');
  }
  return policy as JwtPolicy;
}

/**
 * The form in which media types are compared: lower case, a leading "application/" dropped (RFC 7515 §4.1.9).
 *
 * Only ASCII letters are lowered: Unicode would make a "k" of the Kelvin sign.
 */
export function normalizeMediaType(type: string): string {
  const lower = type.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const rest = lower.startsWith('application/') ? lower.slice('application/'.length) : lower;
  // It may be left out only before a value that has no other "/".
  return rest.includes('/') ? lower : rest;
}

/** A value that must be decided: given, or null. Not given is a mistake. */
function readExpected(value: unknown, name: string): readonly string[] | null {
  if (value === undefined) throw new TypeError(`"${name}" is required; null leaves it deliberately unchecked`);
  return value === null ? null : expectStrings(value, name);
}

/** At least one type: null alone would be no typing at all. */
function readTypes(value: unknown): readonly (string | null)[] {
  const mayBeAbsent = Array.isArray(value) && value.includes(null);
  const named = mayBeAbsent ? value.filter((type) => type !== null) : value;
  const types = expectStrings(named, 'typ').map(normalizeMediaType);
  return Object.freeze(mayBeAbsent ? [...types, null] : types);
}

function readDuration(value: unknown, name: string): number | undefined {
  return value === undefined ? undefined : expectNumber(value, name, 0, MAX_DURATION);
}

function readLeeway(value: unknown): Leeway {
  if (value === undefined) return DEFAULT_LEEWAY;
  if (typeof value === 'number') {
    const seconds = expectNumber(value, 'leeway', 0, MAX_LEEWAY);
    return Object.freeze({ exp: seconds, nbf: seconds, iat: seconds });
  }
  const { exp, nbf, iat } = { ...DEFAULT_LEEWAY, ...readOptions(value, 'leeway', ['exp', 'nbf', 'iat']) };
  return Object.freeze({
    exp: expectNumber(exp, 'leeway.exp', 0, MAX_LEEWAY),
    nbf: expectNumber(nbf, 'leeway.nbf', 0, MAX_LEEWAY),
    iat: expectNumber(iat, 'leeway.iat', 0, MAX_LEEWAY),
  });
}

function readNames(value: unknown, name: string): readonly string[] {
  if (!Array.isArray(value)) throw new TypeError(`"${name}" expected an array of claim names`);
  return Array.from(value, (item) => expectString(item, name));
}

function readChecks(value: unknown): ClaimExpectations['checks'] {
  if (value === undefined) return Object.freeze([]);
  const names = isPlainObject(value) ? Reflect.ownKeys(value) : [];
  // A check under a symbol, or one that is not enumerable, would never be asked.
  if (!isPlainObject(value) || names.length !== Object.keys(value).length) {
    throw new TypeError('"checks" expected a plain object of functions');
  }
  return Object.freeze(
    Object.entries(value).map(([name, check]) => Object.freeze([name, expectFunction<ClaimCheck>(check, `checks.${name}`)] as const)),
  );
}
