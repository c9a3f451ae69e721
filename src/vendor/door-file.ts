/**
 * A door: a file that others enter by, which stays a file of its own and leads to the joined floors.
 *
 * @module
 */

import { linesOf, type JoinedLine, type Naming } from './joined-file.ts';
import type { HeadStatement, SourceFile } from './source-file.ts';

/**
 * Writes a door anew, so that it leads to where its names are now.
 *
 * `export * from` another door becomes what that door says: a joined floor exports more than its door does.
 *
 * @param sources every file under src, by path
 * @throws {SyntaxError} for `export * from` a file that is none of them.
 */
export function leadAnew(
  door: SourceFile,
  sources: ReadonlyMap<string, SourceFile>,
  naming: Naming,
): JoinedLine[] {
  const { head } = door;
  return linesOf(door, naming).flatMap((line) => {
    const statement = head.find(({ from, to }) => line.origin.line >= from && line.origin.line < to);
    if (statement?.target === undefined) return [line];
    if (statement.names !== undefined) return [leadingTo(line, statement, naming(statement.target))];
    const inner = sources.get(statement.target);
    if (inner === undefined) throw new SyntaxError(`${door.path}: exports all of ${statement.target}, which is not there`);
    return statementsOf(leadAnew(inner, sources, naming), inner);
  });
}

function leadingTo(line: JoinedLine, { specifier }: HeadStatement, leadsTo: string): JoinedLine {
  return { ...line, text: line.text.replace(`'${specifier}'`, `'${leadsTo}'`) };
}

/** What stands at the head of a door, without the words about it. */
function statementsOf(lines: readonly JoinedLine[], { head }: SourceFile): JoinedLine[] {
  return lines.filter(({ origin }) => head.some(({ from, to }) => origin && origin.line >= from && origin.line < to));
}
