/**
 * `assay decode`: shows what a token says, and believes none of it.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import { readUnverified, type UnverifiedJwt } from '../jose/jwt.ts';
import { readArguments } from './arguments.ts';
import { tokenTable } from './claims-table.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-status.ts';
import { printableJson } from './printable.ts';
import { painter, type Terminal } from './terminal.ts';
import { readToken } from './token-input.ts';
import { tellRefusal } from './verdict.ts';

const WARNING = 'not verified: anyone can have written this';

const DECODE_OPTIONS = { json: 'switch' } as const;

export const decode: Command = {
  name: 'decode',
  summary: 'shows what a token says, unverified',
  help: `\
assay decode [TOKEN | -] [--json]

Decodes a token and verifies nothing: neither its signature nor any claim.
Without TOKEN, or with "-", it is read from standard input.

  --json   one object: { verified: false, header, claims } or
           { ok: false, code, rule }

Exit status: 0 decoded, 1 not a token, 2 called wrongly.

Example
  assay decode < token.txt
`,
  options: DECODE_OPTIONS,
  async run(argv, terminal) {
    const args = readArguments(argv, DECODE_OPTIONS, 1);
    const json = args.has('json');
    try {
      const jwt = readUnverified(await readToken(args.positionals[0], terminal));
      showUnverified(jwt, json, terminal);
      return EXIT.accepted;
    } catch (error) {
      if (error instanceof JwtError) return tellRefusal(error, json, terminal);
      throw error;
    }
  },
};

function showUnverified({ header, claims }: UnverifiedJwt, json: boolean, terminal: Terminal): void {
  const { stdout, stderr, env } = terminal;
  if (json) {
    // Not "ok": a script that mistakes this command for `verify` must find nothing that says yes.
    stdout.write(`${printableJson({ verified: false, header, claims })}\n`);
    stderr.write(`assay decode: ${WARNING}\n`);
    return;
  }
  const paint = painter(stdout, env);
  stdout.write(`${paint('yellow', WARNING)}\n${tokenTable(header, claims, paint, terminal.now())}`);
}
