import { createVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const verifier = createVerifier({ // refused: they exclude each other
  issuer: 'i',
  audience: 'a',
  keys,
  issuers: [],
});
