/** What is served from disk, by which name, and what is not. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { readPageFiles } from '../../../src/server/playground/page-files.ts';

const root = mkdtempSync(join(tmpdir(), 'page-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const folder = (name: string): URL => pathToFileURL(`${join(root, name)}/`);
const folders = { page: folder('page'), scripts: folder('scripts'), sources: folder('src') };

function write(...names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), name);
  }
}

it('files are served by exact name, each as what it is, and others are not', () => {
  expect(() => readPageFiles(folders)).toThrow('ENOENT');
  write(
    'page/bench.html', 'page/sign-in.html', 'page/paper.css', 'page/wire.ts', 'page/notes.md', 'page/stray.js',
    'scripts/bench.js', 'scripts/bench.d.ts', 'scripts/stray.html',
    'src/google/iap.ts', 'src/jose/jwt.ts', 'src/jose/README.md', 'src/keys/index.ts', 'src/server/limits.ts', 'src/index.ts',
  );
  const files = [...readPageFiles(folders)].map(([path, { status, type, body }]) => [path, status, type, String(body)]);
  expect(files.sort()).toEqual([
    ['/', 200, 'text/html; charset=utf-8', 'page/bench.html'],
    ['/page/bench.js', 200, 'text/javascript; charset=utf-8', 'scripts/bench.js'],
    ['/page/paper.css', 200, 'text/css; charset=utf-8', 'page/paper.css'],
    ['/sign-in', 200, 'text/html; charset=utf-8', 'page/sign-in.html'],
    ['/source/src/google/iap.ts', 200, 'text/plain; charset=utf-8', 'src/google/iap.ts'],
    ['/source/src/jose/jwt.ts', 200, 'text/plain; charset=utf-8', 'src/jose/jwt.ts'],
    ['/source/src/keys/index.ts', 200, 'text/plain; charset=utf-8', 'src/keys/index.ts'],
  ]);
});

it('the mark is also what a browser asks for beside a text', () => {
  write('page/mark.svg');
  const files = readPageFiles(folders);
  const mark = { status: 200, type: 'image/svg+xml', body: Buffer.from('page/mark.svg') };
  expect([files.get('/page/mark.svg'), files.get('/favicon.ico')]).toEqual([mark, mark]);
});
