import { createVerifier, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
const { AUDIENCE } = process.env;
export const verifier = createVerifier({ issuer: 'i', audience: AUDIENCE, keys }); // refused: it may not be set
