/**
 * The text of vendored files: as they stand in src, or each floor as one, under a line that says where they are from.
 *
 * @module
 */

import { leadAnew } from './door-file.ts';
import { joinFiles, type JoinedLine, type Naming } from './joined-file.ts';
import { floorOf, relativePath, type SourceFile } from './source-file.ts';

/** How imports name files: as JavaScript will find them, or as Node finds TypeScript when it strips types. */
export type ImportStyle = 'js' | 'ts';

/** A file to be written. */
export interface Copy {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The files under src that it was made of. */
  readonly sources: readonly string[];
}

export interface CopyTerms {
  readonly imports: ImportStyle;
  readonly oneFile: boolean;
  /** The package and its version. */
  readonly origin: string;
}

/**
 * Copies files, in a form in which they compile where they are put.
 *
 * @param files as they were selected: a door leads to none but these
 */
export function copyFiles(files: readonly SourceFile[], terms: CopyTerms): Copy[] {
  const copies = terms.oneFile ? joinedCopies(files, terms) : files.map((file) => copyOf(file, files, terms));
  return copies.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function copyOf(file: SourceFile, files: readonly SourceFile[], { imports, origin }: CopyTerms): Copy {
  const naming: Naming = (target) => withEnding(relativePath(file.path, target), imports);
  const isThere = new Set(files.map(({ path }) => path));
  // Only doors lead to what may not be there: selection sees to it.
  const left = file.head.filter(({ kind, target }) => kind === 'export' && target !== undefined && !isThere.has(target));
  const isLeft = (line: number): boolean => left.some(({ from, to }) => line >= from && line < to);
  const lines = leadAnew(file, new Map(), naming).filter(({ origin: place }) => place === undefined || !isLeft(place.line));
  return { path: file.path, text: textOf(lines, origin, `src/${file.path}`), sources: [file.path] };
}

/** Without doors: who vendors a floor as one file has all of it. */
function joinedCopies(files: readonly SourceFile[], { imports, origin }: CopyTerms): Copy[] {
  const naming: Naming = (target) => withEnding(`./${floorOf(target)}.ts`, imports);
  return [...new Set(files.map(({ floor }) => floor))].map((floor) => {
    const members = files.filter((file) => file.floor === floor && !file.path.endsWith('/index.ts'));
    const lines = joinFiles(floor, members, naming);
    const sources = [...new Set(lines.flatMap(({ origin: place }) => (place === undefined ? [] : [place.path])))];
    return { path: `${floor}.ts`, text: textOf(lines, origin, `src/${floor}`), sources };
  });
}

function withEnding(specifier: string, imports: ImportStyle): string {
  return imports === 'ts' ? specifier : specifier.replace(/\.ts$/, '.js');
}

// ESLint takes a directive away that has nothing to disable, if it is let fix files: one line of code is one too many, which it disables.
const KEEP_AWAY = '/** @noprettier */ /* eslint max-lines: [2, 1] */ /* eslint-disable */ '
  + ['lint', 'assist', 'format'].map((part) => `/* biome-ignore-all ${part}: vendored */`).join(' ');

/** One line, in front, by which Prettier, ESLint and Biome leave the file alone, and people know where to mend it. */
function textOf(lines: readonly JoinedLine[], origin: string, from: string): string {
  const text = [`${KEEP_AWAY} // ${origin}, ${from}: do not edit (MIT)`, ...lines.map((line) => line.text)].join('\n');
  return `${text.trimEnd()}\n`;
}
