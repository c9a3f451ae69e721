/**
 * `assay explain`: tells the verification of a token step by step, and what to do where it is refused.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import type { Explanation } from '../explain/index.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { EXIT, type ExitStatus } from './exit-status.ts';
import { printableJson } from './printable.ts';
import { painter, type Terminal } from './terminal.ts';
import { readToken } from './token-input.ts';
import { UsageError } from './usage-error.ts';
import { openVerification, VERIFIER_HELP, VERIFIER_OPTIONS } from './verifier-options.ts';

const EXPLAIN_OPTIONS = { ...VERIFIER_OPTIONS, json: 'switch', format: 'value' } as const;

const FORMATS = ['text', 'json', 'html'] as const;
type Format = (typeof FORMATS)[number];

/** Stands in for what standard input had too much of: longer than any verifier may accept. */
const TOO_LONG = 'x'.repeat(1_000_001);

export const explainCommand: Command = {
  name: 'explain',
  summary: 'tells a verification step by step',
  help: `\
assay explain [TOKEN | -] --google --audience ID [options]
assay explain [TOKEN | -] --issuer I --audience A [--keys URL|FILE] [options]

Verifies a token as \`assay verify\` does, and tells every step and rule: what
was looked at, and for a refusal the likely cause and the next step. Prints
what the token says: it is for the token's owner, not for logs. Nothing is sent
anywhere.

${VERIFIER_HELP}

Output
  --format ${FORMATS.join('|')}     text for a terminal, one JSON object, or a
                              fragment of HTML (text)
  --json                      the same as --format json

Exit status: 0 accepted, 1 refused, 2 called wrongly, 3 could not decide: the
keys could not be had.

Examples
  assay explain --google --audience my-client-id - < token.txt
  assay explain --issuer https://a.example --audience b --keys a.pem < token.txt
`,
  options: EXPLAIN_OPTIONS,
  async run(argv, terminal) {
    const args = readArguments(argv, EXPLAIN_OPTIONS, 1);
    const format = readFormat(args.one('format'), args.has('json'));
    const { explain } = await openVerification(args, terminal);
    const explanation = await explain(await readAnyToken(args.positionals[0], terminal));
    terminal.stdout.write(await rendered(explanation, format, terminal));
    return statusOf(explanation);
  },
};

function readFormat(format: string | undefined, json: boolean): Format {
  if (json && format !== undefined) throw new UsageError('--json and --format exclude each other');
  const name = json ? 'json' : (format ?? 'text');
  const known = FORMATS.find((one) => one === name);
  if (known === undefined) throw new UsageError(`--format expected ${FORMATS.join(', ')}`);
  return known;
}

/** What is too long to be read is told like any other refusal. */
async function readAnyToken(argument: string | undefined, terminal: Terminal): Promise<string> {
  try {
    return await readToken(argument, terminal);
  } catch (error) {
    if (error instanceof JwtError && error.code === 'token_too_long') return TOO_LONG;
    throw error;
  }
}

async function rendered(explanation: Explanation, format: Format, { stdout, env }: Terminal): Promise<string> {
  const { toHtml, toJson, toText } = await import('../explain/index.ts');
  switch (format) {
    case 'text': return toText(explanation, { paint: painter(stdout, env) });
    case 'json': return `${printableJson(toJson(explanation))}\n`;
    case 'html': return toHtml(explanation);
  }
}

function statusOf({ error }: Explanation): ExitStatus {
  if (error === undefined) return EXIT.accepted;
  return error.code === 'keys_unavailable' ? EXIT.undecided : EXIT.refused;
}
