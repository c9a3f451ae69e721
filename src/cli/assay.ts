#!/usr/bin/env node
/**
 * The executable `assay`: the one file of the command that touches the process.
 *
 * @module
 */

import process from 'node:process';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { judgeForMain } from './batch/judge.ts';
import { runCli } from './cli.ts';
import { EXIT } from './exit-status.ts';

if (isMainThread) runForShell();
else if (parentPort !== null) judgeForMain(parentPort, workerData);

function runForShell(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // A reader that has seen enough, as in `assay keys FILE | head -1`, is no fault. A full disk is: nothing was told.
      if (error.code !== 'EPIPE') process.exit(EXIT.undecided);
    });
  }
  const { stdin, stdout, stderr, env } = process;
  const terminal = { stdin, stdout, stderr, env, now: () => Date.now() / 1000, whenStopped, startThread };
  void runCli(process.argv.slice(2), terminal).then((status) => {
    // Not process.exit: what was written to a pipe may still be on its way.
    process.exitCode = status;
  });
}

/** Once only: whoever asks a second time is not made to wait. */
function whenStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

/** This very file again, so that a thread is found wherever the command is. */
function startThread(data: unknown): Worker {
  return new Worker(new URL(import.meta.url), { workerData: data });
}
