import { expect, it } from 'vitest';

// Stryker counts tests that fail. A mutant with which a test file cannot even be read would fail none, and live.
it('the folder that is mutated can be loaded', async () => {
  const folder = process.env['MUTATION_FOLDER'] ?? 'jose';
  expect(Object.keys(await import(`../../src/${folder}/index.ts`) as object)).not.toEqual([]);
});
