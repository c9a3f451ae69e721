import { type Verifier } from '../../../src/index.ts';

declare const verifier: Verifier;
export const sub = verifier.tryVerifySync('a.b.c').claims.sub; // refused: it may be undefined
