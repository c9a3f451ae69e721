import { type Verifier } from '../../../src/index.ts';

declare const verifier: Verifier;
export const accepted: boolean = verifier.verify('a.b.c') ? true : false; // refused: a Promise is always true
