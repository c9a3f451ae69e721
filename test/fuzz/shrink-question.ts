/**
 * Making a question small: of each kind what was changed for it.
 *
 * @module
 */

import { shrinkJson, shrinkPart, shrinkText, type Shrinking } from './minimize.ts';
import type { Question } from './question.ts';
import { signAs } from './subjects.ts';

/** Yields smaller questions of the kind. What the signer signed, it signs again. */
export function* shrinkQuestion(question: Question): Shrinking<Question> {
  const { kind, token, keys, options } = question;
  if (kind === 'keys') {
    return { ...question, keys: yield* shrinkPart(shrinkJson(keys), (value) => ({ ...question, keys: value })) };
  }
  if (kind === 'options') {
    return { ...question, options: yield* shrinkPart(shrinkJson(options), (value) => ({ ...question, options: value })) };
  }
  if (kind === 'signed') return yield* shrinkSigned(question);
  return { ...question, token: yield* shrinkPart(shrinkText(token), (text) => ({ ...question, token: text })) };
}

/** One character for each octet, so that octets can be taken away as characters are. */
const octetsOf = (text: string): Buffer => Buffer.from(text, 'latin1');

function* shrinkSigned(question: Question): Shrinking<Question> {
  const signed = (header: string, payload: string): Question =>
    ({ ...question, token: signAs(question.subject.signer, octetsOf(header), octetsOf(payload)) });
  const [header = '', payload = ''] = question.token.split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('latin1'));
  const shorter = yield* shrinkPart(shrinkMembers(payload), (text) => signed(header, text));
  const shortest = yield* shrinkPart(shrinkMembers(header), (text) => signed(text, shorter));
  return shorter === payload && shortest === header ? question : signed(shortest, shorter);
}

/** Takes whole members away where the text is JSON, and then single octets. */
function* shrinkMembers(text: string): Shrinking<string> {
  const written = (value: unknown): string => octetsToText(JSON.stringify(value) ?? '');
  const value = parsed(text);
  let smallest = text;
  // Written anew it may be another text (a member twice, a number out of range), and no longer what is looked for.
  if (value !== undefined && (yield written(value))) {
    smallest = written(yield* shrinkPart(shrinkJson(value), written));
  }
  return yield* shrinkText(smallest);
}

const octetsToText = (text: string): string => Buffer.from(text).toString('latin1');

function parsed(text: string): unknown {
  try {
    return JSON.parse(octetsOf(text).toString()) as unknown;
  } catch {
    return undefined;
  }
}
