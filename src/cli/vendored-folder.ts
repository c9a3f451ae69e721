/**
 * The folder into which source is vendored, and the package from which it comes, on disk.
 *
 * @module
 */

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SourceFile } from '../vendor/index.ts';
import { orUsage } from './bounded-input.ts';
import { printableJson } from './printable.ts';
import { UsageError } from './usage-error.ts';

/** What there is to be vendored. */
export interface PackageSources {
  readonly version: string;
  /** Null where the source itself is run, which may be of no commit. */
  readonly commit: string | null;
  /** Every file of the floors that are vendored, by its path under src. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  readonly license: string;
}

/** Text to be written, by its path below the folder. */
export interface FolderFile {
  readonly path: string;
  readonly text: string;
}

// Two folders up is the package, from the source as from what is built of it. Only what is built knows its commit.
const PACKAGE = new URL('../../', import.meta.url);
const ORIGIN = new URL('../origin.json', import.meta.url);

const VENDORED_FLOORS = ['jose', 'keys', 'verifier', 'google'];

export async function readPackage(): Promise<PackageSources> {
  const { readSource } = await import('../vendor/index.ts');
  const read = (path: string): Promise<string> => readFile(new URL(path, PACKAGE), 'utf8').then(withLf);
  const { version } = JSON.parse(await read('package.json')) as { readonly version: string };
  const origin = await readFile(ORIGIN, 'utf8').catch(() => '{ "commit": null }');
  const { commit } = JSON.parse(origin) as { readonly commit: string | null };
  const sources = new Map<string, SourceFile>();
  for (const floor of VENDORED_FLOORS) {
    for (const name of await readdir(new URL(`src/${floor}/`, PACKAGE))) {
      const path = `${floor}/${name}`;
      if (name.endsWith('.ts')) sources.set(path, readSource(path, await read(`src/${path}`)));
    }
  }
  return { version, commit, sources, license: await read('LICENSE') };
}

/**
 * Reads a folder: its manifest, and every other file in it, whatever its kind. Many a bundler takes a `jwt.js` that lies beside
 * `jwt.ts`, and a `package.json` says how both are read. Of files of a kind that is never vendored, which may be many and huge, only
 * the name.
 *
 * @returns nothing at all for a folder that is not there.
 * @throws {UsageError} when something in it cannot be read.
 */
export async function readFolder(
  folder: string,
  manifestName: string,
): Promise<{ readonly manifest: string | undefined; readonly files: ReadonlyMap<string, string> }> {
  return orUsage(async () => {
    const paths = await pathsIn(folder);
    const files = new Map<string, string>();
    for (const path of paths.filter((one) => one !== manifestName)) {
      files.set(path, /\.ts$|^LICENSE$/.test(path) ? await readFile(join(folder, path), 'utf8') : '');
    }
    const manifest = paths.includes(manifestName) ? await readFile(join(folder, manifestName), 'utf8') : undefined;
    return { manifest, files };
  }, printableJson(folder));
}

/**
 * The files below a folder, by path. A link is one, wherever it leads: asked for a whole tree, Node 26 follows them.
 *
 * Not what begins with a dot: it is of Git, of a system, of an editor, and no import leads there.
 */
async function pathsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(emptyIfAbsent);
  const paths = entries.filter(({ name }) => !name.startsWith('.')).map(async (entry) =>
    entry.isDirectory() ? (await pathsIn(join(folder, entry.name))).map((path) => `${entry.name}/${path}`) : [entry.name]);
  return (await Promise.all(paths)).flat();
}

function emptyIfAbsent(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

/** @throws {UsageError} when something cannot be written. */
export async function writeFolder(
  folder: string,
  files: readonly FolderFile[],
  gone: readonly string[],
): Promise<void> {
  try {
    for (const { path, text } of files) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    for (const path of gone) await rm(join(folder, path), { force: true });
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException; // of node:fs
    throw new UsageError(`cannot write into ${printableJson(folder)}: ${code}`);
  }
}

function withLf(text: string): string {
  return text.replace(/\r\n/g, '\n');
}
