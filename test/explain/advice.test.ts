import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codesPage } from './codes-page.ts';
import { adviceFor, listAdvice } from '../../src/explain/index.ts';
import { REFUSALS } from '../../src/jose/errors.ts';

const ALL = listAdvice();

describe('advice', () => {
  it('is there for every code, in the order of the contract', () => {
    const codes = ALL.filter(({ claim }) => claim === undefined).map(({ code }) => code);
    expect(codes).toEqual(Object.keys(REFUSALS));
    expect(ALL.filter(({ claim }) => claim !== undefined).length).toBeGreaterThan(8);
  });

  it.each(['lookedAt', 'likelyCause', 'nextStep'] as const)('never gives two the same text: %s', (name) => {
    const texts = ALL.map((advice) => advice[name]);
    expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([]);
    expect(texts.filter((text) => !/^["A-Z].{20,}[.]$/.test(text))).toEqual([]);
  });

  it('is that of the claim, where there is one, and else that of the code', () => {
    expect(adviceFor('claim_invalid', 'exp').nextStep).toContain('Math.floor(Date.now() / 1000)');
    expect(adviceFor('claim_invalid', 'constructor')).toEqual(adviceFor('claim_invalid'));
    expect(adviceFor('claim_missing', 'email')).toEqual(adviceFor('claim_missing'));
    expect(adviceFor('claim_missing', 'exp')).not.toEqual(adviceFor('claim_missing'));
  });
});

it('codes.md is up to date: npx tsx test/explain/write-codes.ts', () => {
  expect(readFileSync(new URL('../../src/explain/codes.md', import.meta.url), 'utf8')).toBe(codesPage());
});
