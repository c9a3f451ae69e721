/**
 * The decision on one request: whether it may go on, with what tokens, or why not.
 *
 * @module
 */

import { JwtError, type RefusalCode } from '../jose/errors.ts';
import type { VerifiedJwt } from '../jose/jwt.ts';
import { expectBoolean, expectFunction, readOptions } from '../jose/options.ts';
import type { Verifier } from '../verifier/verifier.ts';
import type { AuthProvider, EspPolicy, JwtLocation, Operation } from './policy.ts';
import { parseRequestPath } from './request-path.ts';
import type { EspRequest } from './request.ts';
import { createRouter, type Route } from './route.ts';
import { locateToken, locationKey } from './token-location.ts';
import { createVerifierSource, type EspVerifierOptions, type ProviderKeys } from './verifiers.ts';

/** Why a request is refused: a token's reason, or one of the request's own. */
export type EspCode =
  | RefusalCode
  | 'credentials_missing' | 'credentials_malformed' | 'credentials_repeated'
  | 'request_refused' | 'operation_not_found' | 'method_not_allowed'
  | 'claims_not_forwardable';

/** A refusal, with what is known about it. Holds nothing of the request but its method and the template it matched. */
export interface EspRefusal {
  readonly code: EspCode;
  /** The method that was decided on. */
  readonly method: string;
  /** Of a token's refusal. */
  readonly error?: JwtError;
  /** For people: fixed text. */
  readonly reason?: string;
  /** Of `method_not_allowed`: the template that the path matched, and the methods it has. */
  readonly template?: string;
  readonly methods?: readonly string[];
}

/** A token that was found in a request and verified. */
export interface VerifiedToken {
  readonly provider: AuthProvider;
  readonly location: JwtLocation;
  /** As it came. */
  readonly token: string;
  readonly jwt: VerifiedJwt;
}

/** What to do with a request. */
export type Decision =
  | {
      readonly allowed: true;
      /** The method to go on with. Differs from the request's only by an override. */
      readonly method: string;
      /** Absent for what the document does not list, and for a CORS preflight. */
      readonly operation?: Operation;
      /** Every token that was asked for and found; the first one says who the user is. Empty: anonymous. */
      readonly tokens: readonly VerifiedToken[];
    }
  | { readonly allowed: false; readonly refusal: EspRefusal; readonly operation?: Operation };

/** Decides on requests. Resolves always, but for a mistake in what it was made of. */
export type Decider = (request: EspRequest) => Promise<Decision>;

/** What a decider needs beside the policy. */
export interface DeciderOptions {
  /** The keys of a provider; asked once for each, when the decider is made. */
  readonly keysFor: (provider: AuthProvider) => ProviderKeys;
  /** Clock, cache and cap of the verifiers. */
  readonly verifier?: EspVerifierOptions;
  /** Takes the method from X-HTTP-Method-Override, as ESP does. By default the field counts for nothing. */
  readonly methodOverride?: boolean;
}

/** A place to look for tokens, and the verifier of what is found there. */
interface Checkpoint {
  readonly location: JwtLocation;
  readonly providers: readonly AuthProvider[];
  readonly verifier: Verifier;
}

/**
 * Makes the decider of a policy.
 *
 * @throws {TypeError} for missing, wrong or unknown options.
 * @example
 * const decide = createDecider(loadOpenApi(text), { keysFor: () => ({ keys }) });
 * const decision = await decide({ method: 'GET', target: '/shelves', headers });
 */
export function createDecider(policy: EspPolicy, options: DeciderOptions): Decider {
  const given = readOptions(options, 'createDecider', ['keysFor', 'verifier', 'methodOverride']);
  const keysFor = expectFunction<DeciderOptions['keysFor']>(given.keysFor, 'keysFor');
  const methodOverride = expectBoolean(given.methodOverride ?? false, 'methodOverride');
  const verifierOf = createVerifierSource(keysFor, options.verifier);
  const checkpoints = new Map<Operation, readonly Checkpoint[]>();
  for (const operation of policy.operations) checkpoints.set(operation, checkpointsOf(operation, verifierOf));
  const route = createRouter(policy.operations);

  return async (request) => {
    const method = readMethod(request, methodOverride);
    const code = 'request_refused';
    if (method === undefined) return refuse({ code, method: '', reason: 'the method has no one meaning' });
    const path = parseRequestPath(request.target);
    if (!path.ok) return refuse({ code, method, reason: path.reason });
    const found = route(method, path.segments);
    if (found.kind !== 'operation') return decideUnlisted(found, method, policy);
    const { operation } = found;
    return decideTokens(operation, checkpoints.get(operation) ?? [], request, method, path.query);
  };
}

/** The places where an operation's tokens may stand, in the order of its providers. */
function checkpointsOf(
  { alternatives }: Operation,
  verifierOf: (providers: readonly AuthProvider[]) => Verifier,
): readonly Checkpoint[] {
  const places = new Map<string, { readonly location: JwtLocation; readonly providers: AuthProvider[] }>();
  for (const provider of new Set(alternatives.flat())) {
    for (const location of provider.locations) {
      const place = places.get(locationKey(location)) ?? { location, providers: [] };
      if (!place.providers.includes(provider)) place.providers.push(provider);
      places.set(locationKey(location), place);
    }
  }
  return [...places.values()].map((place) => ({ ...place, verifier: verifierOf(place.providers) }));
}

/**
 * The method to decide on, or undefined where there is none that everybody behind us would see.
 *
 * Methods are upper-case letters: some servers take "get" for GET, and some do not (RFC 9110 §9.1: case counts).
 */
function readMethod({ method, headers }: EspRequest, override: boolean): string | undefined {
  const values = override ? (headers.get('x-http-method-override') ?? []) : [];
  if (values.length > 1) return undefined;
  const named = (values[0] ?? '').trim();
  const chosen = named === '' ? method : named;
  const plain = [method, chosen].every((name) => /^[A-Z]+(?:-[A-Z]+)*$/.test(name));
  return plain && chosen !== 'CONNECT' ? chosen : undefined;
}

/** What the document does not list. A preflight has no token to show (Fetch §3.2.2). */
function decideUnlisted(route: Exclude<Route, { kind: 'operation' }>, method: string, policy: EspPolicy): Decision {
  const preflight = policy.allowCors && method === 'OPTIONS' && route.kind === 'method_not_allowed';
  if (preflight || policy.allowUnlisted) return { allowed: true, method, tokens: [] };
  if (route.kind === 'not_found') return refuse({ code: 'operation_not_found', method });
  return refuse({ code: 'method_not_allowed', method, template: route.template, methods: route.methods });
}

/**
 * Verifies every token that the operation looks for and the request holds.
 *
 * All must hold, so that no second token can make up for a bad first one; and a bad one is refused where none would
 * have been let through.
 */
async function decideTokens(
  operation: Operation,
  checkpoints: readonly Checkpoint[],
  request: EspRequest,
  method: string,
  query: string | undefined,
): Promise<Decision> {
  const tokens: VerifiedToken[] = [];
  for (const { location, providers, verifier } of checkpoints) {
    const located = locateToken(location, request, query);
    if (located.kind === 'malformed') return refuse({ code: 'credentials_malformed', method }, operation);
    if (located.kind === 'repeated') return refuse({ code: 'credentials_repeated', method }, operation);
    if (located.kind === 'none') continue;
    try {
      const jwt = await verifier.verify(located.token);
      const provider = providers.find(({ issuer }) => issuer === jwt.claims.iss);
      if (provider !== undefined) tokens.push({ provider, location, token: located.token, jwt });
    } catch (error) {
      if (!(error instanceof JwtError)) throw error;
      return refuse({ code: error.code, method, error }, operation);
    }
  }
  const satisfied = operation.alternatives.find((wanted) =>
    wanted.every((provider) => tokens.some((token) => token.provider === provider)),
  );
  if (operation.alternatives.length === 0 || (tokens.length === 0 && operation.optional)) {
    return { allowed: true, method, operation, tokens };
  }
  if (satisfied === undefined) return refuse({ code: 'credentials_missing', method }, operation);
  if (tokens.length === 1) return { allowed: true, method, operation, tokens };
  // The order of the document says whose token is the user's.
  const named = satisfied.flatMap((provider) => tokens.filter((token) => token.provider === provider));
  return { allowed: true, method, operation, tokens: [...new Set([...named, ...tokens])] };
}

function refuse(refusal: EspRefusal, operation?: Operation): Decision {
  return { allowed: false, refusal: Object.freeze(refusal), ...(operation === undefined ? {} : { operation }) };
}
