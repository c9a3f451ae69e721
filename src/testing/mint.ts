/**
 * ID tokens like Google's (OIDC Core §2), and service account assertions, signed by the local issuer.
 *
 * @module
 */

import { isJsonObject } from '../jose/json.ts';
import { expectNumber, expectString, readOptions } from '../jose/options.ts';
import { signJwt } from '../jose/sign.ts';
import type { Clock } from '../verifier/verifier.ts';
import type { KeyChoice, KeyRing } from './key-ring.ts';
import { isServiceAccount } from './publication.ts';

/** Claims of a token to mint. They replace the defaults; a default whose value is given as undefined is left out. */
export type MintClaims = Readonly<Record<string, unknown>>;

/** How to mint. */
export interface MintOptions {
  /** Which key signs. `previous` is the one before the last rotation, published or not. Default: `current`. */
  readonly key?: KeyChoice;
  /** The Header Parameter "kid", in place of the signing key's own; null leaves it out. */
  readonly kid?: string | null;
  /** The Header Parameter "typ". Default: JWT. */
  readonly typ?: string;
  /** Seconds from the clock's time to the default "exp". Negative for a token that has expired. Default: 3600. */
  readonly lifetime?: number;
}

/** Whose tokens are minted. */
export interface MintTerms {
  readonly issuer: string;
  readonly audience: string;
  readonly ring: KeyRing;
  readonly clock: Clock;
}

const KEY_CHOICES: readonly KeyChoice[] = ['current', 'previous', 'unpublished'];

/** As long as Google's ID tokens live. Seconds. */
const LIFETIME = 3600;

/**
 * Mints a token.
 *
 * @throws {TypeError} for claims that cannot be written as JSON, or a wrong, unknown or undefined option.
 */
export function mintToken(claims: MintClaims, options: MintOptions, terms: MintTerms): string {
  const { issuer, audience, ring, clock } = terms;
  if (!isJsonObject(claims)) throw new TypeError('"claims" expected an object');
  const given = readOptions(options, 'mint', ['key', 'kid', 'typ', 'lifetime']);
  const { key: choice = 'current', lifetime: seconds = LIFETIME, typ = 'JWT' } = given;
  const key = ring.choose(expectKeyChoice(choice));
  const lifetime = expectNumber(seconds, 'lifetime', -1e10, 1e10);
  const kid = given.kid === undefined ? key.kid : given.kid;
  const iat = Math.floor(clock());
  const times = { iat, exp: iat + lifetime };
  const defaults = isServiceAccount(issuer)
    ? { iss: issuer, sub: issuer, aud: audience, ...times }
    : { iss: issuer, azp: partyOf(claims, audience), aud: audience, ...ACCOUNT, ...times };
  return signJwt({ ...defaults, ...claims }, key.privateKey, {
    alg: key.alg,
    ...(kid === null ? {} : { kid: expectString(kid, 'kid') }),
    typ: expectString(typ, 'typ'),
  });
}

/** Who signs in, unless the claims say otherwise. */
const ACCOUNT = { sub: '110169484474386276334', email: 'user@example.com', email_verified: true } as const;

/** OIDC Core §2: the client the token was issued to, which is the audience, or the first of several. */
function partyOf({ aud }: MintClaims, audience: string): string {
  const first: unknown = Array.isArray(aud) ? aud[0] : aud;
  return typeof first === 'string' ? first : audience;
}

function expectKeyChoice(key: unknown): KeyChoice {
  const known = KEY_CHOICES.find((name) => name === key);
  if (known === undefined) throw new TypeError(`"key" expected one of ${KEY_CHOICES.join(' ')}`);
  return known;
}
