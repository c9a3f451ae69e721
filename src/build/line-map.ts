/**
 * Source maps, led back from the joined files that the compiler saw to the files that people read.
 *
 * Joining moves whole lines, so that only the file and the line of a position change, never its column.
 * The format is ECMA-426: base64 VLQ numbers, five to a segment at most, each the difference to the one before.
 *
 * @module
 */

import type { JoinedLine } from '../vendor/joined-file.ts';

/** A source map as tsc writes it: of one source. */
export interface SourceMap {
  readonly version: 3;
  readonly file: string;
  readonly sourceRoot?: string;
  readonly sources: readonly string[];
  readonly names: readonly string[];
  readonly mappings: string;
}

/** Absolute numbers of a segment, counted from 0: where in what was generated, and where in the source. */
interface Segment {
  readonly generatedColumn: number;
  readonly sourceLine: number;
  readonly sourceColumn: number;
}

/**
 * Leads a map of a joined file back to the files it was joined from.
 *
 * @param lines those of the joined file
 * @param urlOf how the map is to name a file under src
 */
export function leadBack(map: SourceMap, lines: readonly JoinedLine[], urlOf: (path: string) => string): SourceMap {
  const sources: string[] = [];
  const before = { source: 0, line: 0, column: 0 };
  const mappings = readMappings(map.mappings).map((segments) => {
    let generated = 0;
    return segments.flatMap(({ generatedColumn, sourceLine, sourceColumn }) => {
      const origin = lines[sourceLine]?.origin;
      if (origin === undefined) return [];
      if (!sources.includes(origin.path)) sources.push(origin.path);
      const now = { source: sources.indexOf(origin.path), line: origin.line, column: sourceColumn };
      const differences = [
        generatedColumn - generated, now.source - before.source, now.line - before.line, now.column - before.column,
      ];
      generated = generatedColumn;
      Object.assign(before, now);
      return [differences.map(writeVlq).join('')];
    }).join(',');
  });
  return {
    version: 3,
    file: map.file,
    sources: sources.map(urlOf),
    names: [],
    mappings: mappings.join(';'),
  };
}

/** The segments of each line. Names and segments without a source are left out: tsc writes none that matter here. */
export function readMappings(mappings: string): Segment[][] {
  let [sourceLine, sourceColumn] = [0, 0];
  return mappings.split(';').map((line) => {
    let generatedColumn = 0;
    return line.split(',').filter(Boolean).flatMap((text) => {
      const [column = 0, source, lines = 0, columns = 0] = readVlqs(text);
      generatedColumn += column;
      sourceLine += lines;
      sourceColumn += columns;
      return source === undefined ? [] : [{ generatedColumn, sourceLine, sourceColumn }];
    });
  });
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Five bits to a digit, the least significant first; bit 5 says that more follow, bit 0 of the whole is the sign. */
function readVlqs(text: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const letter of text) {
    const digit = DIGITS.indexOf(letter);
    value |= (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    numbers.push((value & 1) === 1 ? -(value >>> 1) : value >>> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}

function writeVlq(number: number): string {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = '';
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += DIGITS.charAt(rest > 0 ? digit | 32 : digit);
  } while (rest > 0);
  return text;
}
