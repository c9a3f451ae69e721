/**
 * The options that say what to expect of a token, and the verifier they make.
 *
 * @module
 */

import type { explain, Explanation } from '../explain/index.ts';
import { createGoogleVerifier } from '../google/id-token.ts';
import type { JwsAlgorithm } from '../jose/jwa.ts';
import type { VerifiedJwt } from '../jose/jwt.ts';
import type { KeyLookup } from '../jose/key-set.ts';
import { createVerifier } from '../verifier/verifier.ts';
import { given, type Arguments } from './arguments.ts';
import { openKeySource } from './key-source.ts';
import type { Terminal } from './terminal.ts';
import { parseTime } from './time.ts';
import { asUsage, UsageError } from './usage-error.ts';

/** The options, for every command that verifies. */
export const VERIFIER_OPTIONS = {
  'google': 'switch',
  'issuer': 'values',
  'any-issuer': 'switch',
  'audience': 'values',
  'any-audience': 'switch',
  'alg': 'value',
  'keys': 'value',
  'ignore-certificate-dates': 'switch',
  'key-format': 'value',
  'allow-loopback-http': 'switch',
  'timeout': 'value',
  'at': 'value',
  'leeway': 'value',
  'typ': 'values',
  'subject': 'value',
  'required-claim': 'values',
  'max-age': 'value',
  'max-lifetime': 'value',
  'max-token-length': 'value',
  'hosted-domain': 'values',
  'authorized-party': 'values',
  'require-verified-email': 'switch',
  'nonce': 'value',
} as const;

/** Those of `assay verify`, which its threads read too. */
export const VERIFY_OPTIONS: typeof VERIFIER_OPTIONS & {
  readonly json: 'switch';
  readonly batch: 'value';
  readonly jobs: 'value';
} = { ...VERIFIER_OPTIONS, json: 'switch', batch: 'value', jobs: 'value' };

/** Their part of a command's help. */
export const VERIFIER_HELP = `\
Whose token
  --google                    Google's ID tokens: its issuers, RS256, 24 h
  --issuer I                  "iss", exactly this; repeatable, for its spellings
  --any-issuer                leaves "iss" deliberately unchecked
  --audience A                "aud" must name you; repeatable, for your names
  --any-audience              leaves "aud" deliberately unchecked
  --alg A,B                   algorithms to allow (RS256)

Whose keys: with --google, Google's own; with one --issuer, those that OpenID
Connect Discovery finds at that URL; or else
  --keys URL                  JWK Set or { kid: PEM }, over https
  --keys FILE                 JWK Set, JWK, array of JWKs, PEM, or { kid: PEM }
  --ignore-certificate-dates  takes a file's certificates whatever their dates
  --key-format jwk|x509       the form of Google's own (jwk)
  --allow-loopback-http       lets http through to 127.0.0.0/8 and [::1]
  --timeout SECONDS           to fetch them in (5)

What else to expect
  --at TIME                   as of then: a NumericDate or RFC 3339 (now); keys
                              are those of now
  --leeway SECONDS            for exp, nbf, iat alike, 0 to 300 (0, 30, 30)
  --typ T                     "typ" must be this; repeatable (absent or JWT)
  --subject S                 "sub" must be this
  --required-claim C          the claim must be there; repeatable
  --max-age SECONDS           since "iat"
  --max-lifetime SECONDS      from "iat" to "exp"
  --max-token-length N        characters (10000)

With --google only
  --hosted-domain D           "hd" must be this; repeatable
  --authorized-party P        "azp" must be this; repeatable
  --require-verified-email    "email_verified" must be true
  --nonce N                   "nonce" must be this`;

/** What a verifying command works with. */
export interface Verification {
  /** Seconds: --at, or now. */
  readonly at: number;
  /** @throws {JwtError} when the token is refused. */
  readonly verify: (token: string) => Promise<VerifiedJwt>;
  /** The same verification, told. */
  readonly explain: (token: string) => Promise<Explanation>;
}

/** A verification, done and told. */
export type Verifications = Pick<Verification, 'verify' | 'explain'>;

/** What was typed of these options. */
export type VerifierArguments = Arguments<keyof typeof VERIFIER_OPTIONS>;

const ONLY_WITH_GOOGLE = ['hosted-domain', 'authorized-party', 'require-verified-email', 'nonce'] as const;

/** What the preset settles, and lets no one change. */
const NOT_WITH_GOOGLE = ['issuer', 'any-issuer', 'any-audience', 'alg', 'typ'] as const;

/** The library's names for the options, as they stand in its messages. */
const VERIFIER_FLAGS: ReadonlyMap<string, string> = new Map([
  ['algorithms', '--alg'],
  ['requiredClaims', '--required-claim'],
  ...Object.keys(VERIFIER_OPTIONS).map((name) => [toCamelCase(name), `--${name}`] as const),
]);

/**
 * Makes the verifier that the options describe. A key file is read; nothing is fetched until a token needs a key.
 *
 * @throws {UsageError} for options that leave something undecided, exclude each other, or have impossible values.
 */
export async function openVerification(args: VerifierArguments, terminal: Terminal): Promise<Verification> {
  // Options are read before the file is: what was mistyped is told first.
  const prepare = prepareVerifications(args);
  const at = readAt(args) ?? terminal.now();
  return { at, ...prepare((await openKeySource(args)).keys, () => at) };
}

/** Seconds: the time that --at gives, if it does. */
export function readAt(args: VerifierArguments): number | undefined {
  const text = args.one('at');
  return text === undefined ? undefined : parseTime(text, '--at');
}

/**
 * Reads the options, and returns what makes the verifier out of them, keys and a clock.
 *
 * @throws {UsageError} likewise, at once or in the second step.
 */
export function prepareVerifications(args: VerifierArguments): (keys: KeyLookup, clock: () => number) => Verifications {
  refuseContradictions(args);
  const common = given({
    leeway: args.number('leeway'),
    maxTokenLength: args.number('max-token-length'),
    maxAge: args.number('max-age'),
    maxLifetime: args.number('max-lifetime'),
    requiredClaims: args.all('required-claim'),
    subject: args.one('subject'),
  });
  const make = args.has('google') ? ofGoogle : ofAnyone;
  return (keys, clock) => asUsage(() => make(args, { ...common, keys, clock }), VERIFIER_FLAGS);
}

/** Options that both kinds of verifier share, ready for either. */
interface CommonOptions {
  readonly keys: KeyLookup;
  readonly clock: () => number;
  readonly leeway?: number;
  readonly maxTokenLength?: number;
  readonly maxAge?: number;
  readonly maxLifetime?: number;
  readonly requiredClaims?: readonly string[];
  readonly subject?: string;
}

function ofGoogle(args: VerifierArguments, common: CommonOptions): Verifications {
  const verifier = createGoogleVerifier({
    ...common,
    audience: args.all('audience') ?? [],
    requireVerifiedEmail: args.has('require-verified-email'),
    ...given({ hostedDomain: args.all('hosted-domain'), authorizedParty: args.all('authorized-party') }),
  });
  const call = given({ nonce: args.one('nonce') });
  return { verify: (token) => verifier.verify(token, call), explain: (token) => explainLater(verifier, token, call) };
}

function ofAnyone(args: VerifierArguments, common: CommonOptions): Verifications {
  // Names that are not algorithms are for createVerifier to refuse.
  const algorithms = args.one('alg')?.split(',') as JwsAlgorithm[] | undefined;
  const verifier = createVerifier({
    ...common,
    issuer: args.all('issuer') ?? null,
    audience: args.all('audience') ?? null,
    ...given({ algorithms, typ: args.all('typ') }),
  });
  return { verify: (token) => verifier.verify(token), explain: (token) => explainLater(verifier, token) };
}

/** As `explain` does. Who only verifies does not load it. */
const explainLater: typeof explain = async (verifier, token, options) =>
  (await import('../explain/index.ts')).explain(verifier, token, options);

function refuseContradictions(args: VerifierArguments): void {
  const google = args.has('google');
  const wrong = (google ? NOT_WITH_GOOGLE : ONLY_WITH_GOOGLE).find((name) => args.has(name));
  if (wrong !== undefined) throw new UsageError(`--${wrong} cannot be used ${google ? 'with' : 'without'} --google`);
  if (!google && args.has('issuer') === args.has('any-issuer')) {
    throw new UsageError('whose token? Give one of --google, --issuer I and --any-issuer (RFC 7519 §4.1.1)');
  }
  if (args.has('audience') === args.has('any-audience')) {
    const choice = google ? 'Give --audience ID, your client ID' : 'Give one of --audience A and --any-audience';
    throw new UsageError(`a token for whom? ${choice} (RFC 7519 §4.1.3)`);
  }
}

function toCamelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
