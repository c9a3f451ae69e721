/**
 * The code of src/server/README.md, as it stands there.
 *
 * @module
 */

import { readFileSync } from 'node:fs';

const PAGE = readFileSync(new URL('../../src/server/README.md', import.meta.url), 'utf8');

/** The blocks of a language, in order; `nginx replicas` has one of its own. */
export function blocksOf(language: string): readonly string[] {
  return [...PAGE.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].filter(([, name]) => name === language).map(([, , code = '']) => code);
}

/** The block that imports a name; for the recipes. */
export function recipeWith(text: string): string {
  const found = blocksOf('ts').filter((code) => code.includes(text));
  if (found.length !== 1) throw new Error(`${found.length} recipes have ${text}`);
  return found[0] ?? '';
}

export { PAGE };
