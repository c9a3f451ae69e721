/** The TypeScript of the pages compiles under strict settings as a reader copies it. Here are the frameworks that some of it imports. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { blocksOf, PAGES, readPage, ROOT } from '../pages/page.ts';

const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

const folder = ((parent: string) => {
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, '.compile-'));
})(fileURLToPath(new URL('node_modules', import.meta.url)));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What blocks call each other by, and a text that tells it. */
const SHARED: readonly (readonly [name: string, text: string])[] = [
  ['authenticate.ts', 'createAuthenticator({'], ['sign-in.ts', '= createSignIn({'], ['login-page.ts', 'loginPage ='],
];

const COMPILER_OPTIONS = {
  strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: true, noEmit: true,
  target: 'es2023', module: 'nodenext', allowImportingTsExtensions: true, types: ['node'],
  // The package's names, as its exports map them, but to the sources.
  paths: { 'jwt-assay': [join(ROOT, 'src/index.ts')], 'jwt-assay/*': [join(ROOT, 'src/*/index.ts')] },
};

it('every block of every page', () => {
  const blocks = PAGES.flatMap((page) => blocksOf(readPage(page)).map(({ code }, index) => ({ name: `${page} ${index + 1}`, code })));
  expect(blocks.length).toBeGreaterThan(20);
  for (const { name, code } of blocks) writeFileSync(join(folder, `${name.replace(/\W+/g, '-')}.ts`), code);
  for (const [name, text] of SHARED) {
    const [block, ...others] = blocks.filter(({ code }) => code.includes(text));
    expect({ name, others }).toEqual({ name, others: [] });
    writeFileSync(join(folder, name), block?.code ?? '');
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['*.ts'] }));
  const { status, stdout } = spawnSync(process.execPath, [TSC, '-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});
