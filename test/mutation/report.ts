/**
 * What Stryker found, file by file: its reporter "json", version 2 of the schema of mutation-testing-elements.
 *
 * @module
 */

import { readFileSync } from 'node:fs';

/** A mutant, named by its text: line numbers move. */
export interface Mutant {
  /** The line on which it begins, without the spaces around it. */
  readonly line: string;
  /** The original, and what was put in its place; runs of spaces are one space. */
  readonly from: string;
  readonly to: string;
}

/** A mutant that lived, and where. */
export interface Survivor extends Mutant {
  /** "line:column". */
  readonly at: string;
}

export interface FileReport {
  readonly file: string;
  /** A mutant that made the tests run without end was noticed too, and is among these. */
  readonly killed: number;
  /** Where each that made them run without end begins, as "line:column": a busy machine makes such where there are none. */
  readonly endless: readonly string[];
  readonly ignored: number;
  readonly survivors: readonly Survivor[];
}

interface Place {
  readonly line: number;
  readonly column: number;
}

interface RawMutant {
  readonly status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'Ignored' | 'CompileError' | 'RuntimeError';
  readonly replacement: string;
  readonly location: { readonly start: Place; readonly end: Place };
}

interface RawReport {
  /** By the path of a test file, what is known of its tests. */
  readonly testFiles?: Readonly<Record<string, object>>;
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly RawMutant[] }>>;
}

/** Reads the report of Stryker's reporter "json". */
export function readReport(path: string): readonly FileReport[] {
  const { files }: RawReport = JSON.parse(readFileSync(path, 'utf8'));
  return Object.entries(files).map(([file, { source, mutants }]) => {
    const count = (...statuses: readonly RawMutant['status'][]): number =>
      mutants.filter(({ status }) => statuses.includes(status)).length;
    return {
      file,
      killed: count('Killed', 'Timeout'),
      endless: mutants.filter(({ status }) => status === 'Timeout').map(({ location: { start } }) => `${start.line}:${start.column}`),
      ignored: count('Ignored'),
      survivors: mutants
        .filter(hasLived)
        .map((mutant) => describe(source.split('\n'), mutant)),
    };
  });
}

/** The test files whose tests were asked. One that cannot be read has none, and Stryker does not complain. */
export function readTestFiles(path: string): readonly string[] {
  const { testFiles = {} }: RawReport = JSON.parse(readFileSync(path, 'utf8'));
  return Object.keys(testFiles);
}

/** The same report, in which nothing has lived: of those, nothing is known. */
export function withoutSurvivors(path: string): string {
  const report: RawReport = JSON.parse(readFileSync(path, 'utf8'));
  const files = Object.entries(report.files).map(([file, { mutants, ...source }]) =>
    [file, { ...source, mutants: mutants.filter((mutant) => !hasLived(mutant)) }] as const);
  return JSON.stringify({ ...report, files: Object.fromEntries(files) });
}

const hasLived = ({ status }: RawMutant): boolean => status === 'Survived' || status === 'NoCoverage';

/** A share, cut and not rounded, so that only everything is 100.0. */
export function percentOf(part: number, whole: number): string {
  return whole === 0 ? '-' : (Math.floor((part / whole) * 1000) / 10).toFixed(1);
}

function describe(lines: readonly string[], { replacement, location: { start, end } }: RawMutant): Survivor {
  const touched = lines.slice(start.line - 1, end.line);
  const text = touched.map((line, index) => {
    const from = index === 0 ? start.column - 1 : 0;
    return line.slice(from, index === touched.length - 1 ? end.column - 1 : undefined);
  });
  return {
    at: `${start.line}:${start.column}`,
    line: (touched[0] ?? '').trim(),
    from: inOneLine(text.join('\n')),
    to: inOneLine(replacement),
  };
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
