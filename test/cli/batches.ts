/**
 * `assay verify --batch` as it is built, in a process that can be talked to: threads are started from files that Node can read.
 *
 * @module
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { buildPackage, type BuiltPackage } from '../../bench/built.ts';
import { start } from './processes.ts';
import type { Run } from './run.ts';

const built: BuiltPackage = await buildPackage();
afterAll(() => built.remove());

/** The words that start the built command. */
export const ASSAY: readonly string[] = [process.execPath, join(built.folder, 'cli', 'assay.js')];

export interface Batch extends Run {
  readonly verdicts: readonly Verdict[];
}

export interface Verdict {
  readonly ok: boolean;
  readonly code?: string;
  readonly claims?: { readonly sub?: string };
}

/** Runs a batch to its end. */
export async function runBatch(argv: readonly string[], stdin = ''): Promise<Batch> {
  const run = await start([...ASSAY, 'verify', '--batch', ...argv], { stdin }).ended;
  return { ...run, verdicts: readVerdicts(run.stdout) };
}

export function readVerdicts(stdout: string): Verdict[] {
  return stdout === '' ? [] : stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
}

/** "accepted", or the refusal code. */
export function wordOf({ ok, code = '' }: Verdict): string {
  return ok ? 'accepted' : code;
}

/** A batch whose input stays open. */
export class Conversation {
  readonly child: ChildProcess;
  readonly written = { stdout: '', stderr: '' };
  readonly ended: Promise<Batch>;

  constructor(argv: readonly string[]) {
    const [file = '', ...words] = [...ASSAY, 'verify', '--batch', '-', ...argv];
    this.child = spawn(file, words, { stdio: ['pipe', 'pipe', 'pipe'] });
    for (const name of ['stdout', 'stderr'] as const) {
      this.child[name]?.setEncoding('utf8').on('data', (text: string) => (this.written[name] += text));
    }
    this.child.stdin?.on('error', () => undefined);
    this.ended = once(this.child, 'close').then(([status]) => {
      return { status: status ?? -1, ...this.written, verdicts: readVerdicts(this.written.stdout) };
    });
  }

  /** Sends lines, and resolves to their verdicts. */
  async ask(...lines: readonly string[]): Promise<string[]> {
    const before = this.verdictCount;
    this.child.stdin?.write(lines.map((line) => `${line}\n`).join(''));
    await this.until(() => this.verdictCount >= before + lines.length);
    return readVerdicts(this.written.stdout).slice(before).map(wordOf);
  }

  end(): Promise<Batch> {
    this.child.stdin?.end();
    return this.ended;
  }

  get verdictCount(): number {
    return this.written.stdout.split('\n').length - 1;
  }

  /** Waits for a condition, which may come true whenever something was written. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.child.exitCode !== null) throw new Error(`it has ended: ${this.written.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
