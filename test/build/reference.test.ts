/** src/api.md names all that the package exports, and nothing else. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDoors, writeReference } from '../../src/build/reference.ts';

const root = new URL('../../', import.meta.url);
const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { exports: Record<string, unknown> };
const doors = readDoors();
const page = readFileSync(new URL('src/api.md', root), 'utf8');

it('is up to date: npm run api', () => expect(page).toBe(writeReference(doors)));

it('has every subpath', () => {
  const subpaths = Object.keys(exports).filter((subpath) => subpath !== './package.json');
  expect(doors.map(({ specifier }) => specifier)).toEqual(subpaths.map((subpath) => `jwt-assay${subpath.slice(1)}`));
});

// Not by the generator's own reading: by what the module has when it is imported.
describe.each(doors)('$specifier', ({ specifier, names }) => {
  it('exports the functions, classes and constants that are listed', async () => {
    const floor = specifier.slice('jwt-assay/'.length);
    const door = (await import(new URL(`src/${floor === '' ? '' : `${floor}/`}index.ts`, root).href)) as object;
    const listed = names.filter(({ kind }) => kind !== 'type').map(({ name }) => name);
    expect(listed.toSorted()).toEqual(Object.keys(door).toSorted());
  });

  it('says of each what it is, with a link to where it is declared', () => {
    for (const { name, path, sentence } of names) {
      expect(page).toContain(`| [\`${name}\`](${path}) |`);
      expect(sentence.length, name).toBeGreaterThan(8);
      expect(readFileSync(new URL(`src/${path}`, root), 'utf8')).toMatch(new RegExp(`^export .*\\b${name}\\b`, 'm'));
    }
  });
});
