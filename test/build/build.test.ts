import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage, publish, readSources } from '../../src/build/build.ts';

/** What package.json names, and so what is there to be entered by. */
const DOORS = ['index', 'jose/index', 'keys/index', 'google/index', 'testing/index', 'explain/index', 'esp/index',
  'server/index', 'cli/assay'];
const FLOORS = ['jose', 'http', 'keys', 'verifier', 'google', 'testing', 'explain', 'esp', 'server', 'vendor', 'cli'];
/** What of a floor is a file by itself. */
const ROOMS = ['server/playground'];

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = readSources();
const PUBLISHED = publish(SOURCES, DOORS.map((door) => `${door}.ts`));

// Beside src, as the package is; in a folder whose name says what it is, should it be left behind.
const app = mkdtempSync(join(tmpdir(), 'build-test-'));
const dist = join(app, 'dist');
const built = (path: string): string => readFileSync(join(dist, path), 'utf8');

beforeAll(() => {
  buildPackage(dist);
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rmSync(app, { recursive: true, force: true }));

describe('what is published', () => {
  it('is one file for each floor, and the doors', () => {
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'));
    const expected = [...DOORS, ...[...FLOORS, ...ROOMS].map((part) => `${part}/floor`)].map((path) => `${path}.js`);
    const programs = /^server\/playground\/page\//;
    expect(files.map((path) => path.split(sep).join('/')).filter((path) => !programs.test(path)).sort())
      .toEqual(expected.sort());
  });

  it.each([...SOURCES.values()].map((file) => [file.path, file] as const))('has all of %s once, in its order', (path, file) => {
    const own = [...PUBLISHED].flatMap(([target, lines]) => lines.filter(({ origin }) => origin?.path === path)
      .map(({ text, origin }) => ({ target, text, line: origin?.line ?? 0 })));
    // Doors that no one can enter by are not published; the front door repeats what other doors say.
    if (path.endsWith('/index.ts')) return;
    expect(new Set(own.map(({ target }) => target)).size).toBe(1);
    expect(own.map(({ line }) => line)).toEqual(own.map(({ line }) => line).sort((a, b) => a - b));
    const inHead = (line: number): boolean => file.head.some(({ from, to }) => line >= from && line < to);
    const left = file.lines.filter((_, line) => !own.some((one) => one.line === line) && !inHead(line));
    expect(left.filter((text) => text !== '')).toEqual([]);
  });

  it('declares each class once', () => {
    const classes = [...FLOORS, ...ROOMS].flatMap((floor) => [...built(`${floor}/floor.js`).matchAll(/^(?:export )?class (\w+)/gm)]
      .map(([, name]) => name));
    expect(classes).toContain('JwtError');
    expect(new Set(classes).size).toBe(classes.length);
  });

  it('names files as JavaScript does, in the types as well', () => {
    for (const path of [...PUBLISHED.keys()].map((source) => source.replace(/\.ts$/, ''))) {
      for (const text of [built(`${path}.js`), built(`${path}.d.ts`)]) {
        const specifiers = [...text.matchAll(/^(?:import|export|\}) [^;]*?from '(\.[^']+)';/gm)].map(([, to = '']) => to);
        for (const to of specifiers) {
          expect(to).toMatch(/\/floor\.js$/);
          expect(existsSync(resolve(dist, dirname(path), to)), `${path}: ${to}`).toBe(true);
        }
      }
    }
  });
});

/** The files that a built file makes Node load at once, itself included. */
function loadedWith(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, to = ''] of built(path).matchAll(/^(?:import|export|\}) (?:[^;]*? )?from '(\.[^']+)';/gm)) {
    loadedWith(relative(dist, resolve(dist, dirname(path), to)).split(sep).join('/'), seen);
  }
  return seen;
}

// Each entry, and the floors it needs: no more is loaded.
describe.each([
  ['index.js', ['jose', 'keys', 'verifier', 'google']],
  ['jose/index.js', ['jose']],
  ['keys/index.js', ['jose', 'keys']],
  ['google/index.js', ['jose', 'keys', 'verifier', 'google']],
  ['testing/index.js', ['jose', 'testing']],
  ['explain/index.js', ['jose', 'keys', 'verifier', 'explain']],
  ['esp/index.js', ['jose', 'http', 'keys', 'verifier', 'esp']],
  ['server/index.js', ['jose', 'keys', 'http', 'verifier', 'google', 'esp', 'server']],
  ['cli/assay.js', ['jose', 'keys', 'verifier', 'google', 'cli']],
])('%s', (entry, floors) => {
  it('loads itself, the floors it needs, and nothing else', () => {
    const most = new Set([entry, ...floors.map((floor) => `${floor}/floor.js`)]);
    expect([...loadedWith(entry)].filter((path) => !most.has(path))).toEqual([]);
  });
});

describe('source maps', () => {
  it('lead to files of src, from code and from types', () => {
    for (const path of [...PUBLISHED.keys()].map((source) => source.replace(/\.ts$/, ''))) {
      for (const extension of ['.js.map', '.d.ts.map']) {
        const { sources } = JSON.parse(built(`${path}${extension}`)) as { sources: string[] };
        expect(sources.length, path).toBeGreaterThan(0);
        const found = sources.map((source) => resolve(dist, dirname(path), source).replace(app, ROOT));
        expect(found.filter((file) => !existsSync(file))).toEqual([]);
      }
    }
  });

  it('lead a stack trace to the line that threw', async () => {
    const door = pathToFileURL(join(dist, 'index.js')).href;
    const program = `import { createPolicy } from '${door}'; createPolicy({ issuer: '', audience: 'a' });`;
    const args = ['--enable-source-maps', '--input-type=module', '--eval', program];
    const { stderr } = await promisify(execFile)(process.execPath, args).catch((error: { stderr: string }) => error);
    const [, path = '', line = ''] = /\((?:file:\/\/)?[^(]*[\\/]src[\\/](jose[\\/]\w+\.ts):(\d+):\d+\)/.exec(stderr) ?? [];
    expect(SOURCES.get(path.replace('\\', '/'))?.lines[Number(line) - 1]).toMatch(/throw new TypeError/);
  });
});
