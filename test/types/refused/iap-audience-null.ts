import { createGoogleIapVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const verifier = createGoogleIapVerifier({ audience: null, keys }); // refused: never unchecked
