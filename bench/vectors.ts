/**
 * The vectors of spec-vectors/, read as questions that can be put to any library.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';

export const SPEC_VECTORS: URL = new URL('../spec-vectors/', import.meta.url);

export interface LeewayOption {
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
}

export interface IssuerVector {
  readonly issuer: string | readonly string[];
  readonly audience: string | readonly string[] | null;
  readonly keys: unknown;
  readonly algorithms?: readonly string[];
}

/** What the verifier is configured with: spec-vectors/README.md explains each member. */
export interface VectorPolicy {
  readonly issuer?: string | readonly string[] | null;
  readonly issuers?: readonly IssuerVector[];
  readonly audience?: string | readonly string[] | null;
  readonly algorithms?: readonly string[];
  readonly leeway?: number | LeewayOption;
  readonly requiredClaims?: readonly string[];
  readonly typ?: string | readonly string[];
  readonly subject?: string;
  readonly maxAge?: number;
  readonly maxLifetime?: number;
  readonly maxTokenLength?: number;
  readonly google?: {
    readonly hostedDomain?: string;
    readonly authorizedParty?: string;
    readonly requireVerifiedEmail?: boolean;
  };
  readonly nonce?: string;
  readonly accessToken?: string;
}

/** What is asked: is this token, thumbprint or text right? */
export interface Question {
  readonly type: 'jwt' | 'jws' | 'thumbprint' | 'base64url';
  readonly token: unknown;
  readonly keys: unknown;
  readonly policy: VectorPolicy;
  /** Seconds. Absent: the system's time, as in the benches. */
  readonly now?: number;
  /** What must come out where a question asks for an output: a thumbprint, or octets in hexadecimal. */
  readonly output?: string;
}

/** A question with what the vectors say of it. */
export interface Vector {
  readonly id: string;
  readonly comment: string;
  readonly question: Question;
  readonly result: 'valid' | 'invalid';
  readonly refusal?: string;
  readonly level?: 'MUST' | 'SHOULD';
  readonly flags: readonly string[];
}

/** What a flag is about. */
export interface FlagNote {
  readonly description: string;
  readonly rule: string;
}

export interface VectorSuite {
  readonly files: readonly string[];
  readonly vectors: readonly Vector[];
  readonly notes: ReadonlyMap<string, FlagNote>;
}

interface StoredTest extends Omit<Vector, 'id' | 'question'> {
  readonly tcId: number;
  readonly token?: unknown;
  readonly keys?: unknown;
  readonly policy?: VectorPolicy;
  readonly now?: number;
  readonly payload?: string;
  readonly jwk?: unknown;
  readonly thumbprint?: string;
  readonly text?: string;
  readonly octets?: string;
}

interface StoredGroup {
  readonly type: Question['type'];
  readonly keys?: unknown;
  readonly policy?: VectorPolicy;
  readonly now?: number;
  readonly tests: readonly StoredTest[];
}

interface StoredFile {
  readonly schema: string;
  readonly notes: Readonly<Record<string, FlagNote>>;
  readonly testGroups: readonly StoredGroup[];
}

/** Reads every file of vectors, in the order of their names. */
export function readSuite(folder: URL = SPEC_VECTORS): VectorSuite {
  const vectors: Vector[] = [];
  const files: string[] = [];
  const notes = new Map<string, FlagNote>();
  for (const name of readdirSync(folder)
    .filter((entry) => entry.endsWith('.json') && entry !== 'schema.json')
    .sort()) {
    const file = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as StoredFile;
    if (file.schema !== 'schema.json') continue;
    files.push(name);
    for (const [flag, note] of Object.entries(file.notes)) notes.set(flag, note);
    for (const group of file.testGroups) {
      for (const test of group.tests) vectors.push(toVector(name.replace(/\.json$/, ''), group, test));
    }
  }
  return { files, vectors, notes };
}

function toVector(file: string, group: StoredGroup, test: StoredTest): Vector {
  const { tcId, comment, result, refusal, level, flags } = test;
  return {
    id: `${file}/${tcId}`,
    comment,
    question: toQuestion(group, test),
    result,
    flags,
    ...(refusal === undefined ? {} : { refusal }),
    ...(level === undefined ? {} : { level }),
  };
}

/** A test's own keys and now replace its group's; each member of its own policy replaces that member of its group's. */
function toQuestion(group: StoredGroup, test: StoredTest): Question {
  const now = test.now ?? group.now;
  const output = test.payload ?? test.thumbprint ?? test.octets;
  return {
    type: group.type,
    token: group.type === 'thumbprint' ? test.jwk : group.type === 'base64url' ? test.text : test.token,
    keys: test.keys ?? group.keys,
    policy: { ...group.policy, ...test.policy },
    ...(now === undefined ? {} : { now }),
    ...(output === undefined ? {} : { output }),
  };
}
