/**
 * A floor as one file: the same text in import order, without the imports between its files.
 *
 * Importing one file costs a tenth of importing twenty. Nothing is renamed, reordered within a file, or left out, so
 * that the one file reads as the many do. Names must be unique within a floor: test/floors.test.ts holds that.
 *
 * @module
 */

import { LATER_IMPORT, resolve, type ImportedName, type SourceFile } from './source-file.ts';

/** A line of a file that is made of others, and where it comes from, if it was not written here. */
export interface JoinedLine {
  readonly text: string;
  readonly origin?: LineOrigin;
}

export interface LineOrigin {
  readonly path: string;
  /** Counted from 0. */
  readonly line: number;
}

/** Says how the file that is written names the one in which a file under src is found. */
export type Naming = (target: string) => string;

/** What a joined file imports, by specifier and by local name. */
type Wanted = Map<string, Map<string, ImportedName>>;

const WIDTH = 120;

/**
 * Joins files of one floor.
 *
 * @param files in any order; none of them a door
 * @throws {SyntaxError} where they cannot be joined as they stand.
 */
export function joinFiles(floor: string, files: readonly SourceFile[], naming: Naming): JoinedLine[] {
  const ordered = inImportOrder(files);
  const inside = new Set(files.map(({ path }) => path));
  const title = `// All of src/${floor}: ${files.length} files, in the order in which they import each other.`;
  return [
    ...[title, '', ...importLines(ordered, inside, naming)].map((text) => ({ text })),
    ...ordered.flatMap((file) => [
      ...['', `// src/${file.path}`, ''].map((text) => ({ text })),
      ...bodyOf(file, naming),
    ]),
  ];
}

/** Each file behind those that it imports, as Node would evaluate them. */
function inImportOrder(files: readonly SourceFile[]): SourceFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const ordered = new Set<SourceFile>();
  const visit = (file: SourceFile): void => {
    if (ordered.has(file)) return;
    for (const { target = '' } of file.head) {
      const imported = byPath.get(target);
      if (imported !== undefined) visit(imported);
    }
    ordered.add(file);
  };
  [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).forEach(visit);
  return [...ordered];
}

/** One import for each module outside, of all that the files want of it. */
function importLines(files: readonly SourceFile[], inside: ReadonlySet<string>, naming: Naming): string[] {
  const wanted: Wanted = new Map();
  for (const { path, head } of files) {
    for (const statement of head) {
      const { kind, specifier, target, names } = statement;
      if (kind === 'export' || names === undefined) throw new SyntaxError(`${path}: exports what is not its own`);
      if (target === undefined) want(wanted, specifier, names);
      else if (!inside.has(target)) want(wanted, naming(target), names);
      else if (names.some(({ name, local }) => name !== local)) {
        throw new SyntaxError(`${path}: what the files of a floor import from each other keeps its name`);
      }
    }
  }
  return [...wanted].flatMap(([specifier, names]) => importStatement(specifier, [...names.values()]));
}

/** A name that one file wants as a type and another as a value is a value. */
function want(wanted: Wanted, specifier: string, names: readonly ImportedName[]): void {
  const known = wanted.get(specifier) ?? new Map<string, ImportedName>();
  wanted.set(specifier, known);
  for (const name of names) {
    known.set(name.local, { ...name, isType: name.isType && (known.get(name.local)?.isType ?? true) });
  }
}

function importStatement(specifier: string, names: readonly ImportedName[]): string[] {
  const words = names.every(({ isType }) => isType) ? 'import type' : 'import';
  const list = names
    .map(({ name, local, isType }) => ({ name: name === local ? name : `${name} as ${local}`, isType }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, isType }) => (isType && words === 'import' ? `type ${name}` : name));
  const line = `${words} { ${list.join(', ')} } from '${specifier}';`;
  if (line.length <= WIDTH) return [line];
  return [`${words} {`, ...list.map((name) => `  ${name},`), `} from '${specifier}';`];
}

/** What a file says apart from its imports, and the blank lines behind those. */
function bodyOf(file: SourceFile, naming: Naming): JoinedLine[] {
  const isImport = (line: number): boolean => file.head.some(({ from, to }) => line >= from && line < to);
  const body = linesOf(file, naming).filter(
    ({ text, origin: { line } }) => !isImport(line) && !(text === '' && isImport(line - 1)),
  );
  while (body.at(-1)?.text === '') body.pop();
  return body;
}

/** The lines of a file, with what it imports later named anew. */
export function linesOf({ path, lines }: SourceFile, naming: Naming): Required<JoinedLine>[] {
  return lines.map((text, line) => ({
    text: text.replace(LATER_IMPORT, (call, specifier: string) => call.replace(specifier, naming(resolve(path, specifier)))),
    origin: { path, line },
  }));
}
