import { createVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const verifier = createVerifier({ issuer: 'i', keys }); // refused: the audience must be decided
