/**
 * Runs a command line in this process, against streams that remember.
 *
 * @module
 */

import { expect } from 'vitest';
import { runCli } from '../../src/cli/cli.ts';

export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  /** What standard input gives, in chunks. Default: nothing, and it is a terminal. */
  readonly stdin?: string | Iterable<Uint8Array | string>;
  /** Whether the outputs are terminals. */
  readonly tty?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly now?: number;
  /** Told of all that is written, as it is written. */
  readonly onWrite?: (stream: 'stdout' | 'stderr', text: string) => void;
  /** When the command is asked to end. Default: never. */
  readonly stopped?: Promise<void>;
}

/** The time at which tests run, unless they say otherwise. */
export const NOW = 1_700_000_000;

export async function run(argv: readonly string[], surroundings: Surroundings = {}): Promise<Run> {
  const { stdin, tty = false, env = {}, now = NOW, onWrite, stopped = new Promise<void>(() => {}) } = surroundings;
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY: tty,
    write: (text: string | Uint8Array) => {
      written[name] += text;
      onWrite?.(name, String(text));
    },
  });
  const status = await runCli(argv, {
    stdin: Object.assign(chunksOf(stdin), { isTTY: stdin === undefined }),
    stdout: output('stdout'),
    stderr: output('stderr'),
    env,
    now: () => now,
    whenStopped: () => stopped,
    startThread: noThreads,
  });
  return { status, ...written };
}

/** Tests of what runs on threads are against the process itself. */
export function noThreads(): never {
  throw new Error('no threads here');
}

async function* chunksOf(stdin: Surroundings['stdin']): AsyncGenerator<Uint8Array | string> {
  yield* typeof stdin === 'string' ? [stdin] : (stdin ?? []);
}

/** What `assay verify --json` says of a token in a word: `accepted`, or a refusal code. */
export async function codeOf(token: string, ...options: string[]): Promise<string> {
  const { status, stdout, stderr } = await run(['verify', token, ...options, '--json']);
  expect(stderr).toBe('');
  const verdict = JSON.parse(stdout);
  expect(status).toBe(verdict.ok ? 0 : 1);
  return verdict.ok ? 'accepted' : verdict.code;
}
