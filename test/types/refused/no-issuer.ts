import { createVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const verifier = createVerifier({ audience: 'a', keys }); // refused: the issuer must be decided
