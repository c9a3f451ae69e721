/**
 * The policy that a command line describes, and the keys that it brings along.
 *
 * @module
 */

import type { EspPolicy, ProviderKeys } from '../esp/index.ts';
import { createKeySet } from '../jose/key-set.ts';
import type { JwsAlgorithm } from '../jose/jwa.ts';
import { given, type Arguments } from './arguments.ts';
import { readFileBounded, readStdin } from './bounded-input.ts';
import { readKeyFile } from './key-file.ts';
import { isUrl } from './key-source.ts';
import { printableJson } from './printable.ts';
import type { Terminal } from './terminal.ts';
import { asUsage, UsageError } from './usage-error.ts';

type PolicyArguments = Arguments<
  'openapi' | 'service-name' | 'unenforced' | 'issuer' | 'audience' | 'keys' | 'alg' | 'hs-key' | 'allow-loopback-http'
>;

/** The library's names for the options, as they stand in its messages. */
export const SERVICE_FLAGS: ReadonlyMap<string, string> = new Map([
  ['issuer', '--issuer'], ['audiences', '--audience'], ['algorithms', '--alg'], ['unenforced', '--unenforced'],
  ['serviceName', '--service-name'], ['keys', '--keys'], ['url', '--keys'], ['realm', '--service-name'],
]);

/** Octets. Large services have documents of several MiB, and ten times that with their references written out. */
const MAX_DOCUMENT = 67_108_864;

const SHARED_SECRET: readonly JwsAlgorithm[] = ['HS256', 'HS384', 'HS512'];

const ONLY_WITHOUT_DOCUMENT = ['issuer', 'audience', 'keys', 'alg'] as const;
const ONLY_WITH_DOCUMENT = ['service-name', 'unenforced'] as const;

/**
 * Reads the policy: of a document, or one issuer for all paths.
 *
 * @param command that was called.
 * @throws {UsageError} for a document that is wrong, or options that do not go together.
 */
export async function openPolicy(args: PolicyArguments, terminal: Terminal, command: string): Promise<EspPolicy> {
  const file = args.one('openapi');
  const wrong = (file === undefined ? ONLY_WITH_DOCUMENT : ONLY_WITHOUT_DOCUMENT).find((name) => args.has(name));
  if (wrong !== undefined) {
    throw new UsageError(`--${wrong} cannot be used ${file === undefined ? 'without' : 'with'} --openapi`);
  }
  const { loadOpenApi, policyForAllPaths } = await import('../esp/index.ts');
  const [issuer, audiences, keys] = [args.one('issuer'), args.all('audience'), args.one('keys')];
  if (file === undefined) {
    if (issuer === undefined) throw new UsageError('whose tokens? Give --openapi FILE, or --issuer I and --audience A');
    if (audiences === undefined) throw new UsageError('a token for whom? Give --audience A (RFC 7519 §4.1.3)');
    const jwksUri = keys !== undefined && isUrl(keys) ? keys : undefined;
    return asUsage(() => policyForAllPaths({ issuer, audiences, ...given({ jwksUri }) }), SERVICE_FLAGS);
  }
  const octets = file === '-' ? await readStdin(terminal, MAX_DOCUMENT) : await readFileBounded(file, MAX_DOCUMENT);
  if (octets === undefined) throw new UsageError('the OpenAPI document has more than 64 MiB');
  const text = decodeUtf8(octets);
  const options = {
    allowLoopbackHttp: args.has('allow-loopback-http'),
    ...given({ serviceName: args.one('service-name'), unenforced: args.all('unenforced') }),
  };
  try {
    return asUsage(() => loadOpenApi(text, options), SERVICE_FLAGS);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // The line for YAML is there to be pasted: it ends in the command that was called.
    throw new UsageError(error.message.replace(/\| assay gateway (?=--openapi - \.\.\.$)/, `| assay ${command} `));
  }
}

function decodeUtf8(octets: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    throw new UsageError('the OpenAPI document is not UTF-8');
  }
}

/**
 * Keys that are here already, by issuer: --keys FILE, and the shared secrets.
 *
 * @throws {UsageError} for a file that cannot be used, or a secret of an issuer that the policy does not know.
 */
export async function readGivenKeys(
  args: PolicyArguments,
  policy: EspPolicy,
): Promise<ReadonlyMap<string, ProviderKeys>> {
  const supplied = new Map<string, ProviderKeys>();
  const [keys, issuer] = [args.one('keys'), args.one('issuer')];
  const algorithms = args.one('alg')?.split(',') as JwsAlgorithm[] | undefined;
  if (algorithms?.some((name) => SHARED_SECRET.includes(name)) === true) {
    throw new UsageError('--alg has HS*, which is for a shared secret: give that as --hs-key ISSUER=FILE');
  }
  if (keys !== undefined && issuer !== undefined && !isUrl(keys)) {
    supplied.set(issuer, { keys: await openKeys(keys, 'public keys'), ...given({ algorithms }) });
  }
  for (const pair of args.all('hs-key') ?? []) {
    const [, name = '', file = ''] = /^(.+)=([^=]+)$/.exec(pair) ?? [];
    if (name === '') throw new UsageError('--hs-key expected ISSUER=FILE');
    if (!policy.providers.some((provider) => provider.issuer === name)) {
      throw new UsageError(`--hs-key names ${printableJson(name)}, of whom no operation wants a token`);
    }
    if (supplied.has(name)) throw new UsageError(`the keys of ${printableJson(name)} were given twice`);
    supplied.set(name, { keys: await openKeys(file, 'a shared secret'), algorithms: SHARED_SECRET });
  }
  return supplied;
}

async function openKeys(path: string, wanted: 'public keys' | 'a shared secret'): Promise<ProviderKeys['keys']> {
  const file = await readKeyFile(path).catch((error: unknown) => asUsage(() => { throw error; }));
  const set = asUsage(() => createKeySet(file), new Map(), `the keys in ${printableJson(path)}: `);
  // Of the other kind it would be a server that refuses every token.
  const secrets = set.keys.filter(({ kty }) => kty === 'oct').length;
  const fits = wanted === 'a shared secret' ? secrets > 0 : secrets === 0;
  if (!fits) throw new UsageError(`the keys in ${printableJson(path)}: expected ${wanted}`);
  return set;
}
