import { createGoogleVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const verifier = createGoogleVerifier({ audience: 'a', keys, issuer: 'i' }); // refused: it is settled
