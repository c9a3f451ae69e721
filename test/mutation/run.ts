/**
 * Mutation testing: changes src in every small way, and asks whether the tests notice.
 *
 *   npm run mutation [-- src/jose src/keys/held-keys.ts]
 *
 * Without names: src/jose, src/verifier, src/keys and src/google. Prints the score of each file, and every mutant that
 * lived and is not in equivalent.json. Exits 1 for one such, for one that is listed and did not live, and when less
 * than 95 % of a whole folder were killed.
 *
 * @module
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { copyTree, ROOT } from '../planted/tree.ts';
import { percentOf, readReport, type FileReport, type Mutant } from './report.ts';

const FOLDERS = ['jose', 'verifier', 'keys', 'google'];
const LEAST_PERCENT = 95;
const HERE = join(ROOT, 'test', 'mutation');
const MODULES = join(HERE, 'node_modules');

/** A mutant that no test can tell from the original, and why. */
interface Equivalent extends Mutant {
  readonly file: string;
  readonly reason: string;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function install(): void {
  if (existsSync(join(MODULES, '@stryker-mutator', 'core'))) return;
  say('installing Stryker');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', HERE], {
    stdio: 'inherit',
    shell: process.platform === 'win32', // npm is a script there
  });
}

/** Stryker on some files of one folder. Its own words go to stderr. */
function mutate(folder: string, names: readonly string[]): readonly FileReport[] {
  const tree = copyTree(MODULES);
  try {
    // The Stryker of the copy finds its plugins, and the tests their vitest, through the link.
    symlinkSync(MODULES, join(tree.path, 'test', 'mutation', 'node_modules'), 'junction');
    const stryker = join(tree.path, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
    const files = names.map((name) => (name.endsWith('.ts') ? name : `${name}/**/*.ts`)).join(',');
    const { status } = spawnSync(process.execPath, [stryker, 'run', 'test/mutation/stryker.json', '--mutate', files], {
      cwd: tree.path,
      stdio: ['ignore', process.stderr, process.stderr],
      env: { ...process.env, MUTATION_FOLDER: folder },
    });
    if (status !== 0) throw new Error(`Stryker ended with status ${status}: see above`);
    return readReport(join(tree.path, 'mutation.json'));
  } finally {
    tree.remove();
  }
}

const nameOf = (file: string, { line, from, to }: Mutant): string => [file, line, from, to].join('\n');

/** What came of one folder, or of some of its files. */
interface Verdict {
  /** How many mutants lived and are not listed, or are listed and did not live. */
  readonly wrong: number;
  /** Percent. */
  readonly score: number;
}

/** Prints what came of one folder, and sums it up. */
function judge(reports: readonly FileReport[], equivalents: readonly Equivalent[]): Verdict {
  const listed = new Set(equivalents.map((equivalent) => nameOf(equivalent.file, equivalent)));
  const lived = new Set(reports.flatMap(({ file, survivors }) => survivors.map((mutant) => nameOf(file, mutant))));
  let wrong = 0;
  for (const { file, killed, ignored, survivors } of reports) {
    const total = killed + survivors.length;
    const share = `${String(killed).padStart(4)} of ${String(total).padEnd(4)}`;
    say(`${percentOf(killed, total).padStart(6)} %  ${share} ${file}, ${ignored} left alone`);
    for (const mutant of survivors) {
      if (listed.has(nameOf(file, mutant))) continue;
      say(`          ${mutant.at}: ${mutant.from}  ->  ${mutant.to}\n${' '.repeat(14)}${mutant.line}`);
      wrong++;
    }
    for (const equivalent of equivalents) {
      if (equivalent.file !== file || lived.has(nameOf(file, equivalent))) continue;
      say(`          listed as equivalent, and did not live: ${equivalent.from}  ->  ${equivalent.to}`);
      wrong++;
    }
  }
  const killed = reports.reduce((sum, report) => sum + report.killed, 0);
  const total = killed + reports.reduce((sum, report) => sum + report.survivors.length, 0);
  say(`${percentOf(killed, total).padStart(6)} %  ${killed} of ${total} in all\n`);
  return { wrong, score: (killed * 100) / total };
}

const asked = process.argv.slice(2).map((name) => name.replaceAll('\\', '/').replace(/\/$/, ''));
const names = asked.length === 0 ? FOLDERS.map((folder) => `src/${folder}`) : asked;
const unknown = names.filter((name) => !FOLDERS.includes(name.split('/')[1] ?? '') || !existsSync(join(ROOT, name)));
if (unknown.length > 0) {
  process.stderr.write(`not a folder or file that is mutated: ${unknown.join(' ')}\n`);
  process.exitCode = 2;
} else {
  install();
  const equivalents: readonly Equivalent[] = JSON.parse(readFileSync(join(HERE, 'equivalent.json'), 'utf8'));
  process.exitCode = 0;
  for (const folder of FOLDERS) {
    const own = names.filter((name) => name.split('/')[1] === folder);
    if (own.length === 0) continue;
    const { wrong, score } = judge(mutate(folder, own), equivalents);
    const enough = score >= LEAST_PERCENT || !own.includes(`src/${folder}`);
    if (wrong > 0 || !enough) process.exitCode = 1;
  }
}
