/**
 * What Google's presets share: a verifier whose issuer and algorithm are settled, and whose audience must be given.
 *
 * @module
 */

import type { ClaimCheck, JwtClaimsSet, Leeway, RuleGroup } from '../jose/claims.ts';
import type { JwsAlgorithm } from '../jose/jwa.ts';
import type { KeyLookup } from '../jose/key-set.ts';
import { expectNumber, expectStrings } from '../jose/options.ts';
import { createPresetPolicy, type PolicyOptions } from '../jose/policy.ts';
import type { RemoteKeySet } from '../keys/remote-key-set.ts';
import { expectKeys } from '../verifier/authorities.ts';
import type { TokenCacheOptions } from '../verifier/token-cache.ts';
import {
  assembleVerifier,
  readClockOption,
  type Clock,
  type Verifier,
  type VerifierParts,
  type VerifyOptions,
} from '../verifier/verifier.ts';

/** Options that the presets of this floor share. All durations are seconds. */
export interface GooglePresetOptions {
  /** Your client ID, or several. Unlike elsewhere it cannot be left unchecked. */
  readonly audience: string | readonly string[];
  /** Default: Google's own, fetched when needed and kept as `createRemoteKeySet` keeps them, for each verifier apart. */
  readonly keys?: KeyLookup;
  readonly clock?: Clock;
  readonly cache?: TokenCacheOptions;
  readonly leeway?: number | Partial<Leeway>;
  readonly maxTokenLength?: number;
  readonly requiredClaims?: readonly string[];
  readonly maxAge?: number;
  readonly maxLifetime?: number;
  readonly subject?: string;
  readonly checks?: Readonly<Record<string, ClaimCheck>>;
}

/** The names of {@link GooglePresetOptions}. */
export const PRESET_OPTIONS: readonly (keyof GooglePresetOptions)[] = [
  'audience', 'keys', 'clock', 'cache', 'leeway', 'maxTokenLength', 'requiredClaims', 'maxAge', 'maxLifetime', 'subject',
  'checks',
];

/** Google's tokens live an hour; none is accepted that claims to live longer than a day. Seconds. */
const MAX_GOOGLE_LIFETIME = 86_400;

/** What a preset settles. */
export interface PresetTerms {
  readonly issuer: string | readonly string[];
  readonly algorithms: readonly JwsAlgorithm[];
  /** Claims that must be there beside iss, aud and exp, and those the caller asks for. */
  readonly requiredClaims: readonly string[];
  readonly rules: readonly RuleGroup[];
  /** Where keys are taken from unless the caller gives them. */
  readonly defaultKeys: () => RemoteKeySet;
  readonly bindings: VerifierParts['bindings'];
}

/**
 * Makes a preset's verifier out of its terms and the caller's options.
 *
 * @throws {TypeError} for a missing or wrong option; `audience: null` is one, and so is a lifetime of more than a day.
 */
export function assemblePreset<C extends JwtClaimsSet, O extends VerifyOptions>(
  options: { readonly [name in keyof GooglePresetOptions]?: unknown },
  { issuer, algorithms, requiredClaims, rules, defaultKeys, bindings }: PresetTerms,
): Verifier<C, O> {
  const { keys = defaultKeys(), clock, cache, audience, ...others } = options;
  const { requiredClaims: more = [], maxLifetime = MAX_GOOGLE_LIFETIME, ...rest } = others;
  const policy = {
    ...rest,
    issuer,
    algorithms,
    audience: expectStrings(audience, 'audience'),
    maxLifetime: expectNumber(maxLifetime, 'maxLifetime', 0, MAX_GOOGLE_LIFETIME),
    requiredClaims: Array.isArray(more) ? [...requiredClaims, ...more] : more,
  };
  return assembleVerifier<C, O>({
    // createPresetPolicy checks what this cast claims: it reads every option as unknown.
    trusted: { policy: createPresetPolicy(policy as PolicyOptions, rules), keys: expectKeys(keys) },
    clock: readClockOption(clock),
    bindings,
    cache,
  });
}
