/** Pages say what is so: their code runs and prints what they promise, and their links lead somewhere. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { blocksOf, deadLinks, PAGES, promisedBy, readPage, ROOT, runBlock } from './page.ts';

/** Pages whose code is run here, and how many blocks they have at least. That of src/server needs frameworks, and is run in test/proxies. */
const RUN: readonly (readonly [path: string, blocks: number])[] = [
  ['README.md', 4], ['src/keys/README.md', 4], ['src/migration.md', 5],
];

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe.each(RUN)('the code of %s', (path, least) => {
  const blocks = blocksOf(readPage(path));

  it('is there', () => expect(blocks.length).toBeGreaterThanOrEqual(least));

  it.each(blocks.map(({ heading, code }, index) => ({ name: `${index + 1}, ${heading}`, code })))(
    'block $name: runs, and prints what it says',
    async ({ code }) => {
      const complaints = ['warn', 'error'].map((name) => vi.spyOn(console, name as 'warn' | 'error'));
      const { printed } = await runBlock(code);
      expect(printed).toEqual(promisedBy(code));
      for (const complaint of complaints) expect(complaint).not.toHaveBeenCalled();
    },
  );
});

it.each(PAGES)('%s links only to what is there', (path) => expect(deadLinks(path)).toEqual([]));

/** The cells of the row that a pattern finds. */
function cellsOf(page: string, row: RegExp): readonly string[] {
  return (row.exec(readPage(page))?.[0] ?? '').split('|').map((cell) => cell.trim());
}

it('the README has the figures of bench/CONFORMANCE.md', () => {
  const names = cellsOf('README.md', /^\| \| Assay.*$/m).map((cell) => /^\[([^\]]+)\]/.exec(cell)?.[1] ?? cell);
  const figures = cellsOf('README.md', /^\| vectors of "MUST refuse".*$/m);
  for (const name of ['jose', 'jsonwebtoken', 'fast-jwt', 'aws-jwt-verify', 'google-auth-library']) {
    expect({ name, figure: figures[names.indexOf(name)] })
      .toEqual({ name, figure: cellsOf('bench/CONFORMANCE.md', new RegExp(`^\\| ${name} \\|.*$`, 'm'))[3] });
  }
  expect(figures[names.indexOf('Assay')]).toBe(cellsOf('bench/CONFORMANCE.md', /^\| jwt-assay \|.*$/m)[3]);
});

it('the README counts the dependencies of others as bench/RESULTS.md and their own manifests do', () => {
  const names = cellsOf('README.md', /^\| \| Assay.*$/m).map((cell) => /^\[([^\]]+)\]/.exec(cell)?.[1] ?? cell);
  const counts = cellsOf('README.md', /^\| run-time dependencies.*$/m);
  const lock = JSON.parse(readPage('bench/peers/package-lock.json')) as { packages: Record<string, { dependencies?: object }> };
  for (const name of ['jose', 'jsonwebtoken', 'fast-jwt', 'aws-jwt-verify', 'google-auth-library']) {
    const own = Object.keys(lock.packages[`node_modules/${name}`]?.dependencies ?? {}).length;
    const [, , all] = cellsOf('bench/RESULTS.md', new RegExp(`^\\| ${name} \\| \\d+ \\| [\\d,.]+ \\| \\d+ \\|$`, 'm'));
    expect({ name, count: counts[names.indexOf(name)] }).toEqual({ name, count: own === 0 ? '0' : `${own} (${all})` });
  }
});

it('the reading order of the README has every file of src/jose, each behind those that it imports', () => {
  const row = cellsOf('README.md', /^\| \[src\/jose\].*$/m)[2] ?? '';
  const order = [...row.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name);
  const files = readdirSync(join(ROOT, 'src/jose')).map((file) => file.replace(/\.ts$/, '')).filter((name) => name !== 'index');
  expect(order.toSorted()).toEqual(files.toSorted());
  for (const [at, name] of order.entries()) {
    const imported = [...readPage(`src/jose/${name}.ts`).matchAll(/from '\.\/([\w-]+)\.ts'/g)].map(([, other = '']) => other);
    expect({ name, later: imported.filter((other) => !order.slice(0, at).includes(other)) }).toEqual({ name, later: [] });
  }
});

it('the README gives its two commands on lines of their own, as .ci/run and readers look for them', () => {
  const lines = readPage('README.md').split('\n');
  expect(['    npm ci && npm start', '    npm test'].filter((line) => !lines.includes(line))).toEqual([]);
});

it('README and CHANGELOG agree on whether this version is published, and the README says so of no other', () => {
  const { version } = JSON.parse(readPage('package.json')) as { version: string };
  const [, said] = /\((\S+) is not published yet/.exec(readPage('README.md')) ?? [];
  expect(said).toBe(readPage('CHANGELOG.md').includes(`## ${version}, not published yet`) ? version : undefined);
});

it('README and SECURITY count the vectors as spec-vectors/README.md does', () => {
  const [, all = '', valid = ''] = /^\| All \| \| (\d+) \| (\d+) \|/m.exec(readPage('spec-vectors/README.md')) ?? [];
  const figure = (count: string): string => Number(count).toLocaleString('en-US');
  expect(readPage('README.md')).toContain(`${figure(all)} language-neutral test vectors`);
  expect(readPage('README.md')).toContain(`${figure(valid)} controls`);
  expect(readPage('SECURITY.md')).toContain(`${figure(all)} vectors`);
});

it('CONTRIBUTING names no file that there is not', () => {
  const table = readPage('CONTRIBUTING.md').split('\n').filter((line) => line.startsWith('| '));
  const missing = table.flatMap((row) => {
    // A name without a folder lies where the name before it does.
    let folder = '';
    return [...row.matchAll(/`([\w./-]+\.(?:ts|json|md)|[\w./-]+\/)`/g)].flatMap(([, path = '']) => {
      if (path.includes('/')) folder = path.slice(0, path.lastIndexOf('/') + 1);
      const file = path.includes('/') || existsSync(join(ROOT, path)) ? path : folder + path;
      return existsSync(join(ROOT, file)) ? [] : [file];
    });
  });
  expect(table.length).toBeGreaterThan(15);
  expect(missing).toEqual([]);
});
