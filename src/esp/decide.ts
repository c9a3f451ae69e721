/**
 * The decision on one request: whether it may go on, with what tokens, or why not.
 *
 * @module
 */

import { JwtError, type RefusalCode } from '../jose/errors.ts';
import type { VerifiedJwt } from '../jose/jwt.ts';
import { expectBoolean, expectFunction, readOptions } from '../jose/options.ts';
import { innerOf, type InnerVerifier, type Verifier } from '../verifier/verifier.ts';
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

/**
 * Decides on requests: at once, unless keys must be waited for. Throws, or rejects, only for a mistake in what it was
 * made of.
 */
export type Decider = (request: EspRequest) => Decision | Promise<Decision>;

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
  readonly verify: InnerVerifier['verify'];
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

  return (request) => {
    const method = readMethod(request, methodOverride);
    const code = 'request_refused';
    if (method === undefined) return refuse({ code, method: '', reason: 'the method has no one meaning' });
    const path = parseRequestPath(request.target);
    if (!path.ok) return refuse({ code, method, reason: path.reason });
    const found = route(method, path.segments);
    if (found.kind !== 'operation') return decideUnlisted(found, method, policy);
    const { operation } = found;
    return decideTokens({ operation, checkpoints: checkpoints.get(operation) ?? [], request, method, query: path.query });
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
  return [...places.values()].map((place) => ({ ...place, verify: innerOf(verifierOf(place.providers)).verify }));
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

/** A request to an operation. */
interface Asked {
  readonly operation: Operation;
  readonly checkpoints: readonly Checkpoint[];
  readonly request: EspRequest;
  /** The method to decide on. */
  readonly method: string;
  readonly query: string | undefined;
}

/**
 * Verifies every token that the operation looks for and the request holds, one after the other.
 *
 * All must hold, so that no second token can make up for a bad first one; and a bad one is refused where none would
 * have been let through.
 *
 * @param tokens those that have held; the others are added
 * @param from the checkpoint to go on with
 */
function decideTokens(asked: Asked, tokens: VerifiedToken[] = [], from = 0): Decision | Promise<Decision> {
  const { checkpoints } = asked;
  for (let at = from; ; at += 1) {
    const checkpoint = checkpoints[at];
    if (checkpoint === undefined) return conclude(asked, tokens);
    const examined = examine(checkpoint, asked);
    if (examined instanceof Promise) {
      return examined.then((late) => add(late, tokens, asked) ?? decideTokens(asked, tokens, at + 1));
    }
    const refused = add(examined, tokens, asked);
    if (refused !== undefined) return refused;
  }
}

/** What a checkpoint has come to: nothing there, a token that holds, or a refusal. */
type Examined = VerifiedToken | EspRefusal | undefined;

/** Adds a token to those that have held. @returns the decision, where it is a refusal instead. */
function add(examined: Examined, tokens: VerifiedToken[], { operation }: Asked): Decision | undefined {
  if (examined !== undefined && 'code' in examined) return refuse(examined, operation);
  if (examined !== undefined) tokens.push(examined);
  return undefined;
}

function examine(checkpoint: Checkpoint, { request, method, query }: Asked): Examined | Promise<Examined> {
  const located = locateToken(checkpoint.location, request, query);
  if (located.kind === 'malformed') return { code: 'credentials_malformed', method };
  if (located.kind === 'repeated') return { code: 'credentials_repeated', method };
  return located.kind === 'none' ? undefined : verifyAt(checkpoint, located.token, method);
}

function verifyAt(checkpoint: Checkpoint, token: string, method: string): Examined | Promise<Examined> {
  const decline = (error: unknown): Examined => {
    if (!(error instanceof JwtError)) throw error;
    return { code: error.code, method, error };
  };
  try {
    const jwt = checkpoint.verify(token);
    return jwt instanceof Promise ? jwt.then((late) => accept(checkpoint, token, late), decline) : accept(checkpoint, token, jwt);
  } catch (error) {
    return decline(error);
  }
}

function accept({ location, providers }: Checkpoint, token: string, jwt: VerifiedJwt): Examined {
  const provider = providers.find(({ issuer }) => issuer === jwt.claims.iss);
  return provider && { provider, location, token, jwt };
}

/** The decision, once every token has held. */
function conclude({ operation, method }: Asked, tokens: readonly VerifiedToken[]): Decision {
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
