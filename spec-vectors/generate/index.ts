/**
 * Writes the generated vectors, or says whether they are what would be written.
 *
 *   npx tsx spec-vectors/generate/index.ts            writes
 *   npx tsx spec-vectors/generate/index.ts --check    exits 1 when a file would change
 *
 * @module
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from './build.ts';

const ROOT = new URL('../', import.meta.url);

const changed = [...build()].filter(([path, text]) => {
  const file = new URL(path, ROOT);
  return !existsSync(file) || readFileSync(file, 'utf8') !== text;
});

if (process.argv.includes('--check')) {
  for (const [path] of changed) process.stderr.write(`spec-vectors/${path} is not what the generator makes\n`);
  process.exitCode = changed.length === 0 ? 0 : 1;
} else {
  for (const [path, text] of changed) writeFileSync(new URL(path, ROOT), text);
  process.stderr.write(`${changed.length} files changed\n`);
}
