/**
 * `assay playground`: the teaching page with the local issuer inside, until it is stopped.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { createGoogleVerifier } from '../google/id-token.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-status.ts';
import { listenOrUsage, readPort } from './listening.ts';
import { UsageError } from './usage-error.ts';

/** Where the playground is, unless it is told otherwise. */
const PLAYGROUND_PORT = '8787';

// Two folders up is the package, from the source as from what is built of it. HTML and CSS are served as they were
// written; the scripts are what the compiler made of the files beside them.
const FOLDERS = {
  page: new URL('../../src/server/playground/page/', import.meta.url),
  scripts: new URL('../../dist/server/playground/page/', import.meta.url),
  sources: new URL('../../src/', import.meta.url),
};

const PLAYGROUND_OPTIONS = { port: 'value' } as const;

export const playground: Command = {
  name: 'playground',
  summary: 'a page that shows how a token is verified, and attacked',
  help: `\
assay playground [--port N]

Serves a page on 127.0.0.1 with a local issuer inside: mint a token, watch the
checks being made in order, and break it to see which one catches you. Nothing
leaves this machine; tokens that are pasted are neither logged nor stored.

The first line on standard output is its address. It runs until it is stopped:
Ctrl-C, or SIGTERM.

  --port N  0 lets the system choose one (PORT, else ${PLAYGROUND_PORT})

With GOOGLE_CLIENT_ID set to the client ID of an application of yours at Google,
whose authorized JavaScript origins have http://localhost, and the same with the
port, the sign-in demo has a page with Google's own button. It needs a network.

Exit status: 0 stopped, 2 called wrongly, or the port cannot be had.

Example
  assay playground --port 8080
`,
  options: PLAYGROUND_OPTIONS,
  async run(argv, { stdout, stderr, env, now, whenStopped }) {
    const args = readArguments(argv, PLAYGROUND_OPTIONS, 0);
    const port = readPort(args.one('port'), { PORT: env['PORT'] || PLAYGROUND_PORT });
    const clientId = readClientId(env['GOOGLE_CLIENT_ID']);
    if (!existsSync(FOLDERS.scripts)) throw new UsageError('the page is not built: npm run build');
    // Before it listens: whoever reads its address may stop it at once.
    const stopped = whenStopped();
    const google = clientId === undefined ? {} : { google: { clientId, verifier: createGoogleVerifier({ audience: clientId }) } };
    const { listenPlayground } = await import('../server/playground/playground.ts');
    const listener = await listenOrUsage(() => listenPlayground(port, { folders: FOLDERS, clock: now, ...google }));
    stdout.write(`${listener.url}\n`);
    stderr.write('Open it in a browser. Ctrl-C ends it.\n');
    await stopped;
    await listener.drain(0);
    return EXIT.accepted;
  },
};

/** An unset variable and an empty one are the same to most shells. */
function readClientId(text = ''): string | undefined {
  if (!/^[\w.-]{0,255}$/.test(text)) throw new UsageError('GOOGLE_CLIENT_ID expected a client ID');
  return text === '' ? undefined : text;
}
