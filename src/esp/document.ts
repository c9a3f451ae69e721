/**
 * Reading an OpenAPI document so that every complaint names the offending field.
 *
 * @module
 */

import { JwtError } from '../jose/errors.ts';
import { isJsonObject, member, parseJsonObject } from '../jose/json.ts';
import { findRepeatedName } from './repeated-name.ts';

/** A value of the document, and where it stands: `paths./shelves.get.security[0]`. */
export interface Field {
  readonly value: unknown;
  readonly path: string;
}

/** Of a document whose references are written out, schemas within schemas. Each level of a schema is two of these. */
const MAX_DEPTH = 512;

/** What converts YAML, for the message that refuses it. Debian: `apt-get install python3-yaml`. */
export const YAML_TO_JSON: string =
  "python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout, default=str)'";

/**
 * Parses the text of a document, or copies an object as its text would be read.
 *
 * The same strict reader as for tokens: a name that is there twice would let two readers see two policies.
 *
 * @throws {TypeError} unless it is one JSON object.
 */
export function parseDocument(input: string | object): Field {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  if (typeof text !== 'string') throw new TypeError('the OpenAPI document expected a text or an object');
  if (!/^[ \t\r\n]*\{/.test(text)) {
    const line = `${YAML_TO_JSON} < openapi.yaml | assay gateway --openapi - ...`;
    // On one line: the command shows a line end as an escape, and nobody could paste that.
    throw new TypeError(`the OpenAPI document is not JSON. If it is YAML, convert it: ${line}`);
  }
  try {
    return { value: parseJsonObject(Buffer.from(text, 'utf8'), 'the OpenAPI document', MAX_DEPTH), path: '' };
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    if (error.code === 'duplicate_member') throw wrong({ value: undefined, path: findRepeatedName(text) }, 'is there twice');
    throw new TypeError(error.message);
  }
}

/** The mistake of a field. The path comes first, as in `paths./a.get: expected an object`. */
export function wrong(field: Field, problem: string): TypeError {
  return new TypeError(`the OpenAPI document, ${field.path === '' ? 'top level' : field.path}: ${problem}`);
}

/** A member of an object field; its value is undefined where there is none. */
export function child(field: Field, name: string): Field {
  const path = field.path === '' ? name : `${field.path}.${name}`;
  return { value: member(expectObject(field), name), path };
}

/** The members of an object field, as fields. */
export function children(field: Field): readonly (readonly [name: string, field: Field])[] {
  return Object.keys(expectObject(field)).map((name) => [name, child(field, name)]);
}

/** The elements of an array field, as fields. */
export function elements(field: Field): readonly Field[] {
  if (!Array.isArray(field.value)) throw wrong(field, 'expected an array');
  return field.value.map((value: unknown, index) => ({ value, path: `${field.path}[${index}]` }));
}

export function isThere(field: Field): boolean {
  return field.value !== undefined;
}

export function expectObject(field: Field): Readonly<Record<string, unknown>> {
  if (!isJsonObject(field.value)) throw wrong(field, 'expected an object');
  return field.value;
}

export function expectText(field: Field): string {
  if (typeof field.value !== 'string' || field.value === '') throw wrong(field, 'expected a string that is not empty');
  return field.value;
}

/** True or false; false where there is nothing. */
export function readFlag(field: Field): boolean {
  if (isThere(field) && typeof field.value !== 'boolean') throw wrong(field, 'expected true or false');
  return field.value === true;
}

/** Refuses names that are not known: a misspelt one would otherwise be a rule that nobody keeps. */
export function expectKnown(
  field: Field,
  known: readonly string[],
  which: (name: string) => boolean = () => true,
): void {
  for (const [name, unknown] of children(field)) {
    if (which(name) && !known.includes(name)) throw wrong(unknown, `unknown here; known are ${known.join(', ')}`);
  }
}
