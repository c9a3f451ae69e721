/**
 * `assay keys`: shows each key of a set, with its verdict.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-status.ts';
import { readKeySet } from './key-source.ts';
import { reportKeys, type KeyReport } from './key-verdict.ts';
import { printable, printableJson } from './printable.ts';
import { painter, type Paint, type Terminal } from './terminal.ts';
import { parseTime } from './time.ts';
import { UsageError } from './usage-error.ts';
import { tellRefusal } from './verdict.ts';

export const keys: Command = {
  name: 'keys',
  summary: 'shows the keys of a set, and which of them can be used',
  help: `\
assay keys FILE [--at TIME] [--json]

Shows each key of a JWK Set, a JWK, an array of JWKs, a PEM or a map
{ kid: PEM }: whether a verifier can use it, or why not, its type and size,
"alg", "use", "kid", its thumbprint (RFC 7638) and its certificate's dates.

  --at TIME   judges certificates as of then: a NumericDate or RFC 3339 (now)
  --json      one object: { ok, keys: [{ usable, kid, kty, ... }] } or
              { ok: false, code, rule }

Exit status: 0 at least one key can be used, 1 none can, 2 called wrongly.

Example
  assay keys google.json
`,
  async run(argv, terminal) {
    const args = readArguments(argv, { at: 'value', json: 'switch' }, 1);
    const [path] = args.positionals;
    if (path === undefined) throw new UsageError('which keys? This command needs FILE');
    const at = args.one('at');
    const now = at === undefined ? terminal.now() : parseTime(at, '--at');
    try {
      const reports = reportKeys(await readKeySet(path), now);
      showKeys(reports, args.has('json'), terminal);
      return reports.some(({ usable }) => usable) ? EXIT.accepted : EXIT.refused;
    } catch (error) {
      if (error instanceof JwtError) return tellRefusal(error, args.has('json'), terminal);
      throw error;
    }
  },
};

function showKeys(reports: readonly KeyReport[], json: boolean, { stdout, env }: Terminal): void {
  const usable = reports.filter((report) => report.usable).length;
  if (json) {
    stdout.write(`${printableJson({ ok: usable > 0, keys: reports })}\n`);
    return;
  }
  const paint = painter(stdout, env);
  for (const report of reports) stdout.write(keyInWords(report, paint));
  stdout.write(`${reports.length} ${reports.length === 1 ? 'key' : 'keys'}, ${usable} usable\n`);
}

/** A key in a few lines: the verdict and what it is, then what is known of it. */
function keyInWords(report: KeyReport, paint: Paint): string {
  const { kid, kty, crv, bits, alg, use, key_ops: operations, thumbprint, notBefore, notAfter, rule, reason } = report;
  const verdict = report.usable ? paint('green', 'usable    ') : paint('red', 'not usable');
  const size = kty === undefined ? 'unreadable' : `${kty} ${crv ?? bits}`;
  const details = [
    ['why', rule && `${reason} (${rule})`],
    ['kid', kid],
    ['alg', alg],
    ['use', use],
    ['key_ops', operations?.join(' ')],
    ['thumbprint', thumbprint],
    ['certificate', notBefore && `${notBefore} to ${notAfter}`],
  ] as const;
  const lines = details
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${paint('cyan', name.padEnd(11))}  ${printable(String(value))}\n`);
  return `${verdict}  ${paint('bold', size)}\n${lines.join('')}\n`;
}
