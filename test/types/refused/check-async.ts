import { createVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const verifier = createVerifier({
  issuer: 'i',
  audience: 'a',
  keys,
  checks: { late: async () => true }, // refused: a Promise
});
