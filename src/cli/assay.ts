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
  let outlived = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // A reader that has seen enough, as in `assay keys FILE | head -1`, is no fault. A full disk is: nothing was told.
      if (error.code !== 'EPIPE' && !outlived) process.exit(EXIT.undecided);
    });
  }
  const { stdin, stdout, stderr, env } = process;
  const outliveOutputs = (): void => void (outlived = true);
  const terminal = { stdin, stdout, stderr, env, now: () => Date.now() / 1000, whenStopped, outliveOutputs, startThread };
  void runCli(process.argv.slice(2), terminal).then((status) => {
    // Not process.exit: what was written to a pipe may still be on its way.
    process.exitCode = status;
  });
}

/** Once only: whoever asks a second time, by whichever signal, is not made to wait. */
function whenStopped(): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  return new Promise((resolve) => {
    const stop = (): void => {
      for (const signal of signals) process.off(signal, stop);
      resolve();
    };
    for (const signal of signals) process.on(signal, stop);
  });
}

/** This very file again, so that a thread is found wherever the command is. */
function startThread(data: unknown): Worker {
  return new Worker(new URL(import.meta.url), { workerData: data });
}
