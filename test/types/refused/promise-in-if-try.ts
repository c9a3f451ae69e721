import { type Verifier } from '../../../src/index.ts';

declare const verifier: Verifier;
if (verifier.tryVerify('a.b.c')) Object(verifier); // refused: a Promise is always true
