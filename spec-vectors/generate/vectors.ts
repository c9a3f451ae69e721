/**
 * Tests, groups and files of vectors, in the form of schema.json.
 *
 * @module
 */

import { jwkSet, type Jwk } from './keys.ts';
import { NOTES, type Note } from './notes.ts';
import { AUDIENCE, ISSUER, NOW } from './token.ts';

export type Policy = Readonly<Record<string, unknown>>;

/** What a test may have of its own in place of its group's. */
export interface Own {
  readonly keys?: unknown;
  readonly policy?: Policy;
  readonly now?: number;
}

export type Test = Readonly<Record<string, unknown>> & { readonly flags: readonly string[] };

export interface Group {
  readonly type: 'jwt' | 'jws' | 'thumbprint' | 'base64url';
  readonly comment: string;
  readonly tests: readonly Test[];
}

/** What most groups demand: the tests then look at one thing. */
export const POLICY: Policy = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['RS256'], leeway: 0 };

/** A token that must be accepted. `flags` are separated by spaces. */
export function valid(comment: string, token: unknown, flags = 'Control', own: Own = {}): Test {
  return { comment, token, ...own, result: 'valid', flags: flags.split(' ') };
}

/** A token that the strict reading accepts, though the RFCs would let a library refuse it. */
export function mayRefuse(test: Test): Test {
  return { ...test, level: 'SHOULD' };
}

/** A token that fails a step which an RFC demands. */
export function must(refusal: string, comment: string, token: unknown, flags: string, own: Own = {}): Test {
  return { comment, token, ...own, result: 'invalid', refusal, level: 'MUST', flags: flags.split(' ') };
}

/** A token that the RFCs would let pass, or leave to the verifier, and that is refused all the same. */
export function should(refusal: string, comment: string, token: unknown, flags: string, own: Own = {}): Test {
  return { comment, token, ...own, result: 'invalid', refusal, level: 'SHOULD', flags: flags.split(' ') };
}

/** A group of JWTs: rsa-1, the usual policy and the usual time, unless the group says otherwise. */
export function jwtGroup(comment: string, tests: readonly Test[], own: Own = {}): Group {
  const { keys = jwkSet('rsa-1'), policy = {}, now = NOW } = own;
  return { type: 'jwt', comment, keys, policy: { ...POLICY, ...policy }, now, tests } as Group;
}

/** A group whose policy is all its own. */
export function jwtGroupWithPolicy(comment: string, policy: Policy, keys: Jwk, tests: readonly Test[]): Group {
  return { type: 'jwt', comment, keys, policy, now: NOW, tests } as Group;
}

/** One file: its tests numbered, and the notes for the flags they bear. */
export interface VectorFile {
  readonly name: string;
  readonly text: string;
}

export function vectorFile(
  name: string,
  title: string,
  header: readonly string[],
  groups: readonly Group[],
): VectorFile {
  let tcId = 0;
  const testGroups = groups.map(({ tests, ...group }) => ({
    ...group,
    tests: tests.map((test) => ({ tcId: ++tcId, ...test })),
  }));
  const flags = new Set(groups.flatMap(({ tests }) => tests.flatMap((test) => test.flags)));
  const file = {
    schema: 'schema.json', title, source: 'spec-vectors/generate', numberOfTests: tcId, header,
    notes: notesFor(flags), testGroups,
  };
  return { name, text: `${JSON.stringify(file, null, 2)}\n` };
}

function notesFor(flags: ReadonlySet<string>): Readonly<Record<string, Note>> {
  const notes = Object.entries(NOTES).filter(([flag]) => flags.has(flag));
  if (notes.length !== flags.size) {
    throw new Error(`flags without a note: ${[...flags].filter((flag) => !Object.hasOwn(NOTES, flag)).join(' ')}`);
  }
  return Object.fromEntries(notes);
}
