/**
 * `assay sign`: signs claims with a private key, for tests and for tokens of your own.
 *
 * @module
 */

import { isJsonObject, parseJsonObject, type JsonObject } from '../jose/json.ts';
import type { JwsAlgorithm } from '../jose/jwa.ts';
import { JwtError } from '../jose/errors.ts';
import { signJwt } from '../jose/sign.ts';
import { readArguments } from './arguments.ts';
import { MAX_FILE_OCTETS, readFileBounded, readStdin } from './bounded-input.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-status.ts';
import { readKeyFile, type KeyFile } from './key-file.ts';
import { printableJson } from './printable.ts';
import type { Terminal } from './terminal.ts';
import { asUsage, UsageError } from './usage-error.ts';

const SIGN_OPTIONS = { key: 'value', claims: 'value', alg: 'value', kid: 'value', typ: 'value' } as const;

/** The library's names for the options, as they stand in its messages. */
const SIGN_FLAGS: ReadonlyMap<string, string> = new Map([
  ['privateKey', '--key'], ['claims', '--claims'], ['alg', '--alg'], ['kid', '--kid'], ['typ', '--typ'],
]);

export const sign: Command = {
  name: 'sign',
  summary: 'signs claims with a private key',
  help: `\
assay sign --key FILE --claims JSON|@FILE|- [--alg A] [--kid K] [--typ T]

Signs a claims set and prints the token. The claims are signed as they are:
"exp" is for you to set, and without it no verifier here accepts the token.

  --key FILE      the private key, or the secret for HS*: a PEM or a JWK
  --claims JSON   the claims; @FILE reads a file, - standard input
  --alg A         a JWK's own, else RS256, ES*, EdDSA or HS256 by its type
  --kid K         "kid" of the header (a JWK's own)
  --typ T         "typ" of the header (JWT)

Exit status: 0 signed, 2 called wrongly.

Example
  assay sign --key private.pem --claims '{"iss":"https://issuer.example","exp":4102444800}'
`,
  options: SIGN_OPTIONS,
  async run(argv, terminal) {
    const args = readArguments(argv, SIGN_OPTIONS, 0);
    const [path, claimsArgument] = [args.one('key'), args.one('claims')];
    if (path === undefined) throw new UsageError('which key? This command needs --key FILE');
    if (claimsArgument === undefined) throw new UsageError('which claims? This command needs --claims');
    const key = await readPrivateKey(path);
    const claims = await readClaims(claimsArgument, terminal);
    const options = { ...namedBy(key), ...typed({ alg: args.one('alg'), kid: args.one('kid'), typ: args.one('typ') }) };
    refuseOtherAlgorithm(key, options.alg);
    terminal.stdout.write(`${asUsage(() => signJwt(claims, key, options), SIGN_FLAGS)}\n`);
    return EXIT.accepted;
  },
};

type SignOptions = { alg?: JwsAlgorithm; kid?: string; typ?: string };

async function readPrivateKey(path: string): Promise<JsonObject | string> {
  let file: KeyFile;
  try {
    file = await readKeyFile(path);
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    throw new UsageError(`the key in ${printableJson(path)} cannot be read: ${error.message} (${error.rule})`);
  }
  if (typeof file === 'string' || isJsonObject(file)) return file;
  throw new UsageError('--key expected one PEM or one JWK (RFC 7517 §4)');
}

async function readClaims(argument: string, terminal: Terminal): Promise<JsonObject> {
  const octets = await readClaimsOctets(argument, terminal);
  if (octets === undefined) throw new UsageError('--claims has more than 1 MiB');
  return asUsage(() => parseJsonObject(octets, 'the claims set'), SIGN_FLAGS, '--claims: ');
}

async function readClaimsOctets(argument: string, terminal: Terminal): Promise<Uint8Array | undefined> {
  if (argument === '-') return readStdin(terminal, MAX_FILE_OCTETS);
  if (argument.startsWith('@')) return readFileBounded(argument.slice(1));
  return Buffer.from(argument, 'utf8');
}

/** What a JWK says of itself goes into the header, unless the command line says otherwise. */
function namedBy(key: JsonObject | string): SignOptions {
  if (typeof key === 'string') return {};
  return typed({ alg: stringMember(key, 'alg'), kid: stringMember(key, 'kid') });
}

/** RFC 7517 §4.4: a key that names its algorithm is for no other. */
function refuseOtherAlgorithm(key: JsonObject | string, alg: string | undefined): void {
  const own = typeof key === 'string' ? undefined : stringMember(key, 'alg');
  if (own !== undefined && own !== alg) throw new UsageError('--alg is not the "alg" of the key (RFC 7517 §4.4)');
}

function stringMember(key: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(key, name) ? key[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Leaves out what was not given. Names that are not algorithms are for signJwt to refuse. */
function typed(options: Readonly<Record<string, string | undefined>>): SignOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as SignOptions;
}
