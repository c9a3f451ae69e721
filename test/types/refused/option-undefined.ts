import { createVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const verifier = createVerifier({ // refused: leave it out instead
  issuer: 'i',
  audience: 'a',
  keys,
  subject: undefined,
});
