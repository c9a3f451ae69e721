import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSource } from '../src/vendor/index.ts';

/** The house, from the top. Imports go downwards only; floors on one line do not import each other. */
const HOUSE: readonly (readonly string[])[] = [
  ['index.ts'], ['cli'], ['server'], ['esp'], ['explain', 'google', 'testing'], ['verifier'], ['keys'],
  ['jose', 'http', 'vendor'], ['page'],
];

/** Not in the house, which it builds and is no part of. */
const BUILD = 'build/';

/** Scripts of a browser: each file is served as it is built, none is joined with others, and there is no node under it. */
const PAGE = 'server/playground/page/';

/** The front door leads here and nowhere else. */
const FRONT_DOOR = ['google', 'jose', 'keys', 'verifier'];

/** Who may sign: nothing on the verifying path does. */
const SIGNERS = ['jose/index.ts', 'google/service-account.ts', 'testing/', 'cli/'];

/** Where tokens are verified: from none of these does any way lead to sign.ts. */
const VERIFYING = ['jose/jwt.ts', 'jose/jws.ts', 'verifier/index.ts', 'google/id-token.ts', 'google/iap.ts',
  'keys/index.ts', 'esp/index.ts'];

/** Files of more than 250 lines, and why. */
const LONG: ReadonlyMap<string, string> = new Map();

interface Import {
  readonly names: readonly string[];
  /** As written. */
  readonly specifier: string;
  /** The file under src that it means, where it is relative. */
  readonly path?: string;
}

interface SourceFile {
  readonly path: string;
  readonly floor: string;
  readonly lines: number;
  /** Without comments and the contents of strings. */
  readonly code: string;
  readonly imports: readonly Import[];
  /** Names declared at the top level, types included. */
  readonly declared: readonly string[];
}

// Strings first where they begin first, so that the two slashes of an address in one are not taken for a comment.
const COMMENT_OR_STRING = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

const SRC = fileURLToPath(new URL('../src/', import.meta.url));
const FILES: readonly SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.split(sep).join('/'))
  .filter((path) => path.endsWith('.ts') && !path.startsWith(BUILD))
  .map(readFile)
  .sort((a, b) => (a.path < b.path ? -1 : 1));
const BY_PATH: ReadonlyMap<string, SourceFile> = new Map(FILES.map((file) => [file.path, file]));

function readFile(path: string): SourceFile {
  const text = readFileSync(join(SRC, path), 'utf8');
  const bare = text.replace(COMMENT_OR_STRING, (match) => (match.startsWith('/') ? ' ' : match));
  return {
    path,
    floor: floorOf(path),
    lines: text.split('\n').length - 1,
    code: text.replace(COMMENT_OR_STRING, (match) => (match.startsWith('/') ? ' ' : "''")),
    imports: [...importsOf(bare, path)],
    declared: [...declaredIn(bare)],
  };
}

function floorOf(path: string): string {
  return path.startsWith(PAGE) ? 'page' : (path.split('/')[0] ?? path);
}

function* importsOf(code: string, from: string): Generator<Import> {
  const clauses = code.matchAll(/^(?:import|export)\b([^;'"]*?)\bfrom\s*['"]([^'"]+)['"]/gm);
  const bare = code.matchAll(/(?:^import\s*()|\bimport\s*\(\s*()|\brequire\s*\(\s*())['"]([^'"]+)['"]/gm);
  for (const [, clause = '', specifier = ''] of clauses) yield importOf(clause, specifier, from);
  for (const match of bare) yield importOf('', match[4] ?? '', from);
}

function importOf(clause: string, specifier: string, from: string): Import {
  const names = (/\{([^}]*)\}/.exec(clause)?.[1] ?? '').split(',').map((name) => name.trim().replace(/^type\s+/, ''))
    .filter(Boolean);
  return { names, specifier, ...(specifier.startsWith('.')
    ? { path: posix.join(posix.dirname(from), specifier) } : {}) };
}

function* declaredIn(code: string): Generator<string> {
  const named = /^(?:export\s+)?(?:declare\s+|abstract\s+|async\s+)*(?:function\*?|class|interface|type)\s+(\w+)/gm;
  const bound = /^(?:export\s+)?(?:declare\s+)?(?:const|let|var)\s+(\w+|\{[^}]*\}|\[[^\]]*\])/gm;
  for (const [, name = ''] of code.matchAll(named)) yield name;
  for (const [, name = ''] of code.matchAll(bound)) {
    if (/^\w/.test(name)) yield name;
    else yield* [...name.matchAll(/(\w+)\s*(?:=[^,}\]]*)?(?=[,}\]])/g)].map(([, inner = '']) => inner);
  }
}

const rankOf = (floor: string): number => HOUSE.findIndex((line) => line.includes(floor));
const relativeImports = (file: SourceFile) => file.imports.flatMap(({ path }) => (path === undefined ? [] : [path]));

/** Every file that one leads to, itself included. */
function reach(from: string, seen: Set<string> = new Set()): ReadonlySet<string> {
  if (seen.has(from)) return seen;
  seen.add(from);
  for (const next of relativeImports(BY_PATH.get(from) ?? readFile(from))) reach(next, seen);
  return seen;
}

/** A way from a file back to itself. */
function cycleFrom(start: string): readonly string[] | undefined {
  const visited = new Set<string>();
  const walk = (path: string, way: readonly string[]): readonly string[] | undefined => {
    for (const next of relativeImports(BY_PATH.get(path) ?? readFile(path))) {
      if (next === start) return [...way, next];
      if (visited.has(next)) continue;
      visited.add(next);
      const found = walk(next, [...way, next]);
      if (found) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}

describe('the reader of sources', () => {
  it('has found the house', () => {
    expect(FILES.length).toBeGreaterThan(25);
    expect(BY_PATH.get('jose/jwt.ts')?.imports.map(({ specifier }) => specifier)).toContain('./key-set.ts');
    expect(BY_PATH.get('jose/jwt.ts')?.declared).toEqual(expect.arrayContaining(['verifyJwt', 'VerifiedJwt',
      'verified']));
    expect(BY_PATH.get('index.ts')?.imports.length).toBeGreaterThan(2);
  });

  it('reads imports of every form, and none out of comments', () => {
    const code = [
      "import { a, type B } from './x.ts';", 'import {\n  c,\n  d as e,\n} from "./y.ts";',
      "import type { F } from './z.ts';",
      "export * from './s.ts';", "export { g } from './t.ts';", "import './u.ts';", "const h = await import('./v.ts');",
      "// import './no.ts';", "/* import x from './no.ts'; */",
      "const address = 'https://x.example'; import('./w.ts');",
    ].join('\n').replace(COMMENT_OR_STRING, (match) => (match.startsWith('/') ? ' ' : match));
    const found = [...importsOf(code, 'jose/here.ts')];
    expect(found.map(({ path }) => path?.slice('jose/'.length, -'.ts'.length)).sort())
      .toEqual(['s', 't', 'u', 'v', 'w', 'x', 'y', 'z']);
    expect(found.flatMap(({ names }) => names)).toEqual(['a', 'B', 'c', 'd as e', 'F', 'g']);
  });
});

describe.each(FILES.map((file) => [file.path, file] as const))('%s', (path, file) => {
  it('stands on a floor of the house', () => {
    expect(rankOf(file.floor), `${file.floor} is not in the plan`).not.toBe(-1);
  });

  it('imports downwards only, by whole names that exist', () => {
    const wrong = file.imports.filter(({ specifier, path: target }) => {
      if (target === undefined) return !specifier.startsWith('node:');
      if (!target.endsWith('.ts') || !BY_PATH.has(target)) return true;
      const floor = floorOf(target);
      return floor !== file.floor && rankOf(floor) <= rankOf(file.floor);
    });
    expect(wrong.map(({ specifier }) => specifier)).toEqual([]);
  });

  it('is in no cycle, types included', () => expect(cycleFrom(path)).toBeUndefined());

  it('has no default export, and at most 250 lines', () => {
    expect(file.code).not.toMatch(/^export\s+default\b|\bas\s+default\b/m);
    expect(LONG.has(path) || file.lines, `${file.lines} lines`)
      .toSatisfy((lines: true | number) => lines === true || lines <= 250);
  });

  it('touches the process only in cli and server', () => {
    if (['cli', 'server'].includes(file.floor)) return;
    expect(file.code).not.toMatch(/(?<![.\w])process\b(?!\s*:)/);
    expect(file.imports.map(({ specifier }) => specifier)).not.toContain('node:process');
  });
});

it('no file is excused for a length that it does not have', () => {
  expect([...LONG.keys()].filter((path) => (BY_PATH.get(path)?.lines ?? 0) <= 250)).toEqual([]);
});

describe('jose, the vendor unit', () => {
  const jose = FILES.filter(({ floor }) => floor === 'jose');

  it('imports nothing but node:crypto', () => {
    const outside = jose.flatMap(({ imports }) => imports.filter(({ path }) => !path?.startsWith('jose/')));
    expect([...new Set(outside.map(({ specifier }) => specifier))]).toEqual(['node:crypto']);
  });

  it('has no clock, no network, no timers and no output', () => {
    const forbidden = /\b(?:Date\.now|new Date\(\)|performance|set(?:Timeout|Interval|Immediate)|fetch|console)\b/;
    expect(jose.filter(({ code }) => forbidden.test(code)).map(({ path }) => path)).toEqual([]);
  });
});

describe('the page of the playground', () => {
  const page = FILES.filter(({ floor }) => floor === 'page');

  it('imports nothing but itself', () => {
    expect(page.length).toBeGreaterThan(5);
    expect(page.flatMap((file) => file.imports.filter(({ path }) => !path?.startsWith(PAGE)))).toEqual([]);
  });

  it('lends types to the server, and nothing that is there at run time', () => {
    const borrowed = FILES.filter(({ floor }) => floor !== 'page').flatMap(({ path, imports }) =>
      imports.filter(({ path: target }) => target?.startsWith(PAGE)).map(({ path: target }) => ({ path, target })));
    expect([...new Set(borrowed.map(({ target }) => target))]).toEqual([`${PAGE}wire.ts`]);
    const text = (path: string): string => readFileSync(join(SRC, path), 'utf8');
    expect(borrowed.filter(({ path }) => /^import (?!type\b)[^;]*page\/wire\.ts/m.test(text(path)))).toEqual([]);
    expect(text(`${PAGE}wire.ts`)).not.toMatch(/^export (?!interface|type)/m);
  });

  it('never writes markup', () => {
    expect(page.filter(({ code }) => /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/.test(code)))
      .toEqual([]);
  });
});

describe('signing', () => {
  it('is imported only by those who sign', () => {
    const importers = FILES.filter((file) => relativeImports(file).includes('jose/sign.ts')).map(({ path }) => path);
    expect(importers).toContain('jose/index.ts');
    expect(importers.filter((path) => !SIGNERS.some((signer) => path.startsWith(signer)))).toEqual([]);
  });

  it.each(VERIFYING.filter((path) => BY_PATH.has(path)))('cannot be reached from %s', (path) => {
    expect(reach(path)).not.toContain('jose/sign.ts');
  });
});

it('the front door leads to its floors and no others', () => {
  const floors = relativeImports(BY_PATH.get('index.ts') ?? readFile('index.ts')).map((path) => dirname(path));
  expect([...new Set(floors)].filter((floor) => !FRONT_DOOR.includes(floor))).toEqual([]);
});

/** Names that code may use without declaring them: no file may take one away from another of its floor. */
const GLOBALS: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(globalThis));

// Each floor is published as one file, in which every name means one thing. The page's files stay apart, but for the one
// whose types the server borrows.
const joinedWith = ({ path, floor }: SourceFile): string => (path === `${PAGE}wire.ts` ? 'server' : floor);

describe.each([...new Set(FILES.map(joinedWith))].filter((floor) => floor !== 'page'))('the top-level names of %s', (floor) => {
  it('are unique in it', () => {
    const meanings = new Map<string, Set<string>>();
    const note = (name: string, meaning: string) => meanings.set(name, (meanings.get(name) ?? new Set()).add(meaning));
    for (const { path, declared, imports } of FILES.filter((file) => joinedWith(file) === floor)) {
      for (const name of declared) note(name, `declared in ${path}`);
      for (const { names, specifier, path: target } of imports.filter((one) => !one.path?.startsWith(`${floor}/`))) {
        for (const name of names) {
          const [original = '', local = original] = name.split(/\s+as\s+/);
          note(local, `${original} of ${target ?? specifier}`);
        }
      }
    }
    const clashes = [...meanings].filter(([, set]) => set.size > 1)
      .map(([name, set]) => `${name}: ${[...set].join(', ')}`);
    expect(clashes).toEqual([]);
  });

  it('are none that stand for something everywhere', () => {
    const declared = FILES.filter((file) => joinedWith(file) === floor).flatMap((file) => file.declared);
    expect(declared.filter((name) => GLOBALS.has(name))).toEqual([]);
  });
});

it('what the build and `assay vendor` read of a file is what stands there', () => {
  for (const { path, imports } of FILES) {
    const { head, later } = readSource(path, readFileSync(join(SRC, path), 'utf8'));
    const read = [...head.map(({ target, specifier }) => target ?? specifier), ...later];
    expect(read.sort(), path).toEqual(imports.map(({ path: target, specifier }) => target ?? specifier).sort());
  }
});
