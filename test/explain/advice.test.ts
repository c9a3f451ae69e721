import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codesPage } from './codes-page.ts';
import { adviceFor, listAdvice, listFindingAdvice } from '../../src/explain/index.ts';
import { REFUSALS } from '../../src/jose/errors.ts';

const ALL = listAdvice();

describe('advice', () => {
  it('is there for every code, in the order of the contract', () => {
    const codes = ALL.filter(({ claim }) => claim === undefined).map(({ code }) => code);
    expect(codes).toEqual(Object.keys(REFUSALS));
    expect(ALL.filter(({ claim }) => claim !== undefined).length).toBeGreaterThan(8);
  });

  it.each(['lookedAt', 'likelyCause', 'nextStep'] as const)('never gives two the same text: %s', (name) => {
    const found = name === 'lookedAt' ? [] : listFindingAdvice().map((advice) => advice[name]);
    const texts = [...ALL.map((advice) => advice[name]), ...found];
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

describe('what was found in the token', () => {
  it('settles cause and step, in the order of precedence, and leaves what was looked at', () => {
    const general = adviceFor('signature_invalid');
    const settled = adviceFor('signature_invalid', undefined, ['issuers_compared', 'signature_removed']);
    expect(settled.lookedAt).toBe(general.lookedAt);
    expect(settled.nextStep).not.toBe(general.nextStep);
    expect(adviceFor('key_not_found', undefined, ['other_project', 'google_issuer']).nextStep).toContain('createGoogleIapVerifier');
    expect(adviceFor('signature_invalid', undefined, ['issuers_compared'])).toEqual(general);
    expect(adviceFor('claim_invalid', 'exp', ['constructor'])).toEqual(adviceFor('claim_invalid', 'exp'));
  });

  it('is known in no kind that nothing finds, and in none twice', () => {
    const folder = new URL('../../src/explain/', import.meta.url);
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'finding-advice.ts')
      .map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');
    const kinds = listFindingAdvice().flatMap((row) => row.kinds);
    expect(kinds.filter((kind) => !sources.includes(`'${kind}'`))).toEqual([]);
    expect(new Set(kinds).size).toBe(kinds.length);
  });
});

it('codes.md is up to date: npx tsx test/explain/write-codes.ts', () => {
  expect(readFileSync(new URL('../../src/explain/codes.md', import.meta.url), 'utf8')).toBe(codesPage());
});
