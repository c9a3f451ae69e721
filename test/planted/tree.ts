/**
 * A copy of this tree in a temporary folder, to be spoilt.
 *
 * @module
 */

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/** A copy. */
export interface Tree {
  readonly path: string;
  /** Takes files of the original again, as they were when the copy was made. */
  readonly restore: (files: readonly string[]) => void;
  readonly remove: () => void;
}

/**
 * Copies every file that git knows or would take, with what has not been committed, and links `node_modules`.
 *
 * @param modules the folder that takes the place of `node_modules`
 */
export function copyTree(modules: string): Tree {
  // Resolved: the temporary folder may be behind a link, and tools compare paths.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'jwt-assay-')));
  const [path, original] = [join(folder, 'tree'), join(folder, 'original')];
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  const files = new Set(listed.toString('utf8').split('\0'));
  for (const file of files) {
    // A file that was deleted and not committed is in the list, and a folder is not there.
    if (file === '' || !existsSync(join(ROOT, file))) continue;
    copyTo(join(ROOT, file), join(original, file));
    copyTo(join(original, file), join(path, file));
  }
  symlinkSync(realpathSync(modules), join(path, 'node_modules'), 'junction');
  return {
    path,
    restore: (spoilt) => spoilt.forEach((file) => copyFileSync(join(original, file), join(path, file))),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function copyTo(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
