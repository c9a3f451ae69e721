import { createGoogleVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const verifier = createGoogleVerifier({ audience: 'a', keys, hostedDomian: 'example.com' }); // refused: misspelt
