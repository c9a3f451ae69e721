/**
 * `assay verify`: accepts or refuses one token.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import type { VerifiedJwt } from '../jose/jwt.ts';
import { readArguments } from './arguments.ts';
import { tokenTable } from './claims-table.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-status.ts';
import { printable, printableJson } from './printable.ts';
import { painter, type Terminal } from './terminal.ts';
import { formatTime } from './time.ts';
import { readToken } from './token-input.ts';
import { tellRefusal } from './verdict.ts';
import { openVerification, VERIFIER_HELP, VERIFIER_OPTIONS } from './verifier-options.ts';

const VERIFY_OPTIONS = { ...VERIFIER_OPTIONS, json: 'switch' } as const;

export const verify: Command = {
  name: 'verify',
  summary: 'accepts or refuses a token',
  help: `\
assay verify [TOKEN | -] --google --audience ID [options]
assay verify [TOKEN | -] --issuer I --audience A [--keys URL|FILE] [options]

Verifies a token. Without TOKEN, or with "-", it is read from standard input,
where it stays out of the shell's history.

${VERIFIER_HELP}

Output
  --json                      one object: { ok: true, header, claims, key } or
                              { ok: false, code, rule, claim?, skew? }

Exit status: 0 accepted, 1 refused, 2 called wrongly, 3 could not decide: the
keys could not be had.

Examples
  assay verify --google --audience my-client-id - < token.txt
  assay verify --google --audience my-client-id --keys google.json < token.txt
  assay verify --issuer https://a.example --audience b < token.txt
  assay verify --issuer https://a.example --audience b --keys a.pem < token.txt
`,
  async run(argv, terminal) {
    const args = readArguments(argv, VERIFY_OPTIONS, 1);
    const json = args.has('json');
    const { at, verify: verifyToken } = await openVerification(args, terminal);
    try {
      const jwt = await verifyToken(await readToken(args.positionals[0], terminal));
      terminal.stdout.write(json ? acceptedAsJson(jwt) : acceptedInWords(jwt, at, terminal));
      return EXIT.accepted;
    } catch (error) {
      if (error instanceof JwtError) return tellRefusal(error, json, terminal);
      throw error;
    }
  },
};

function acceptedAsJson({ header, claims, key }: VerifiedJwt): string {
  return `${printableJson({ ok: true, header, claims, key })}\n`;
}

function acceptedInWords(jwt: VerifiedJwt, at: number, { stdout, env }: Terminal): string {
  const { header, claims, key } = jwt;
  const paint = painter(stdout, env);
  const kid = key.kid === undefined ? 'a key without an ID' : `key ${printable(key.kid)}`;
  const heading = `${paint('green', 'accepted')} ${key.alg}, ${kid}, at ${formatTime(at) ?? String(at)}`;
  return `${heading}\n${tokenTable(header, claims, paint, at)}`;
}
