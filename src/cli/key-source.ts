/**
 * Where the keys of a verification come from: a file, a URL, or whoever the token's issuer must be.
 *
 * @module
 */

import { GOOGLE_CERTIFICATES_URL, GOOGLE_JWKS_URL } from '../google/key-urls.ts';
import { JwtError } from '../jose/errors.ts';
import { createKeySet, type KeySet } from '../jose/key-set.ts';
import { discoverKeySet } from '../keys/discovery.ts';
import { createRemoteKeySet, type RemoteKeySet } from '../keys/remote-key-set.ts';
import { readRemoteOptions, type RemoteKeySetOptions } from '../keys/remote-options.ts';
import { given, type Arguments } from './arguments.ts';
import { readKeyFile, type KeyFile } from './key-file.ts';
import { printableJson } from './printable.ts';
import { asUsage, UsageError } from './usage-error.ts';

/** The options that say how a URL is fetched, for every command that may do so. */
export const FETCH_OPTIONS = { 'allow-loopback-http': 'switch', 'timeout': 'value' } as const;

type FetchArguments = Arguments<keyof typeof FETCH_OPTIONS>;
/** Keys, and where they are from: a file that has been read, or the network. */
export type KeySource =
  | { readonly from: 'file'; readonly keys: KeySet; readonly file: KeyFile }
  | { readonly from: 'network'; readonly keys: RemoteKeySet };

type KeyName = 'google' | 'issuer' | 'keys' | 'key-format' | 'ignore-certificate-dates';
type KeyArguments = Arguments<KeyName | keyof typeof FETCH_OPTIONS>;

/** The library's names for the options of fetching -> how they were typed. */
export const FETCH_FLAGS: ReadonlyMap<string, string> = new Map([
  ['issuer', '--issuer'], ['timeout', '--timeout'], ['allowLoopbackHttp', '--allow-loopback-http'],
]);

/** Says whether a location is a URL. A drive letter of Windows is not a scheme. */
export function isUrl(location: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(location);
}

/**
 * What the command line says about fetching. The cache's clock is not among it: `--at` is about tokens, not the network.
 *
 * @throws {UsageError} for an impossible value.
 */
export function fetchOptions(args: FetchArguments): Pick<RemoteKeySetOptions, 'allowLoopbackHttp' | 'timeout'> {
  const timeout = args.number('timeout');
  const options = { allowLoopbackHttp: args.has('allow-loopback-http'), ...given({ timeout }) };
  asUsage(() => readRemoteOptions(options, 'fetching'), FETCH_FLAGS);
  return options;
}

/**
 * Opens the source of keys for a verifier. A file is read; nothing is fetched until a token asks for it.
 *
 * A key file that is malformed, or is one key that cannot be used, is a mistake in the call: no token was judged.
 *
 * @throws {UsageError} when there is no such source.
 */
export async function openKeySource(args: KeyArguments): Promise<KeySource> {
  const keys = args.one('keys');
  const file = keys !== undefined && !isUrl(keys) ? keys : undefined;
  if (args.has('key-format') && (!args.has('google') || keys !== undefined)) {
    throw new UsageError("--key-format is for Google's own keys: with --google, without --keys");
  }
  if (args.has('ignore-certificate-dates') && file === undefined) {
    throw new UsageError('--ignore-certificate-dates is for archives: it needs --keys FILE (RFC 5280 §4.1.2.5)');
  }
  if (file !== undefined) return openKeyFile(file, args.has('ignore-certificate-dates'));
  return { from: 'network', keys: openRemote(args) };
}

function openRemote(args: KeyArguments): RemoteKeySet {
  const url = args.one('keys');
  if (url !== undefined) return openUrl(url, args, '--keys');
  if (args.has('google')) return openUrl(googleUrl(args.one('key-format')), args, '--google');
  return discover(args);
}

async function openKeyFile(path: string, ignoreCertificateDates: boolean): Promise<KeySource> {
  try {
    const file = await readKeyFile(path);
    return { from: 'file', keys: createKeySet(file, { ignoreCertificateDates }), file };
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    throw new UsageError(`the keys in ${printableJson(path)} cannot be used: ${error.message} (${error.rule})`);
  }
}

function openUrl(url: string, args: FetchArguments, flag: string): RemoteKeySet {
  const options = fetchOptions(args);
  return asUsage(() => createRemoteKeySet(url, options), new Map([...FETCH_FLAGS, ['url', flag]]));
}

function googleUrl(format = 'jwk'): string {
  if (format === 'jwk') return GOOGLE_JWKS_URL;
  if (format === 'x509') return GOOGLE_CERTIFICATES_URL;
  throw new UsageError('--key-format expected jwk or x509');
}

const BY_DISCOVERY = 'without --keys URL|FILE, keys are found by discovery (OIDC Discovery §4)';

/** Several values of --issuer are spellings of one authority, and it is not for us to choose whom of them to ask. */
function discover(args: KeyArguments): RemoteKeySet {
  const [issuer, ...others] = args.all('issuer') ?? [];
  if (issuer === undefined) {
    throw new UsageError('whose keys? With --any-issuer, --keys URL|FILE is needed (RFC 7515 §6)');
  }
  if (others.length > 0) throw new UsageError(`${BY_DISCOVERY}, which takes exactly one --issuer`);
  const options = fetchOptions(args);
  return asUsage(() => discoverKeySet(issuer, options), FETCH_FLAGS, `${BY_DISCOVERY}: `);
}

