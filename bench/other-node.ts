/**
 * The benches under other versions of Node, whose binaries come in an npm package.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RUN = fileURLToPath(new URL('run.ts', import.meta.url));
const WINDOWS = process.platform === 'win32';

/** "20,22" -> ["20", "22"]. @throws {TypeError} for anything but major versions. */
export function readMajors(text: string): string[] {
  const majors = text.split(',');
  if (!majors.every((major) => /^\d{2}$/.test(major))) throw new TypeError('--node expected major versions: 20,22,24,26');
  return majors;
}

/**
 * Runs the benches once for each version, one after the other, in a temporary folder that holds the binary. The first begins a
 * table anew, unless it is to be appended to as well; the others append.
 *
 * @throws {Error} where a binary cannot be had. @returns the exit status: that of the first run to fail, or 0.
 */
export function runUnder(majors: readonly string[], options: readonly string[], say: (line: string) => void): number {
  let append = options.includes('--append');
  for (const major of majors) {
    const folder = mkdtempSync(join(tmpdir(), `node-${major}-`));
    try {
      say(`Node ${major}:`);
      const node = installNode(major, folder);
      const flags = append && !options.includes('--append') ? ['--append'] : [];
      const words = ['--import', import.meta.resolve('tsx'), RUN, ...options, ...flags];
      const { status } = spawnSync(node, words, { stdio: 'inherit' });
      if (status !== 0) return status ?? 1;
      append = true;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return 0;
}

function installNode(major: string, folder: string): string {
  const words = ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, `node@${major}`];
  const { status } = spawnSync(WINDOWS ? 'npm.cmd' : 'npm', words, { stdio: ['ignore', 2, 2], shell: WINDOWS });
  const node = join(folder, 'node_modules', 'node', 'bin', WINDOWS ? 'node.exe' : 'node');
  if (status !== 0 || !existsSync(node)) throw new Error(`npm install node@${major} failed`);
  return node;
}
