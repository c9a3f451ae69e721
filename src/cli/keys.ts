/**
 * `assay keys`: shows each key of a set, with its verdict.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { EXIT, type ExitStatus } from './exit-status.ts';
import { FETCH_OPTIONS, fetchOptions, isUrl } from './key-source.ts';
import { reportKeys, type KeyReport } from './key-verdict.ts';
import { printable, printableJson } from './printable.ts';
import { fetchKeys, readKeys, type CacheReport, type PublishedKeys } from './published-keys.ts';
import { painter, type Paint, type Terminal } from './terminal.ts';
import { durationInWords, parseTime } from './time.ts';
import { UsageError } from './usage-error.ts';
import { refusalInWords, tellRefusal, toRefusal } from './verdict.ts';

const KEYS_OPTIONS = { ...FETCH_OPTIONS, at: 'value', json: 'switch' } as const;

export const keys: Command = {
  name: 'keys',
  summary: 'shows the keys of a set, and which of them can be used',
  help: `\
assay keys URL|FILE [options]

Shows each key of a JWK Set or a map { kid: PEM }, and in a file also of a JWK,
an array of JWKs or a PEM: whether a verifier can use it, or why not, its type
and size, "alg", "use", "kid", its thumbprint (RFC 7638) and its certificate's
dates. A URL is fetched once, by the rules of a verifier: https, no redirect, at
most 256 KiB. How long the set may be kept is shown, and who says so.

  --at TIME              judges certificates as of then: a NumericDate or
                         RFC 3339 (now)
  --allow-loopback-http  lets http through to 127.0.0.0/8 and [::1]
  --timeout SECONDS      for fetching (5)
  --json                 one object: { ok, keys: [{ usable, kid, kty, ... }],
                         cache?: { lifetime, from, said? }, code?, rule? } or
                         { ok: false, code, rule }

Exit status: 0 at least one key can be used, 1 none can or the set is refused
whole, 2 called wrongly, 3 it could not be had.

Examples
  assay keys https://www.googleapis.com/oauth2/v3/certs
  assay keys google.json
`,
  options: KEYS_OPTIONS,
  async run(argv, terminal) {
    const args = readArguments(argv, KEYS_OPTIONS, 1);
    const [location] = args.positionals;
    if (location === undefined) throw new UsageError('which keys? This command needs URL or FILE');
    const at = args.one('at');
    const now = at === undefined ? terminal.now() : parseTime(at, '--at');
    const options = fetchOptions(args);
    try {
      const published = isUrl(location) ? await fetchKeys(location, options) : await readKeys(location);
      return showKeys(published, reportKeys(published.set, now), args.has('json'), terminal);
    } catch (error) {
      if (error instanceof JwtError) return tellRefusal(error, args.has('json'), terminal);
      throw error;
    }
  },
};

function showKeys(
  { refusal, cache }: PublishedKeys,
  reports: readonly KeyReport[],
  json: boolean,
  { stdout, env }: Terminal,
): ExitStatus {
  const usable = reports.filter((report) => report.usable).length;
  const status = usable > 0 ? EXIT.accepted : EXIT.refused;
  if (json) {
    const verdict = refusal === undefined ? { ok: usable > 0 } : toRefusal(refusal);
    stdout.write(`${printableJson({ ...verdict, keys: reports, ...(cache === undefined ? {} : { cache }) })}\n`);
    return status;
  }
  const paint = painter(stdout, env);
  for (const report of reports) stdout.write(keyInWords(report, paint));
  stdout.write(`${reports.length} ${reports.length === 1 ? 'key' : 'keys'}, ${usable} usable\n`);
  if (refusal !== undefined) stdout.write(`${refusalInWords(refusal, paint)}\n`);
  else if (cache !== undefined) stdout.write(`to be kept for ${cacheInWords(cache)}\n`);
  return status;
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

function cacheInWords({ lifetime, from, said }: CacheReport): string {
  const source = from === 'default' ? 'the default; it has no Cache-Control that says' : 'as its Cache-Control says';
  if (said === undefined) return `${durationInWords(lifetime)} (${source})`;
  const bound = said < lifetime ? 'the least' : 'the most';
  return `${durationInWords(lifetime)} (${bound}; its headers allow ${said === 0 ? 'nothing' : durationInWords(said)})`;
}
