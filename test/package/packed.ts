/**
 * The package as npm would publish it, and applications that have it installed.
 *
 * @module
 */

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Packed {
  /** The .tgz. */
  readonly tarball: string;
  /** What it holds, by path. */
  readonly files: readonly string[];
}

export interface App {
  readonly folder: string;
  readonly write: (path: string, text: string) => void;
}

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever that is. */
export async function run(file: string, args: readonly string[], cwd: string, env: object = {}): Promise<Ended> {
  const options = { cwd, env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '0', ...env }, maxBuffer: 1e8 };
  return promisify(execFile)(file, [...args], options).then(
    ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) =>
      ({ status: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
}

/** The text of a file of the project, as an application would write it: with imports from the package. */
export function asOfApp(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
    .replace(/'(?:\.\.\/)+src\/(?:(\w+)\/)?index\.ts'/g, (_, floor?: string) => `'jwt-assay${floor ? `/${floor}` : ''}'`);
}

/** The program of a package that is installed beside this file. */
export function programOf(name: string, path: string): string {
  return join(folderOf(name), path);
}

/** Beside this file, or where the project has it. */
function folderOf(name: string): string {
  const folders = ['test/package/node_modules', 'node_modules'].map((folder) => join(ROOT, folder, ...name.split('/')));
  const found = folders.find((folder) => existsSync(folder));
  if (found === undefined) throw new Error(`${name} is not installed: npm run test:package`);
  return found;
}

/** npm, as a program for Node: on Windows the command is a script that only a shell can start. */
export async function npm(args: readonly string[], cwd: string): Promise<string> {
  const program = process.env['npm_execpath'];
  if (program === undefined) throw new Error('run it by npm: npm run test:package');
  const { status, stdout, stderr } = await run(process.execPath, [program, ...args], cwd);
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${stderr}`);
  return stdout;
}

/** Packs what is in dist, as `npm publish` would. It is removed when the tests of the file have run. */
export async function pack(): Promise<Packed> {
  const folder = temporaryFolder();
  const told = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], ROOT);
  const [packed] = JSON.parse(told) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error('npm pack told nothing');
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}

/** An application with nothing but the package, and what of this folder's packages it is given. */
export async function createApp(
  { tarball }: Packed,
  type: 'module' | 'commonjs',
  others: readonly string[] = [],
): Promise<App> {
  const folder = temporaryFolder();
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('package.json', JSON.stringify({ name: 'app', private: true, type }));
  await npm(['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball], folder);
  for (const name of others) {
    const link = join(folder, 'node_modules', ...name.split('/'));
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(folderOf(name), link, 'junction');
  }
  return { folder, write };
}

const folders: string[] = [];
// Said once, as the file is read: within a test or a hook that runs, vitest takes no afterAll.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'packed-test-'));
  folders.push(folder);
  return folder;
}
