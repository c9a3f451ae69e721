/**
 * Builds the package: each floor of src as one file, and the doors that lead to them.
 *
 *   npm run build               into dist
 *   npm run build -- FOLDER
 *
 *   dist/jose/floor.js          all of src/jose
 *   dist/jose/index.js          its door, as package.json names it: what of it is public
 *   dist/index.js               the front door
 *
 * The source is joined and then compiled, so that the compiler sees what is published. It is not part of the package.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  floorOf, joinFiles, leadAnew, readSource, relativePath, type JoinedLine, type Naming, type SourceFile,
} from '../vendor/index.ts';
import { leadBack, type SourceMap } from './line-map.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SRC = join(ROOT, 'src');

/** What of package.json the build goes by. */
interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

/** What is published, before it is compiled: the lines of each file, by its path. */
type Published = ReadonlyMap<string, readonly JoinedLine[]>;

/**
 * Builds into a folder, which is made if it is not there.
 *
 * @throws {Error} with the compiler's words, where the source does not compile.
 */
export function buildPackage(folder: string): void {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const published = publish(readSources(), doorsOf(manifest));
  const joined = mkdtempSync(join(tmpdir(), 'jwt-assay-build-'));
  try {
    for (const [path, lines] of published) writeText(join(joined, path), lines.map(({ text }) => text).join('\n'));
    writeProject(joined);
    compile(joined, resolve(folder), (words) => inSource(words, published));
  } finally {
    rmSync(joined, { recursive: true, force: true });
  }
  for (const program of otherPrograms().filter((path) => path !== 'build')) {
    compile(join(SRC, program), join(resolve(folder), program));
  }
  writeText(join(folder, 'origin.json'), JSON.stringify({ commit: readCommit() }));
  for (const [path, lines] of published) {
    for (const extension of ['.js.map', '.d.ts.map']) {
      const file = join(folder, path.replace(/\.ts$/, extension));
      const map = JSON.parse(readFileSync(file, 'utf8')) as SourceMap;
      // The package holds src beside dist.
      const toSrc = posix.join(posix.relative(posix.dirname(path), ''), '../src');
      writeText(file, JSON.stringify(leadBack(map, lines, (source) => `${toSrc}/${source}`)));
    }
  }
}

/** Every file of the package, by path: what lies outside the other programs, and what that needs of them. */
export function readSources(): Map<string, SourceFile> {
  const sources = new Map<string, SourceFile>();
  const add = (path: string): void => {
    if (sources.has(path)) return;
    const file = readSource(path, readFileSync(join(SRC, path), 'utf8'));
    sources.set(path, file);
    for (const { target } of file.head) if (target !== undefined) add(target);
  };
  const programs = otherPrograms();
  filesUnder(SRC).filter((path) => path.endsWith('.ts') && !programs.some((folder) => path.startsWith(`${folder}/`)))
    .forEach(add);
  return sources;
}

/** Folders with a tsconfig.json of their own are programs of their own: this one, and scripts for a browser. */
function otherPrograms(): string[] {
  return filesUnder(SRC).filter((path) => path.endsWith('/tsconfig.json')).map((path) => posix.dirname(path));
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.split(sep).join('/')).sort();
}

/** The sources of the files that package.json names. */
function doorsOf({ bin, exports }: Manifest): string[] {
  const targets = Object.values(exports).map((target) => (typeof target === 'string' ? target : target.default));
  return [...targets, ...Object.values(bin)]
    .filter((path) => path.startsWith('./dist/'))
    .map((path) => path.slice('./dist/'.length).replace(/\.js$/, '.ts'));
}

/**
 * What is published: the doors, and each floor.
 *
 * A file that nobody imports is a door too, which something starts by its name, as a worker. A door that package.json does
 * not name is left out: the floors above import from the floor itself.
 */
export function publish(sources: ReadonlyMap<string, SourceFile>, doors: readonly string[]): Published {
  const files = [...sources.values()];
  const imported = new Set(files.flatMap(({ head, later }) => [...head.map(({ target }) => target), ...later]));
  const partOf = partition(files);
  const published = new Map<string, readonly JoinedLine[]>();
  const parts = new Map<string, SourceFile[]>();
  for (const file of files) {
    const { path } = file;
    const part = partOf(path);
    const isInner = path.endsWith('/index.ts') && !doors.includes(path);
    if (doors.includes(path) || (!imported.has(path) && !isInner)) {
      published.set(path, leadAnew(file, sources, namingFrom(path, partOf)));
    } else if (!isInner) parts.set(part, [...(parts.get(part) ?? []), file]);
  }
  for (const [part, members] of parts) {
    const path = `${part}/floor.ts`;
    published.set(path, joinFiles(part, members, namingFrom(path, partOf)));
  }
  return published;
}

/**
 * Says of each file with which others it is joined: with all of its floor. But a room of a floor, a folder in it, that the
 * rest of the floor does not need is a file by itself: the playground is, so that a server does not load a test issuer.
 */
function partition(files: readonly SourceFile[]): (path: string) => string {
  const roomOf = (path: string): string => path.split('/').slice(0, -1).slice(0, 2).join('/');
  const needed = new Set(files.flatMap(({ path, head }) => head.flatMap(({ target = path }) =>
    floorOf(target) === floorOf(path) && roomOf(target) !== roomOf(path) ? [roomOf(target)] : [])));
  return (path) => (needed.has(roomOf(path)) ? floorOf(path) : roomOf(path));
}

/** Everything is found in the file that it was joined into. */
function namingFrom(path: string, partOf: (path: string) => string): Naming {
  return (target) => relativePath(path, `${partOf(target)}/floor.js`);
}

/** The commit that is built, marked if it is not all; null outside a repository. `assay vendor` writes it down. */
function readCommit(): string | null {
  // Unpacked within another repository, it would have that one's commit.
  if (!existsSync(join(ROOT, '.git'))) return null;
  const args = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

function writeProject(folder: string): void {
  const typeRoots = [join(ROOT, 'node_modules', '@types')];
  const project = {
    extends: join(SRC, 'build', 'tsconfig.json'),
    compilerOptions: { rootDir: folder, typeRoots },
    include: [folder],
  };
  writeText(join(folder, 'tsconfig.json'), JSON.stringify(project));
  writeText(join(folder, 'package.json'), '{ "type": "module" }');
}

function compile(project: string, outDir: string, translate = (words: string): string => words): void {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const args = [tsc, '-p', project, '--outDir', outDir, '--pretty', 'false'];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the build fails:\n${translate(stdout)}`);
}

/** What the compiler says, about the files that people write. */
function inSource(words: string, published: Published): string {
  return words.replace(/^(\S+)\((\d+),/gm, (place, path: string, line: string) => {
    const origin = published.get(path)?.[Number(line) - 1]?.origin;
    return origin === undefined ? place : `src/${origin.path}(${origin.line + 1},`;
  });
}

function writeText(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${text}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? join(ROOT, 'dist');
  rmSync(folder, { recursive: true, force: true });
  buildPackage(folder);
}
