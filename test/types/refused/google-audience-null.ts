import { createGoogleVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const verifier = createGoogleVerifier({ audience: null, keys }); // refused: with Google it is never unchecked
