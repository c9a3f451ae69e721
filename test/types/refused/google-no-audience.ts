import { createGoogleVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const verifier = createGoogleVerifier({ keys }); // refused: the audience must be decided
