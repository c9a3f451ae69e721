/**
 * Stryker, asked about one file at a time, in a copy of the tree.
 *
 * File by file, because a long run may be interrupted: what is done is kept, and told as soon as it is known.
 *
 * @module
 */

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyTree, ROOT, type Tree } from '../planted/tree.ts';
import { testFilesOf } from './asked.ts';
import { readReport, readTestFiles, withoutSurvivors, type FileReport } from './report.ts';

export const HERE: string = join(ROOT, 'test', 'mutation');
const MODULES = join(HERE, 'node_modules');
/** What is known of each file from earlier runs, in Stryker's own form. */
const RESULTS = join(HERE, 'results');

/** How a file is asked about. */
export interface Asking {
  /** Whether a mutant that was killed by a test that is still there, by its name, is taken for killed again. */
  readonly again: boolean;
  /** Processes that run tests at once. */
  readonly concurrency: number;
}

/** Stryker in a copy of the tree as it is now. */
export interface Stryker {
  /**
   * @param explains says of each mutant that lived why it must: then no other test need be asked about it
   * @throws {Error} when Stryker fails, or was interrupted.
   */
  readonly mutate: (file: string, asking: Asking, explains: (report: FileReport) => boolean) => Promise<FileReport>;
  readonly interrupt: () => void;
  readonly remove: () => void;
}

/** Installs Stryker where it is not there yet. */
export function installStryker(say: (text: string) => void): void {
  if (existsSync(join(MODULES, '@stryker-mutator', 'core'))) return;
  say('installing Stryker\n');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', HERE], {
    stdio: 'inherit',
    shell: process.platform === 'win32', // npm is a script there
  });
}

/** Copies the tree. */
export function openStryker(): Stryker {
  const tree = copyTree(MODULES);
  // The Stryker of the copy finds its plugins, and the tests their vitest, through the link.
  symlinkSync(MODULES, join(tree.path, 'test', 'mutation', 'node_modules'), 'junction');
  mkdirSync(RESULTS, { recursive: true });
  let running: ChildProcess | undefined;
  return {
    mutate: async (file, asking, explains) => {
      const ask = async (near: string | undefined, again: boolean): Promise<void> => {
        running = start(tree, file, { ...asking, again, near });
        const [code, signal]: readonly unknown[] = await once(running, 'close');
        if (code !== 0) throw new Error(`Stryker ended with ${String(signal ?? code)}`);
      };
      // The tests that bear the file's name first: they take a tenth of the time, and few mutants are left for the others.
      const near = nearTests(file);
      const told = join(tree.path, 'mutation.json');
      const reportOf = (): FileReport | undefined => readReport(told).find((found) => found.file === file);
      if (near !== undefined && !asking.again) {
        await ask(near, false);
        const report = reportOf();
        if (report !== undefined && explains(report)) return report;
      }
      await ask(undefined, asking.again || near !== undefined);
      const report = reportOf();
      if (report !== undefined) expectAllAsked(file, tree, readTestFiles(told));
      // Stryker says nothing of a file in which there is nothing to change.
      return report ?? { file, killed: 0, endless: [], ignored: 0, survivors: [] };
    },
    interrupt: () => void running?.kill('SIGINT'),
    remove: tree.remove,
  };
}

/** @throws {Error} for a test file of which nothing was asked: every mutant that only it would kill has lived. */
function expectAllAsked(file: string, { path }: Tree, asked: readonly string[]): void {
  const missing = testFilesOf(file.split('/')[1] ?? '', path).filter((test) => !asked.includes(test));
  if (missing.length > 0) throw new Error(`cannot be read, so that nothing was asked of them: ${missing.join(' ')}`);
}

/** The pattern of the tests that bear the name of a file, or the first word of it; else of those of its folder, where that lies in a floor's. */
function nearTests(file: string): string | undefined {
  const [, folder = '', name = ''] = /^src\/(.+)\/(.+)\.ts$/.exec(file) ?? [];
  const tests = readdirSync(join(ROOT, 'test', folder)).filter((test) => test.endsWith('.test.ts'));
  const known = [name, name.replace(/-.*/, '')].find((stem) => tests.some((test) => test.startsWith(stem)));
  if (known !== undefined) return `test/${folder}/${known}*.test.ts`;
  return folder.includes('/') ? `test/${folder}/*.test.ts` : undefined;
}

/** @param near the tests to ask, in place of all that lead through the folder */
function start({ path }: Tree, file: string, { again, concurrency, near }: Asking & { near: string | undefined }): ChildProcess {
  const [stryker, report] = ['node_modules/@stryker-mutator/core/bin/stryker.js', 'mutation.json'];
  rmSync(join(path, report), { force: true });
  const results = join(RESULTS, `${file.replace(/^src\//, '').replaceAll('/', '-')}.json`);
  // Stryker itself would ask again only where it saw a new test reach the mutant, and of what runs on loading it sees nothing.
  if (again && existsSync(results)) writeFileSync(results, withoutSurvivors(results));
  const options = [
    '--mutate', file, '--concurrency', String(concurrency), '--incremental', '--incrementalFile', results,
    // How far it is, for a person; a file gets the results alone.
    '--logLevel', 'warn', '--reporters', process.stderr.isTTY ? 'json,progress' : 'json',
  ];
  return spawn(process.execPath, [join(path, stryker), 'run', 'test/mutation/stryker.json', ...options,
    ...(again ? [] : ['--force'])], {
    cwd: path,
    stdio: ['ignore', process.stderr, process.stderr],
    env: { ...process.env, MUTATION_FOLDER: file.split('/')[1], ...(near === undefined ? {} : { MUTATION_NEAR: near }) },
  });
}
