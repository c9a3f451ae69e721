/**
 * `assay dev-issuer`: the local issuer on a port, until it is stopped.
 *
 * @module
 */

import type { ListeningIssuer, TestAlgorithm } from '../testing/index.ts';
import { given, readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-status.ts';
import { listenOrUsage, readPort } from './listening.ts';
import { printable } from './printable.ts';
import { painter, type Paint } from './terminal.ts';
import { asUsage } from './usage-error.ts';

const DEV_ISSUER_OPTIONS = { port: 'value', host: 'value', audience: 'value', alg: 'value' } as const;

/** The library's names for the options, as they stand in its messages. */
const DEV_ISSUER_FLAGS: ReadonlyMap<string, string> = new Map([['audience', '--audience'], ['alg', '--alg']]);

export const devIssuer: Command = {
  name: 'dev-issuer',
  summary: 'a local issuer on a port, to test a sign-in offline',
  help: `\
assay dev-issuer [--port N] [--host ADDRESS] [--audience ID] [--alg A]

Listens as an issuer whose tokens look like Google's, with fresh keys, and its
own address for a name. It publishes its keys and a discovery document, and by
POST mints tokens, rotates and retires keys, and fails on demand. Whoever
reaches it can have a token for any account, so it listens on loopback only.

The first line on standard output is its address. How to use it is told on
standard error. It runs until it is stopped: Ctrl-C, or SIGTERM.

  --port N        0 lets the system choose one (PORT, else 0)
  --host ADDRESS  127.0.0.0/8 or ::1 (127.0.0.1)
  --audience ID   "aud" of its tokens (test-client.apps.googleusercontent.com)
  --alg A         RS256, ES256 or EdDSA (RS256)

Exit status: 0 stopped, 2 called wrongly, or the port cannot be had.

Example
  assay dev-issuer --port 8080
`,
  options: DEV_ISSUER_OPTIONS,
  async run(argv, terminal) {
    const { stdout, stderr, env, now, whenStopped } = terminal;
    const args = readArguments(argv, DEV_ISSUER_OPTIONS, 0);
    const port = readPort(args.one('port'), env);
    // Names that are not algorithms are for createTestIssuer to refuse.
    const alg = args.one('alg') as TestAlgorithm | undefined;
    const options = { clock: now, ...given({ audience: args.one('audience'), alg }) };
    const { createTestIssuer } = await import('../testing/index.ts');
    const issuer = asUsage(() => createTestIssuer(options), DEV_ISSUER_FLAGS);
    // Before it listens: whoever reads its address may stop it at once.
    const stopped = whenStopped();
    const server = await listenOrUsage(() => issuer.listen(port, args.one('host')));
    stdout.write(`${server.url}\n`);
    stderr.write(howToUse(server, issuer.audience, alg, painter(stderr, env)));
    await stopped;
    await server.close();
    return EXIT.accepted;
  },
};

/** Lines to be copied into a POSIX shell. */
function howToUse({ url }: ListeningIssuer, audience: string, alg: string | undefined, paint: Paint): string {
  const at = quoteForShell(url);
  const post = (path: string, body: object): string =>
    `curl -sSH content-type:application/json -d '${JSON.stringify(body)}' \\\n      ${quoteForShell(`${url}${path}`)}`;
  const verify = `assay verify --issuer ${at} --allow-loopback-http${alg === undefined ? '' : ` --alg ${alg}`} \\\n` +
    `      --audience ${quoteForShell(audience)}`;
  const uses = [
    ['A token, with a claim of yours in place of its own', post('/mint', { sub: '42' })],
    ['A token, verified by keys found by discovery', `${post('/mint', {})} |\n      ${verify}`],
    ['A new key signs, the old ones stay published', post('/rotate', {})],
    ['The old keys are published no longer', post('/retire', {})],
    ['A bad day, which {"mode":"none"} ends', post('/fail', { mode: 'down' })],
    ['What else there is', `curl -sS ${at}`],
  ];
  const lines = uses.map(([title = '', command = '']) => `  ${title}:\n    ${paint('cyan', command)}\n`);
  const warning = paint('yellow', 'Anybody on this machine can have a token for any account: for tests only.');
  return `${warning}\n\n${lines.join('')}\nCtrl-C ends it.\n`;
}

/** Nothing of it means anything to a shell (POSIX Shell §2.2.2), or, escaped, to a terminal. */
function quoteForShell(text: string): string {
  return /^[\w.:/@-]+$/.test(text) ? text : printable(`'${text.replaceAll("'", `'\\''`)}'`);
}
