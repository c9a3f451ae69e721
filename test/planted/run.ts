/**
 * Plants bugs, one at a time, and asks whether the tests notice.
 *
 *   npm run planted [-- NAME ...]               npm test must turn red for every one
 *   npm run planted -- --check               quick: whether every one can still be planted
 *   npm run planted -- --fuzz [--seconds 60] [--seed 1] [NAME ...]   the fuzzer alone must find most of them
 *
 * Each bug is a patch in this folder, whose first line says what it is. One that no longer applies is a failure: a bug
 * that is not planted is not looked for. So is a tree that is red before anything is planted.
 *
 * @module
 */

import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { copyTree, ROOT, type Tree } from './tree.ts';

const HERE = join(ROOT, 'test', 'planted');

/** Far more than the whole suite takes. A bug that keeps it busy for ever has been noticed. Milliseconds. */
const LONGEST = 600_000;

interface Bug {
  readonly name: string;
  readonly patch: string;
  readonly meaning: string;
  /** Whether the fuzzer could see it at all. Its second line says if not, and why. */
  readonly fuzzable: boolean;
  /** The files of src that it changes. */
  readonly files: readonly string[];
}

/** What came of asking: by what it was found, if it was. */
interface Answer {
  readonly found: boolean;
  readonly by: string;
}

/** What is read of the report of vitest's reporter "json". */
interface Report {
  readonly testResults: readonly { readonly name: string; readonly status: string }[];
}

/** Asks about the tree as it is now. */
type Ask = (planted?: Bug) => Promise<Answer>;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function readBugs(names: readonly string[]): readonly Bug[] {
  const patches = readdirSync(HERE).filter((file) => file.endsWith('.patch')).sort();
  const known = patches.map((file) => basename(file, '.patch'));
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new TypeError(`no such bug: ${unknown.join(' ')}`);
  return known.filter((name) => names.length === 0 || names.includes(name)).map((name) => {
    const patch = join(HERE, `${name}.patch`);
    const text = readFileSync(patch, 'utf8');
    const [, meaning] = /^# (.+)\n/.exec(text) ?? [];
    if (meaning === undefined) throw new TypeError(`${name}.patch does not begin with a line that says what it is`);
    const files = [...text.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, file = '']) => file);
    return { name, patch, meaning, fuzzable: !/^# Beyond the fuzzer/m.test(text), files };
  });
}

/**
 * `npm test`, up to the first failure. Returns the files that are red.
 *
 * The tests beside what was changed, those of the verifier, and the vectors are asked first: where one of them is red, so is the whole.
 */
function redFilesOf(bug: Bug | undefined, tree: Tree): readonly string[] {
  const floors = new Set(bug?.files.map((file) => file.split('/')[1]));
  const filters = [...floors].map((floor) => `test/${floor}/`);
  const near = bug === undefined ? [] : redFiles(tree, [...filters, 'test/verifier/', 'test/vectors/']);
  return near.length > 0 ? near : redFiles(tree, []);
}

function redFiles({ path }: Tree, filters: readonly string[]): readonly string[] {
  const report = join(path, 'planted.json');
  const vitest = join(path, 'node_modules', 'vitest', 'vitest.mjs');
  const options = ['--config', 'test/vitest.config.ts', '--bail', '1', '--reporter', 'json', '--outputFile', report];
  const { status, error } = spawnSync(process.execPath, [vitest, 'run', ...options, ...filters], {
    cwd: path,
    stdio: 'ignore',
    timeout: LONGEST,
  });
  if (error !== undefined) return [error.message];
  if (status === 0) return [];
  const { testResults }: Report = JSON.parse(readFileSync(report, 'utf8'));
  const red = testResults.filter((file) => file.status === 'failed').map((file) => relative(path, file.name));
  return red.length === 0 ? [`vitest ended with status ${status}`] : red.map((file) => file.replaceAll('\\', '/'));
}

/** The fuzzer, up to its first finding. */
function firstFinding({ path }: Tree, seconds: string, seed: string): Promise<Answer> {
  const tsx = join(path, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const args = [tsx, 'test/fuzz/run.ts', '--seconds', seconds, '--seed', seed];
  const fuzzer = spawn(process.execPath, args, { cwd: path, stdio: ['ignore', 'pipe', 'pipe'] });
  let [finding, words] = ['', ''];
  createInterface(fuzzer.stdout).on('line', (line) => {
    const { comment }: { readonly comment: string } = JSON.parse(line);
    if (finding !== '') return;
    finding = comment;
    fuzzer.kill('SIGINT');
  });
  fuzzer.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  return new Promise((resolve) => {
    fuzzer.on('close', (status) => {
      if (finding !== '') return resolve({ found: true, by: finding });
      // It could not even begin: a subject's genuine token was refused, say.
      const error = /^.*Error.*$/m.exec(words)?.[0].trim();
      if (error !== undefined) return resolve({ found: true, by: error });
      resolve({ found: false, by: words.match(/\d+ questions/)?.[0] ?? `status ${status}` });
    });
  });
}

async function askAbout(bug: Bug, tree: Tree, ask: Ask): Promise<Answer> {
  const git = ['apply', '--whitespace=nowarn', bug.patch];
  const { status } = spawnSync('git', git, { cwd: tree.path, stdio: 'inherit' });
  if (status !== 0) return { found: false, by: 'the patch does not apply' };
  try {
    return await ask(bug);
  } finally {
    tree.restore(bug.files);
  }
}

/** Whether the patches still apply, without planting any. */
function check(bugs: readonly Bug[]): number {
  const stale = bugs.filter(({ patch }) => spawnSync('git', ['apply', '--check', patch], { cwd: ROOT, stdio: 'inherit' }).status !== 0);
  for (const { name } of stale) say(`does not apply: ${name}.patch`);
  say(`${bugs.length - stale.length} of ${bugs.length} apply`);
  return Number(stale.length > 0);
}

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      check: { type: 'boolean', default: false },
      fuzz: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
    },
  });
  const bugs = readBugs(positionals).filter(({ fuzzable }) => fuzzable || !values.fuzz);
  if (values.check) return check(bugs);
  const tree = copyTree(join(ROOT, 'node_modules'));
  try {
    const ask: Ask = async (bug) => {
      if (values.fuzz) return firstFinding(tree, values.seconds, values.seed);
      const red = redFilesOf(bug, tree);
      return { found: red.length > 0, by: red.join(' ') };
    };
    const without = await ask();
    if (without.found) {
      say(`red without any bug: ${without.by}`);
      return 1;
    }
    const missed: Bug[] = [];
    for (const bug of bugs) {
      const start = performance.now();
      const { found, by } = await askAbout(bug, tree, ask);
      if (!found) missed.push(bug);
      const seconds = ((performance.now() - start) / 1000).toFixed(0);
      say(`${found ? 'found ' : 'MISSED'} ${bug.name.padEnd(26)} ${seconds.padStart(4)} s  ${by}`);
    }
    say(`${bugs.length - missed.length} of ${bugs.length} found`);
    for (const { name, meaning } of missed) say(`missed: ${name}: ${meaning}`);
    // The fuzzer is asked for most of them, and the tests for all.
    return values.fuzz ? Number(missed.length * 2 >= bugs.length) : Number(missed.length > 0);
  } finally {
    tree.remove();
  }
}

process.exitCode = await run().catch((error: unknown) => {
  if (!(error instanceof TypeError)) throw error;
  process.stderr.write(`${error.message}\n`);
  return 2;
});
