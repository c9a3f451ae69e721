import { describe, expect, it } from 'vitest';
import { publish, readSources } from '../../src/build/build.ts';
import { copyFiles, joinFiles, readSource, selectFiles, type SourceFile } from '../../src/vendor/index.ts';

const source = (path: string, ...lines: string[]): SourceFile => readSource(path, lines.join('\n'));
const naming = (target: string): string => `../${target.split('/')[0]}/floor.js`;
const join = (...files: SourceFile[]): string[] => joinFiles('a', files, naming).map(({ text }) => text);

describe('a source', () => {
  it.each([
    ["import './b.ts';"], ["import * as b from './b.ts';"], ["import b, { c } from './b.ts';"], ["import { b } from './b.ts'"],
    ["export { b };"], ["export * as b from './b.ts';"], ['import { b } from "./b.ts";'],
  ])('is not read past %s', (line) => {
    expect(() => source('a/a.ts', '/** A. */', line)).toThrow(SyntaxError);
  });

  it('has its imports at the head: what looks like one behind code is text', () => {
    const { head, later } = source('a/a.ts', '#!/usr/bin/env node', '// import', '', "import { b } from './b.ts';",
      'const text = `', "import { c } from './c.ts';", "`; void import('../d/d.ts');");
    expect(head.map(({ target, from, to }) => [target, from, to])).toEqual([['a/b.ts', 3, 4]]);
    expect(later).toEqual(['d/d.ts']);
  });
});

describe('a joined floor', () => {
  it('has each file behind those that it imports, and their imports once, as values where one wants a value', () => {
    const text = join(
      source('a/a.ts', '/** A. */', '', "import { x, type X } from '../z/x.ts';", "import { b } from './b.ts';", '', 'b(x);'),
      source('a/b.ts', "import type { X, Y } from '../z/y.ts';", "import process from 'node:process';", '', 'export const b = 1;'),
    );
    expect(text).toEqual([
      '// All of src/a: 2 files, in the order in which they import each other.', '',
      "import { type X, type Y, x } from '../z/floor.js';", "import { default as process } from 'node:process';",
      '', '// src/a/b.ts', '', 'export const b = 1;', '', '// src/a/a.ts', '', '/** A. */', '', 'b(x);',
    ]);
  });

  it('leads what is imported later to where it is now', () => {
    expect(join(source('a/a.ts', "const z = () => import('../z/z.ts');"))).toContain("const z = () => import('../z/floor.js');");
  });

  it('is refused where a name would have to be another, or is not its own', () => {
    expect(() => join(source('a/a.ts', "import { b as c } from './b.ts';"), source('a/b.ts', ''))).toThrow(SyntaxError);
    expect(() => join(source('a/a.ts', "export { b } from './b.ts';"), source('a/b.ts', ''))).toThrow(SyntaxError);
  });
});

it('what is vendored as one file is what is published, apart from the names of other floors', () => {
  const sources = readSources();
  const published = publish(sources, ['index.ts']);
  const terms = { imports: 'js', oneFile: true, origin: 'x' } as const;
  const copies = copyFiles(selectFiles(sources, ['google', 'sign']), terms);
  expect(copies.map(({ path }) => path)).toEqual(['google.ts', 'jose.ts', 'keys.ts', 'verifier.ts']);
  for (const { path, text } of copies) {
    const whole = published.get(path.replace('.ts', '/floor.ts'))?.map((line) => line.text).join('\n');
    const [, ...lines] = text.trimEnd().split('\n');
    expect(lines.join('\n').replace(/'\.\/(\w+)\.js'/g, "'../$1/floor.js'")).toBe(whole);
  }
});
