import { type Verifier } from '../../../src/index.ts';

declare const verifier: Verifier;
export const jwt = verifier.verify('a.b.c', { nonce: 'n' }); // refused: no rule of this verifier would ask for it
