/**
 * A command that listens, in this very process: for mutation testing, whose mutants no other process knows of.
 *
 * @module
 */

import { runCli } from '../../src/cli/cli.ts';
import { noThreads } from '../cli/run.ts';
import type { Started } from '../cli/processes.ts';

/** Like a process that was started. A signal, whichever, asks it to end as SIGTERM would. */
export type StartedHere = Omit<Started, 'child'> & { readonly child: { readonly exitCode: number | null; readonly kill: () => void } };

/** Runs a command line until it is told to end. */
export function startHere(argv: readonly string[], input: string): StartedHere {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({ write: (text: string | Uint8Array) => void (written[name] += String(text)) });
  let kill = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (kill = resolve));
  const child: { exitCode: number | null; readonly kill: () => void } = { exitCode: null, kill };
  const ended = runCli(argv, {
    stdin: textOf(input), stdout: output('stdout'), stderr: output('stderr'), env: {}, now: () => Date.now() / 1000,
    whenStopped: () => stopped, startThread: noThreads,
  }).then((status) => {
    child.exitCode = status;
    return { status, ...written };
  });
  return { child, written, ended };
}

async function* textOf(input: string): AsyncGenerator<string> {
  yield input;
}
