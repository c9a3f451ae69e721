/**
 * `assay verify`: accepts or refuses one token, or each of many.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import type { VerifiedJwt } from '../jose/jwt.ts';
import { readArguments } from './arguments.ts';
import { verifyBatch } from './batch/batch.ts';
import { tokenTable } from './claims-table.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-status.ts';
import { printable } from './printable.ts';
import { painter, type Terminal } from './terminal.ts';
import { formatTime } from './time.ts';
import { readToken } from './token-input.ts';
import { UsageError } from './usage-error.ts';
import { acceptedAsJson, tellRefusal } from './verdict.ts';
import { openVerification, VERIFIER_HELP, VERIFY_OPTIONS } from './verifier-options.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'accepts or refuses a token',
  help: `\
assay verify [TOKEN | -] --google --audience ID [options]
assay verify [TOKEN | -] --issuer I --audience A [--keys URL|FILE] [options]
assay verify --batch FILE|- ... [--jobs N]

Verifies a token. Without TOKEN, or with "-", it is read from standard input,
where it stays out of the shell's history.

${VERIFIER_HELP}

Output
  --json                      one object: { ok: true, header, claims, key } or
                              { ok: false, code, rule, claim?, skew? }

Many tokens
  --batch FILE|-              one token a line, one verdict a line, as --json
                              has it, in the same order; the sum on stderr
  --jobs N                    threads (one for each core)

A line ends with LF or CRLF, the last one also without. Every line has its
verdict, an empty one and one of any length too, so that line N answers line N.
On SIGINT the lines that were read are answered, and no more are read.

Exit status: 0 accepted, 1 refused, 2 called wrongly, 3 could not decide: the
keys could not be had. Of a batch: 0 all accepted (none, too), 1 any refused, 3
any not decided, or not all was read and answered.

Examples
  assay verify --google --audience my-client-id - < token.txt
  assay verify --google --audience my-client-id --keys google.json < token.txt
  assay verify --issuer https://a.example --audience b < token.txt
  assay verify --issuer https://a.example --audience b --keys a.pem < token.txt
  assay verify --batch tokens.txt --any-issuer --audience b --keys a.pem
`,
  options: VERIFY_OPTIONS,
  async run(argv, terminal) {
    const args = readArguments(argv, VERIFY_OPTIONS, 1);
    const batch = args.one('batch');
    if (batch !== undefined && args.positionals.length > 0) throw new UsageError('--batch has the tokens: TOKEN cannot be given too');
    if (batch !== undefined) return verifyBatch(batch, argv, args, terminal);
    if (args.has('jobs')) throw new UsageError('--jobs is for many tokens: it needs --batch FILE|-');
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

function acceptedInWords(jwt: VerifiedJwt, at: number, { stdout, env }: Terminal): string {
  const { header, claims, key } = jwt;
  const paint = painter(stdout, env);
  const kid = key.kid === undefined ? 'a key without an ID' : `key ${printable(key.kid)}`;
  const heading = `${paint('green', 'accepted')} ${key.alg}, ${kid}, at ${formatTime(at) ?? String(at)}`;
  return `${heading}\n${tokenTable(header, claims, paint, at)}`;
}
