/**
 * The test files that are asked about a folder of src.
 *
 * @module
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Those beside it, and those that lead through it. */
export const TESTS: Readonly<Record<string, readonly string[]>> = {
  jose: ['jose', 'verifier', 'vectors'],
  verifier: ['verifier', 'explain', 'vectors'],
  keys: ['keys'],
  google: ['google', 'vectors'],
  http: ['http'],
  esp: ['esp'],
  server: ['server'],
};

/** They ask about files and about other processes, which know of no mutant, or put another module in the place of one that is loaded by then. */
export const NOT_ASKED: readonly string[] = [
  'test/vectors/format.test.ts', 'test/keys/process.test.ts', 'test/jose/fresh-keys.test.ts',
  'test/server/sign-in/recipe.test.ts', 'test/server/options.test.ts',
];

/** The files of a folder's tests, from the root of a tree. */
export function testFilesOf(folder: string, tree: string): readonly string[] {
  return (TESTS[folder] ?? []).flatMap((tests) =>
    readdirSync(join(tree, 'test', tests), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `test/${tests}/${name.replaceAll('\\', '/')}`)
      .filter((file) => !NOT_ASKED.includes(file)));
}
