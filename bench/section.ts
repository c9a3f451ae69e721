/**
 * What a bench hands back: plain data, from which pages, charts and the README are made.
 *
 * @module
 */

import type { BuiltPackage } from './built.ts';
import type { Environment } from './environment.ts';
import type { Summary } from './statistics.ts';

export interface Table {
  readonly caption?: string;
  readonly head: readonly string[];
  readonly rows: ReadonlyArray<readonly string[]>;
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What eight in ten measurements lie between. */
  readonly low?: number;
  readonly high?: number;
  readonly ours?: boolean;
}

export interface Line {
  readonly label: string;
  readonly points: ReadonlyArray<readonly [x: number, y: number]>;
}

export type Chart =
  | {
      readonly kind: 'bars';
      readonly title: string;
      readonly unit: string;
      readonly bars: readonly Bar[];
      readonly mark?: number;
    }
  | {
      readonly kind: 'lines';
      readonly title: string;
      readonly x: string;
      readonly y: string;
      readonly lines: readonly Line[];
    };

/** The outcome of one bench. */
export interface Section {
  readonly name: string;
  readonly title: string;
  readonly prose: readonly string[];
  readonly tables: readonly Table[];
  readonly charts: Readonly<Record<string, Chart>>;
  /** Named figures, for the README and for comparing Node versions. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** A bench that could not be run, and why: said in the terminal and on the page. */
export interface Skipped {
  readonly name: string;
  readonly title: string;
  readonly skipped: string;
}

export function isSkipped(section: Section | Skipped): section is Skipped {
  return 'skipped' in section;
}

export interface BenchContext {
  readonly quick: boolean;
  readonly built: BuiltPackage;
  readonly say: (line: string) => void;
}

export interface Bench {
  readonly name: string;
  readonly run: (context: BenchContext) => Promise<Section | Skipped>;
}

/** One run of the benches, as it is kept in results.json. */
export interface Run {
  readonly environment: Environment;
  readonly sections: ReadonlyArray<Section | Skipped>;
}

/** "23.7", "0.84", "1,204": as many digits as a measurement bears. */
export function figure(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** "1.16 (1.12 to 1.21)" */
export function spread({ median, p10, p90 }: Summary): string {
  return `${figure(median)} (${figure(p10)} to ${figure(p90)})`;
}
