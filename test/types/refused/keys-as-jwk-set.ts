import { createVerifier } from '../../../src/index.ts';

export const verifier = createVerifier({ issuer: 'i', audience: 'a', keys: { keys: [] } }); // refused: see createKeySet
