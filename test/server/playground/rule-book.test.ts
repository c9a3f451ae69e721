/** The rule book: about every check and every code, in a sentence, with the file that does it. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SPINE_STEPS } from '../../../src/explain/spine-steps.ts';
import { REFUSALS } from '../../../src/jose/index.ts';
import { CODE_NOTES, STEP_NOTES, type RuleNote } from '../../../src/server/playground/rule-book.ts';

const text = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

function expectSentence({ sentence }: RuleNote): void {
  expect(sentence).toMatch(/^["A-Z].{20,}\.$/);
}

it('each code is refused in the file that it names', () => {
  expect(Object.keys(CODE_NOTES).sort()).toEqual(Object.keys(REFUSALS).sort());
  for (const [code, note] of Object.entries(CODE_NOTES)) {
    expect(text(note.file), code).toContain(`'${code}'`);
    expectSentence(note);
    expect(Object.isFrozen(note)).toBe(true);
  }
});

it('each step is done in the file that it names', () => {
  expect(Object.keys(STEP_NOTES)).toEqual(SPINE_STEPS.map(({ step }) => step));
  for (const [step, note] of Object.entries(STEP_NOTES)) {
    expect(text(note.file), step).toMatch(new RegExp(`function ${step}\\b`));
    expectSentence(note);
  }
});

it('no two say the same', () => {
  const sentences = [...Object.values(CODE_NOTES), ...Object.values(STEP_NOTES)].map(({ sentence }) => sentence);
  expect(new Set(sentences).size).toBe(sentences.length);
});
