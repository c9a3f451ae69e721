/**
 * The examples as programs: with the package's names leading to the sources.
 *
 * @module
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The words that start a program which imports TypeScript. */
const NODE: readonly string[] = [process.execPath, '--import', import.meta.resolve('tsx')];

/** Writes an example into a folder, and gives the words that start it there. */
export function exampleIn(folder: string, name: string): readonly string[] {
  const code = readFileSync(new URL(`${name}.mjs`, import.meta.url), 'utf8');
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, code.replace(/from 'jwt-assay(\/\w+)?'/g, (_, floor: string = '') =>
    `from '${pathToFileURL(join(root, 'src', floor, 'index.ts')).href}'`));
  return [...NODE, file];
}
