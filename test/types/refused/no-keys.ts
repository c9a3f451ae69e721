import { createVerifier } from '../../../src/index.ts';

export const verifier = createVerifier({ issuer: 'i', audience: 'a' }); // refused: there must be keys
