/**
 * Writes src/api.md: every public name, what it is in a sentence, and the file that says the rest.
 *
 *   npm run api
 *
 * The sentence is the first one of the docstring. A public name without one is an error: whoever exports it must say what it is.
 *
 * @module
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from '../vendor/index.ts';
import { readSources } from './build.ts';

const PACKAGE = new URL('../../package.json', import.meta.url);
const PAGE = new URL('../api.md', import.meta.url);

type Kind = 'function' | 'class' | 'constant' | 'type';

/** A name that a door lets out. */
export interface PublicName {
  readonly name: string;
  readonly kind: Kind;
  /** In the docstring's own Markdown. */
  readonly sentence: string;
  /** Under src: the file that declares it. */
  readonly path: string;
}

/** A subpath of the package, and what it exports. */
export interface Door {
  /** As it is imported: `jwt-assay/jose`. */
  readonly specifier: string;
  /** What its own docstring says it is. */
  readonly purpose: string;
  readonly names: readonly PublicName[];
}

/**
 * The doors that package.json names, in its order.
 *
 * @throws {Error} for an export whose declaration or docstring cannot be found.
 */
export function readDoors(): readonly Door[] {
  const { name, exports } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as {
    name: string;
    exports: Record<string, string | { default: string }>;
  };
  const sources = readSources();
  return Object.entries(exports).flatMap(([subpath, target]) => {
    if (typeof target === 'string') return [];
    const path = target.default.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts');
    const file = sourceAt(sources, path);
    const purpose = /^\/\*\*\n([\s\S]*?)\n \*\//.exec(file.lines.join('\n'))?.[1] ?? '';
    return [{ specifier: name + subpath.slice(1), purpose: firstSentence(purpose), names: namesOf(file, sources) }];
  });
}

/** The page. */
export function writeReference(doors: readonly Door[]): string {
  const lines = [
    '# Every public name', '',
    'Written by `npm run api` from the first sentences of the docstrings; a test fails when it is not up to date. The links lead to the',
    'declarations, where options, units, defaults, errors and examples are.', '',
    ...doors.map(({ specifier }) => `- [\`${specifier}\`](#${anchorOf(specifier)})`),
  ];
  const [front] = doors;
  for (const door of doors) {
    const elsewhere = door === front ? doors.filter((other) => other !== front && isWithin(other, door)) : [];
    const own = door.names.filter(({ name }) => !elsewhere.some(({ names }) => names.some((known) => known.name === name)));
    lines.push('', `## ${door.specifier}`, '', door.purpose, '');
    if (elsewhere.length > 0) {
      const list = elsewhere.map(({ specifier }) => `[\`${specifier}\`](#${anchorOf(specifier)})`).join(', ');
      lines.push(`All that is exported by ${list}, and:`, '');
    }
    const [types, values] = [true, false].map((isType) => own.filter(({ kind }) => (kind === 'type') === isType));
    lines.push('| | | |', '|---|---|---|', ...[...(values ?? []), ...(types ?? [])].map(row));
  }
  return `${lines.join('\n')}\n`;
}

function row({ name, kind, sentence, path }: PublicName): string {
  return `| [\`${name}\`](${path}) | ${kind} | ${sentence.replaceAll('|', '\\|')} |`;
}

function isWithin(inner: Door, outer: Door): boolean {
  const names = new Set(outer.names.map(({ name }) => name));
  return inner.names.every(({ name }) => names.has(name));
}

/** As GitHub makes it of the heading. */
function anchorOf(specifier: string): string {
  return specifier.replace('/', '');
}

/** What a door lets out: names that it takes from files, and all of other doors. */
function namesOf(door: SourceFile, sources: ReadonlyMap<string, SourceFile>): readonly PublicName[] {
  return door.head.flatMap(({ kind, target, names }) => {
    if (kind !== 'export' || target === undefined) throw new Error(`${door.path}: a door only lets names of files out`);
    const file = sourceAt(sources, target);
    return names === undefined ? namesOf(file, sources) : names.map(({ local }) => declarationIn(file, local));
  });
}

function sourceAt(sources: ReadonlyMap<string, SourceFile>, path: string): SourceFile {
  const file = sources.get(path);
  if (file === undefined) throw new Error(`src/${path} is not there`);
  return file;
}

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['function', 'function'], ['class', 'class'], ['const', 'constant'], ['interface', 'type'], ['type', 'type'],
]);

function declarationIn({ path, lines }: SourceFile, name: string): PublicName {
  const declares = new RegExp(`^export (?:async )?(function|class|const|interface|type) ${name}\\b`);
  const at = lines.findIndex((line) => declares.test(line));
  const kind = KINDS.get(declares.exec(lines[at] ?? '')?.[1] ?? '');
  if (kind === undefined) throw new Error(`src/${path}: the declaration of ${name} was not found`);
  const before = lines.slice(0, at).join('\n');
  const docstring = before.endsWith(' */') ? before.slice(before.lastIndexOf('/**') + '/**'.length, -' */'.length) : '';
  const sentence = firstSentence(docstring);
  if (sentence === '') throw new Error(`src/${path}: ${name} is public and has no docstring`);
  return { name, kind, sentence, path };
}

/** The first sentence of the first paragraph; and the second, where the first one says little. */
function firstSentence(docstring: string): string {
  const text = docstring.split('\n').map((line) => line.replace(/^\s*\*? ?/, '')).join('\n').trim();
  const paragraph = (/^[\s\S]*?(?=\n\n|\n@|$(?![\s\S]))/.exec(text)?.[0] ?? '').replaceAll('\n', ' ');
  const sentence = /^(?:.{0,24}[.](?=\s))?.*?[.](?=\s|$)/.exec(paragraph)?.[0] ?? paragraph;
  return sentence.startsWith('@') ? '' : sentence.replace(/\{@link (\w+)\}/g, '`$1`').trim();
}

if (process.argv[1] !== undefined && resolvePath(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(PAGE, writeReference(readDoors()));
}
