import { createVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const verifier = createVerifier({ // refused: null says it, undefined does not
  issuer: 'i',
  audience: undefined,
  keys,
});
