import { createVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const verifier = createVerifier({
  issuers: [{ issuer: null, audience: 'a', keys }], // refused: what would be looked up?
});
