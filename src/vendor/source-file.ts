/**
 * A file of `src`, read as text: what it imports, and what it says after that.
 *
 * No parser of TypeScript: the house keeps imports at the head of a file, each from a line of its own, and this reads
 * that head. What it cannot read it refuses, so that nothing is joined or copied by guesswork.
 *
 * @module
 */

/** One name that an import or a re-export brings. */
export interface ImportedName {
  readonly name: string;
  /** What it is called here. */
  readonly local: string;
  readonly isType: boolean;
}

/** An `import ... from` or `export ... from` at the head of a file. */
export interface HeadStatement {
  readonly kind: 'import' | 'export';
  readonly specifier: string;
  /** The file under src that is meant, or undefined for a module of Node's. */
  readonly target: string | undefined;
  /** What it brings; undefined for everything. */
  readonly names: readonly ImportedName[] | undefined;
  /** Its first line and the line after its last, counted from 0. */
  readonly from: number;
  readonly to: number;
}

/** A file of `src`. */
export interface SourceFile {
  /** Under src, with slashes: `jose/jwt.ts`. */
  readonly path: string;
  /** Its folder directly under src, or '' for the front door. */
  readonly floor: string;
  readonly lines: readonly string[];
  readonly head: readonly HeadStatement[];
  /** Files that its code imports when it comes to that, by an `import` that is called. */
  readonly later: readonly string[];
}

const BLANK_OR_COMMENT = /(?:\s+|#![^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const STATEMENT =
  /^(?:(import|export)\s+(type\s+)?\{([^}]*)\}\s+from\s+'([^']+)'|import\s+(\w+)\s+from\s+'([^']+)'|export\s+\*\s+from\s+'([^']+)');/;
const STARTS_LIKE_ONE = /^(?:import\b(?!\s*[(.])|export\s+(?:type\s+)?[{*])/;

/** How a file imports another when it comes to that. The quotes hold what it imports. */
export const LATER_IMPORT: RegExp = /\bimport\('(\.[^']+)'\)/g;

/**
 * Reads a file.
 *
 * @param path under src, with slashes
 * @throws {SyntaxError} for an import of a form that this does not read.
 */
export function readSource(path: string, text: string): SourceFile {
  const head: HeadStatement[] = [];
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  const whole = lines.join('\n');
  for (let at = 0; ;) {
    at = skipBlank(whole, at);
    const rest = whole.slice(at);
    if (!STARTS_LIKE_ONE.test(rest)) break;
    const match = STATEMENT.exec(rest);
    if (match === null) throw new SyntaxError(`${path}: an import or export of a form that is not used here`);
    const from = countLines(whole, at);
    head.push(statementOf(path, match, from, countLines(whole, at + match[0].length) + 1));
    at += match[0].length;
  }
  const later = [...whole.matchAll(LATER_IMPORT)].map(([, specifier = '']) => resolve(path, specifier));
  return { path, floor: floorOf(path), lines, head, later };
}

/** The floor on which a file lies: its first folder, or '' for the front door. */
export function floorOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

/** The file that a relative specifier means. */
export function resolve(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** How one file names another: `./key-set.ts`, `../jose/errors.ts`. */
export function relativePath(from: string, to: string): string {
  const folder = from.split('/').slice(0, -1);
  const target = to.split('/');
  while (folder.length > 0 && folder[0] === target[0]) {
    folder.shift();
    target.shift();
  }
  return `${folder.length === 0 ? './' : '../'.repeat(folder.length)}${target.join('/')}`;
}

function skipBlank(text: string, at: number): number {
  BLANK_OR_COMMENT.lastIndex = at;
  return at + (BLANK_OR_COMMENT.exec(text)?.[0].length ?? 0);
}

function countLines(text: string, end: number): number {
  return text.slice(0, end).split('\n').length - 1;
}

function statementOf(path: string, match: RegExpExecArray, from: number, to: number): HeadStatement {
  const [, kind, type, list, named, local, ofDefault, ofAll] = match;
  const specifier = named ?? ofDefault ?? ofAll ?? '';
  const target = specifier.startsWith('.') ? resolve(path, specifier) : undefined;
  const shared = { specifier, target, from, to };
  if (local !== undefined) return { kind: 'import', names: [{ name: 'default', local, isType: false }], ...shared };
  if (list === undefined) return { kind: 'export', names: undefined, ...shared };
  const names = list.split(',').map((name) => name.trim()).filter(Boolean);
  return {
    kind: kind === 'export' ? 'export' : 'import',
    names: names.map((name) => importedName(name, type !== undefined)),
    ...shared,
  };
}

function importedName(text: string, ofTypes: boolean): ImportedName {
  const bare = text.replace(/^type\s+/, '');
  const [name = '', local = name] = bare.split(/\s+as\s+/);
  return { name, local, isType: ofTypes || bare !== text };
}
