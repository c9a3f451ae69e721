import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const REFUSED = fileURLToPath(new URL('refused/', import.meta.url));
const ACCEPTED = fileURLToPath(new URL('accepted/', import.meta.url));
const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

const sourcesIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.ts')).sort();

/** The compiler's complaints about a project, as "file:line". */
function complaints(project: string): readonly string[] {
  const { stdout, error } = spawnSync(process.execPath, [TSC, '-p', project, '--noEmit', '--pretty', 'false'], {
    cwd: dirname(project),
    encoding: 'utf8',
  });
  if (error) throw error;
  const found = [...stdout.matchAll(/^(\S.*?)\((\d+),\d+\): error TS\d+/gm)];
  return found.map(([, path = '', line]) => `${resolve(dirname(project), path)}:${line}`);
}

const found = complaints(join(REFUSED, 'tsconfig.json'));

describe('a mistake that must not compile', () => {
  it.each(sourcesIn(REFUSED))('is refused at its line, and nothing else is: %s', (name) => {
    const path = join(REFUSED, name);
    const marked = readFileSync(path, 'utf8').split('\n')
      .flatMap((line, index) => (line.includes('// refused: ') ? [index + 1] : []));
    expect(marked, 'one mistake in a file').toHaveLength(1);
    const lines = found.filter((place) => place.startsWith(`${path}:`))
      .map((place) => Number(place.slice(path.length + 1)));
    expect([...new Set(lines)]).toEqual(marked);
  });

  it('is the only thing that is refused', () => {
    expect(found.filter((place) => dirname(place) !== resolve(REFUSED))).toEqual([]);
  });

  it('is not excused by a comment for the compiler', () => {
    for (const name of sourcesIn(REFUSED)) expect(readFileSync(join(REFUSED, name), 'utf8')).not.toMatch(/@ts-/);
  });
});

describe('what must compile', () => {
  // One run over the whole tree is `npm run typecheck`; this asks about the files of this folder alone.
  it('compiles', () => {
    const { stdout, status } = spawnSync(
      process.execPath,
      [TSC, '-p', join(ACCEPTED, 'tsconfig.json'), '--noEmit', '--pretty', 'false'],
      { encoding: 'utf8' },
    );
    expect(stdout).toBe('');
    expect(status).toBe(0);
    expect(sourcesIn(ACCEPTED).map((name) => basename(name, '.ts'))).toEqual(['google', 'verifier']);
  });
});
