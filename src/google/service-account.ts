/**
 * Service accounts: the assertions they sign (RFC 7523 §3, and Google's guide for server to server applications).
 *
 * @module
 */

import { askType, isString, typeRule } from '../jose/claim-rules.ts';
import type { JwtClaimsSet, RuleGroup } from '../jose/claims.ts';
import { expectNumber, expectString, expectStrings, readOptions } from '../jose/options.ts';
import { signJwt, type SigningKey } from '../jose/sign.ts';
import { readClock, readClockOption, type Clock, type Verifier } from '../verifier/verifier.ts';
import { serviceAccountKeys } from './key-urls.ts';
import { assemblePreset, PRESET_OPTIONS, type GooglePresetOptions } from './preset.ts';

/** Where Google exchanges an assertion for an access token. */
const TOKEN_ENDPOINT = 'https://oauth2.googleapis.com/token';

/** Google refuses assertions that live longer. Seconds. */
const MAX_ASSERTION_LIFETIME = 3600;

/** The claims of a service account's assertion. */
export interface ServiceAccountClaims extends JwtClaimsSet {
  /** The service account's e-mail address. */
  readonly iss: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly iat: number;
  /** The permissions asked for, separated by spaces. */
  readonly scope?: string;
  /** The user for whom access is asked, by delegation; older assertions say it in `prn`. */
  readonly sub?: string;
  readonly prn?: string;
}

/** What to sign. */
export interface ServiceAccountAssertion {
  /** The service account's e-mail address. */
  readonly email: string;
  readonly privateKey: SigningKey;
  /** The ID of the private key: `private_key_id` in the account's JSON file. */
  readonly keyId?: string;
  /** Permissions to ask for: an assertion to be exchanged for an access token. */
  readonly scope?: string | readonly string[];
  /** Who is to accept it. Default: Google's token endpoint. */
  readonly audience?: string;
  /** The user to act for, by delegation, or the account's own address in a token for another service. */
  readonly subject?: string;
  /** The older name of the delegated user, for those who still read it. */
  readonly prn?: string;
  /** Seconds, at most 3600, which is the default. */
  readonly lifetime?: number;
  readonly clock?: Clock;
}

/**
 * Signs an assertion (RFC 7523 §3) as a service account, with RS256.
 *
 * @throws {TypeError} for a missing, wrong, unknown or undefined option.
 * @example
 * const assertion = signServiceAccountAssertion({
 *   email: account.client_email,
 *   privateKey: account.private_key,
 *   keyId: account.private_key_id,
 *   scope: 'https://www.googleapis.com/auth/devstorage.read_only',
 * });
 */
export function signServiceAccountAssertion(options: ServiceAccountAssertion): string {
  const given = readOptions(options, 'signServiceAccountAssertion', [
    'email', 'privateKey', 'keyId', 'scope', 'audience', 'subject', 'prn', 'lifetime', 'clock',
  ]);
  const { lifetime = MAX_ASSERTION_LIFETIME, audience = TOKEN_ENDPOINT } = given;
  const iat = Math.floor(readClock(readClockOption(given.clock)));
  const claims = {
    iss: expectString(given.email, 'email'),
    ...(given.scope === undefined ? {} : { scope: readScope(given.scope) }),
    aud: expectString(audience, 'audience'),
    iat,
    exp: iat + expectNumber(lifetime, 'lifetime', 1, MAX_ASSERTION_LIFETIME),
    ...(given.subject === undefined ? {} : { sub: expectString(given.subject, 'subject') }),
    ...(given.prn === undefined ? {} : { prn: expectString(given.prn, 'prn') }),
  };
  const kid = given.keyId === undefined ? {} : { kid: expectString(given.keyId, 'keyId') };
  return signJwt(claims, given.privateKey as SigningKey, { alg: 'RS256', ...kid });
}

const SCOPE = typeRule('scope', 'RFC 8693 §4.2', 'a string');
const PRN = typeRule('prn', 'RFC 7519 §4.3', 'a string');

const serviceAccountTypes: RuleGroup = {
  rules: [SCOPE, PRN],
  settled: true,
  ask: (claims, _, judge) => {
    const { scope, prn } = claims;
    askType(isString(scope), SCOPE, claims, judge);
    askType(isString(prn), PRN, claims, judge);
  },
};

/** Options of {@link createServiceAccountVerifier}. */
export interface ServiceAccountVerifierOptions extends Omit<GooglePresetOptions, 'subject'> {
  /** The service account's e-mail address. */
  readonly email: string;
}

/**
 * Makes a verifier for tokens that a service account signs itself, to call another service.
 *
 * Such a token's issuer is an e-mail address and its subject the same one: an account speaks for itself and for no other.
 *
 * @throws {TypeError} for a missing, wrong, unknown or undefined option.
 * @example
 * const caller = createServiceAccountVerifier({ email: 'robot@project.iam.gserviceaccount.com', audience: 'my-api' });
 * const { claims } = await caller.verify(token);
 */
export function createServiceAccountVerifier(options: ServiceAccountVerifierOptions): Verifier<ServiceAccountClaims> {
  const names = PRESET_OPTIONS.filter((name) => name !== 'subject');
  const { email, ...preset } = readOptions(options, 'createServiceAccountVerifier', ['email', ...names]);
  const issuer = expectString(email, 'email');
  return assemblePreset({ ...preset, subject: issuer }, {
    issuer,
    algorithms: ['RS256'],
    requiredClaims: ['iat'],
    rules: [serviceAccountTypes],
    defaultKeys: () => serviceAccountKeys(issuer),
    bindings: [],
  });
}

function readScope(scope: unknown): string {
  return expectStrings(scope, 'scope').join(' ');
}
