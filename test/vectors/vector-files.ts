/**
 * The files of spec-vectors, as the runner and the tests of the format read them.
 *
 * @module
 */

import { readFileSync, readdirSync } from 'node:fs';

/** The policy of a group or a test. The README of spec-vectors explains its members. */
export type Policy = Readonly<Record<string, unknown>>;

export interface VectorTest {
  readonly tcId: number;
  readonly comment: string;
  readonly token?: string;
  readonly keys?: object | string;
  readonly policy?: Policy;
  readonly now?: number;
  readonly jwk?: object;
  readonly text?: string;
  readonly payload?: string;
  readonly thumbprint?: string;
  readonly octets?: string;
  readonly result: 'valid' | 'invalid';
  readonly refusal?: string;
  readonly level?: 'MUST' | 'SHOULD';
  readonly flags: readonly string[];
}

export interface VectorGroup {
  readonly type: 'jwt' | 'jws' | 'thumbprint' | 'base64url';
  readonly comment: string;
  readonly keys?: object | string;
  readonly policy?: Policy;
  readonly now?: number;
  readonly tests: readonly VectorTest[];
}

export interface VectorFile {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly numberOfTests: number;
  readonly notes: Readonly<Record<string, object>>;
  readonly testGroups: readonly VectorGroup[];
}

export const VECTORS: URL = new URL('../../spec-vectors/', import.meta.url);

/** Every file of vectors, by the order of their names. */
export function readVectorFiles(): VectorFile[] {
  const names = readdirSync(VECTORS).filter((name) => name.endsWith('.json') && name !== 'schema.json').sort();
  return names.map((name) => ({ ...readJson(name), name }));
}

function readJson(name: string): VectorFile {
  return JSON.parse(readFileSync(new URL(name, VECTORS), 'utf8'));
}

/** Every test of a file. */
export function testsOf(file: VectorFile): VectorTest[] {
  return file.testGroups.flatMap((group) => group.tests);
}
