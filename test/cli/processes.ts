/**
 * The executable in a process of its own.
 *
 * @module
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TemporaryFolder } from './key-files.ts';
import type { Run } from './run.ts';

const ASSAY = fileURLToPath(new URL('../../src/cli/assay.ts', import.meta.url));

/** The words that start the executable. */
export const NODE: readonly string[] = [process.execPath, '--import', import.meta.resolve('tsx'), ASSAY];

/** What is set where the tests run, but for what a program would take to be meant for it; no proxy is between it and this machine. */
const OUTSIDE = { ...process.env, PORT: undefined, GOOGLE_CLIENT_ID: undefined, FORCE_COLOR: undefined, no_proxy: '*', NO_PROXY: '*' };

export interface Start {
  readonly cwd?: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A file descriptor in place of a pipe. */
  readonly stdout?: number;
  /** Closes the reading end of standard output at once. */
  readonly deaf?: boolean;
}

export interface Started {
  readonly child: ChildProcess;
  /** What was written so far. */
  readonly written: { readonly stdout: string; readonly stderr: string };
  /** Its status is -1 for a process that a signal has ended. */
  readonly ended: Promise<Run>;
}

export function start([file = '', ...argv]: readonly string[], options: Start = {}): Started {
  const { cwd, stdin = '', env = {}, stdout, deaf = false } = options;
  const child = spawn(file, argv, { cwd, env: { ...OUTSIDE, ...env }, stdio: ['pipe', stdout ?? 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  if (deaf) child.stdout?.destroy();
  // A child that has seen enough closes its standard input.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(stdin);
  const ended = new Promise<Run>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? -1, ...written }));
  });
  return { child, written, ended };
}

/** Writes a shell script that starts the executable, whatever the current folder, and returns its path. */
export function writeShim(folder: TemporaryFolder, flags: readonly string[] = []): string {
  // Before the program, and behind what lets them be TypeScript.
  const words = [...NODE.slice(0, -1), ...flags, ...NODE.slice(-1)].map((word) => `'${word}'`).join(' ');
  return folder.write('assay', `#!/bin/sh\nexec ${words} "$@"\n`);
}
