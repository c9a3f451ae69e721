import { createVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const verifier = createVerifier({ issuers: [{ issuer: 'i', keys }] }); // refused: each issuer needs one
