import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
const folder = mkdtempSync(join(root, 'node_modules/.readme-'));
const run = promisify(execFile);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a block says that it prints: the comments behind its console.log calls. */
function promised(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\).*? \/\/ (.+)$/gm)].map(([, text = '']) => text);
}

/** The package's names, as the exports of package.json map them, but to the sources. */
function fromSource(code: string): string {
  return code.replace(/from 'jwt-assay(\/\w+)?'/g, (_, floor: string = '') =>
    `from '${pathToFileURL(join(root, 'src', floor, 'index.ts')).href}'`);
}

describe('the code of the README', () => {
  it('is there', () => expect(blocks.length).toBeGreaterThanOrEqual(6));

  it.each(blocks.map((code, index) => ({ name: `block ${index + 1}`, code })))(
    '$name runs, and prints what it says',
    async ({ name, code }) => {
      const file = join(folder, `${name.replace(' ', '-')}.mts`);
      writeFileSync(file, fromSource(code));
      const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', file], { cwd: root, timeout: 15_000 });
      expect(stdout.split('\n').filter((line) => line !== '')).toEqual(promised(code));
      expect(stderr).toBe('');
    },
  );

  it('links only to what is there', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path);
    expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
