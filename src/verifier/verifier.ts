/**
 * The verifier: keys, a policy and a clock, put together once and used for every token.
 *
 * @module
 */

import type { JwtClaimsSet } from '../jose/claims.ts';
import { JwtError } from '../jose/errors.ts';
import { expectNow, verifyWith, type Trace, type VerificationCall, type VerifiedJwt } from '../jose/jwt.ts';
import { expectBoolean, expectFunction, expectString, ignoreRejection, readOptions } from '../jose/options.ts';
import { readTrusted, runsOwnCodeOnly, TRUST_OPTIONS, type OneIssuerOptions, type SeveralIssuersOptions } from './authorities.ts';
import { readTokenCacheOptions, rememberVerified, type Spine, type TokenCacheOptions } from './token-cache.ts';
import { mayWait, verifyWaiting, type Trusted } from './waiting.ts';

/** Returns the time, in seconds since 1970-01-01T00:00:00Z. May have a fraction. */
export type Clock = () => number;

/** Options of {@link createVerifier}: of one issuer, or of several. */
export type VerifierOptions = (OneIssuerOptions | SeveralIssuersOptions) & {
  /** Read once per verification. Default: the system's. */
  readonly clock?: Clock;
  /** Remembers verified tokens: one that comes again costs a twentieth (measured, RS256 with 2048 bits). Off by default. */
  readonly cache?: TokenCacheOptions;
};

/** What may be said for one call of `verify` or `tryVerify`. */
export interface VerifyOptions {
  /** Fetches the keys anew first, and refuses the token if that fails. Static key sets have nothing to fetch. */
  readonly forceKeyRefresh?: boolean;
}

/** What may be said for one call of `verifySync` or `tryVerifySync`: nothing, unless a preset knows more. */
export type VerifySyncOptions<O extends VerifyOptions> = Omit<O, 'forceKeyRefresh'> & { readonly forceKeyRefresh?: never };

/** The options of the variants that return undefined. */
export type WithOnRefused<O> = O & {
  /** Told why a token was refused, before `undefined` is returned. Should it return a promise, nobody waits for it. */
  readonly onRefused?: (error: JwtError) => void;
};

/**
 * Verifies tokens. Frozen, stateless but for its keys and its cache, and good for any number of concurrent calls.
 *
 * Whatever is fed in: a token that is refused is a {@link JwtError}, a caller's mistake is a `TypeError`, nothing else
 * is thrown.
 */
export interface Verifier<C extends JwtClaimsSet = JwtClaimsSet, O extends VerifyOptions = VerifyOptions> {
  /** Resolves to the verified token. @throws {JwtError} naming the rule that was broken. */
  readonly verify: (token: string, options?: O) => Promise<VerifiedJwt<C>>;
  /** The same, at once, with the keys that are at hand. */
  readonly verifySync: (token: string, options?: VerifySyncOptions<O>) => VerifiedJwt<C>;
  /** Resolves to the verified token, or to undefined, so that `if (jwt)` cannot lie. */
  readonly tryVerify: (token: string, options?: WithOnRefused<O>) => Promise<VerifiedJwt<C> | undefined>;
  /** The same, at once. */
  readonly tryVerifySync: (token: string, options?: WithOnRefused<VerifySyncOptions<O>>) => VerifiedJwt<C> | undefined;
}

/** What a verifier is made of. For presets, which have checked it. */
export interface VerifierParts {
  readonly trusted: Trusted;
  readonly clock: Clock;
  /** Names of the per-call options that the preset knows beyond the general ones; all of them strings. */
  readonly bindings: readonly ('nonce' | 'accessToken')[];
  /** As the caller gave it, if so; it is read here. */
  readonly cache: unknown;
}

/**
 * Makes a verifier for the tokens of any issuer.
 *
 * What decides security must be given: the issuer, the audience and the keys. `null` for issuer or audience leaves it
 * deliberately unchecked; leaving it out is a mistake and throws.
 *
 * @throws {TypeError} for a missing, wrong, unknown or undefined option.
 * @example
 * const verifier = createVerifier({ issuer: 'https://issuer.example', audience: 'my-api', keys: createKeySet(jwks) });
 * const { claims } = await verifier.verify(token);
 */
export function createVerifier<C extends JwtClaimsSet = JwtClaimsSet>(options: VerifierOptions): Verifier<C> {
  const { clock, cache, ...trust } = readOptions(options, 'createVerifier', ['clock', 'cache', ...TRUST_OPTIONS]);
  return assembleVerifier<C, VerifyOptions>({ trusted: readTrusted(trust), clock: readClockOption(clock), bindings: [], cache });
}

/** For the floors above: what a verifier goes by, and a way to run its own spine with a trace, or without a promise. */
export interface InnerVerifier<C extends JwtClaimsSet = JwtClaimsSet> {
  readonly trusted: Trusted;
  /**
   * Verifies as `verify` does, keys waited for and all; where there is nothing to wait for, it returns or throws at once.
   *
   * @param begin is told what the verification goes by, and returns its trace. Called again for each run of the spine:
   *   what was traced before the keys were there does not count.
   */
  readonly verify: (
    token: unknown,
    options?: object,
    begin?: (run: TracedRun) => Trace,
  ) => VerifiedJwt<C> | Promise<VerifiedJwt<C>>;
}

/** What one verification goes by. */
export interface TracedRun {
  /** Seconds. */
  readonly now: number;
  readonly call: VerificationCall;
}

/** Beside the verifiers and not in them, so that no public name gives their policy away. */
const INNER = new WeakMap<object, InnerVerifier>();

/** @throws {TypeError} for anything but a verifier of ours. */
export function innerOf<C extends JwtClaimsSet>(verifier: Verifier<C, never>): InnerVerifier<C> {
  const inner = INNER.get(verifier); // finds nothing for what is no object at all
  if (inner === undefined) throw new TypeError('"verifier" expected what createVerifier, or a preset, returns');
  return inner as InnerVerifier<C>;
}

/** Puts a verifier together from checked parts. */
export function assembleVerifier<C extends JwtClaimsSet, O extends VerifyOptions>(parts: VerifierParts): Verifier<C, O> {
  const { trusted, clock, bindings, cache } = parts;
  const asyncNames = [...bindings, 'forceKeyRefresh'];
  const waits = mayWait(trusted);

  const own = cache === undefined ? verifyWith : rememberVerified(verifyWith, readTokenCacheOptions(cache));
  const spine = runsOwnCodeOnly(trusted) ? own : expectedErrorsOnly(own);
  const run = (token: unknown, now: number, call: VerificationCall, trust: Trusted): VerifiedJwt<C> =>
    spine(token, trust, now, call).jwt as VerifiedJwt<C>;

  const verifySync = (token: unknown, options?: object): VerifiedJwt<C> => {
    const { call } = readCall(options, bindings);
    return spine(token, trusted, readClock(clock), call).jwt as VerifiedJwt<C>;
  };
  const verifyPromptly: InnerVerifier<C>['verify'] = (token, options, begin) => {
    const { call, forceKeyRefresh } = readCall(options, asyncNames);
    const now = readClock(clock);
    const runOnce = (trust: Trusted): VerifiedJwt<C> =>
      run(token, now, begin === undefined ? call : { ...call, trace: begin({ now, call }) }, trust);
    return waits ? verifyWaiting(trusted, runOnce, forceKeyRefresh) : runOnce(trusted);
  };
  const verify = async (token: unknown, options?: object): Promise<VerifiedJwt<C>> => verifyPromptly(token, options);
  const verifier = Object.freeze({
    verify,
    verifySync,
    tryVerify: async (token: unknown, options?: object) => {
      const { onRefused, ...rest } = splitOnRefused(options, asyncNames);
      return verify(token, rest).catch((error: unknown) => refused(error, onRefused));
    },
    tryVerifySync: (token: unknown, options?: object) => {
      const { onRefused, ...rest } = splitOnRefused(options, bindings);
      try {
        return verifySync(token, rest);
      } catch (error) {
        return refused(error, onRefused);
      }
    },
  });
  INNER.set(verifier, { trusted, verify: verifyPromptly });
  return verifier;
}

/** @throws {TypeError} unless the option is absent or a function. */
export function readClockOption(clock: unknown): Clock {
  return clock === undefined ? () => Date.now() / 1000 : expectFunction<Clock>(clock, 'clock');
}

/**
 * Reads the clock.
 *
 * @throws {TypeError} when it throws, or what it returns is not a time in seconds.
 */
export function readClock(clock: Clock): number {
  let now: unknown;
  try {
    now = clock();
  } catch (cause) {
    throw new TypeError('"clock" threw', { cause });
  }
  ignoreRejection(now);
  return expectNow(now);
}

interface Call {
  readonly call: VerificationCall;
  readonly forceKeyRefresh: boolean;
}

const NO_OPTIONS: Call = Object.freeze({ call: Object.freeze({}), forceKeyRefresh: false });

function readCall(options: object | undefined, names: readonly string[]): Call {
  if (options === undefined) return NO_OPTIONS;
  const { forceKeyRefresh = false, ...call }: Record<string, unknown> = readOptions(options, 'verify', names);
  for (const [name, value] of Object.entries(call)) expectString(value, name);
  return { call, forceKeyRefresh: expectBoolean(forceKeyRefresh, 'forceKeyRefresh') };
}

type OnRefused = (error: JwtError) => void;

/** Takes `onRefused` out of the options; the rest is what `verify` takes. */
function splitOnRefused(options: object | undefined, names: readonly string[]): { onRefused?: OnRefused } {
  if (options === undefined) return {};
  const { onRefused, ...rest } = readOptions(options, 'tryVerify', ['onRefused', ...names]);
  return onRefused === undefined ? rest : { ...rest, onRefused: expectFunction<OnRefused>(onRefused, 'onRefused') };
}

/** A refused token is an answer here; a mistake of the caller's stays one. */
function refused(error: unknown, onRefused: OnRefused | undefined): undefined {
  if (!(error instanceof JwtError)) throw error;
  try {
    ignoreRejection(onRefused?.(error));
  } catch (cause) {
    throw new TypeError('"onRefused" threw', { cause });
  }
  return undefined;
}

/** Holds the promise that nothing but JwtError and TypeError is thrown, whatever a caller's own functions do. */
function expectedErrorsOnly(spine: Spine): Spine {
  return (...parameters) => {
    try {
      return spine(...parameters);
    } catch (error) {
      if (error instanceof JwtError || error instanceof TypeError) throw error;
      // Not given as the cause: a function that was handed part of a token may quote it.
      throw new TypeError('a function given to the verifier threw');
    }
  };
}
