/**
 * The package as it is built, in a temporary folder: what is timed is JavaScript that tsc wrote, not what tsx makes of
 * the source.
 *
 * @module
 */

import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildPackage as buildInto } from '../src/build/build.ts';

/** The public names of the built package. */
export type BuiltApi = typeof import('../src/index.ts');

export interface BuiltPackage {
  readonly api: BuiltApi;
  /** The folder of its code. */
  readonly folder: string;
  /** The URL of a file in it. */
  readonly urlOf: (path: string) => string;
  /** Imports a file of it. The type says what the source of that file exports. */
  readonly load: <T>(path: string) => Promise<T>;
  /** Octets of the files whose names end so. */
  readonly size: (extension: string) => { readonly files: number; readonly octets: number };
  readonly remove: () => void;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** @throws {Error} with the compiler's words where the source does not compile. */
export async function buildPackage(): Promise<BuiltPackage> {
  const home = mkdtempSync(join(tmpdir(), 'jwt-assay-bench-'));
  const folder = join(home, 'dist');
  buildInto(folder);
  // As in the package, where source maps lead to src.
  for (const name of ['package.json', 'src']) cpSync(join(ROOT, name), join(home, name), { recursive: true });

  const urlOf = (path: string): string => pathToFileURL(join(folder, path)).href;
  return {
    api: (await import(urlOf('index.js'))) as BuiltApi,
    folder,
    urlOf,
    load: async <T>(path: string) => (await import(urlOf(path))) as T,
    size: (extension) => sizeOf(folder, extension),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Files below a folder whose names end so, and their octets. */
export function sizeOf(folder: string, extension: string): { readonly files: number; readonly octets: number } {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith(extension) && !name.includes('node_modules'),
  );
  const sizes = names
    .map((name) => statSync(join(folder, name)))
    .filter((stat) => stat.isFile())
    .map(({ size }) => size);
  return { files: sizes.length, octets: sizes.reduce((sum, size) => sum + size, 0) };
}
