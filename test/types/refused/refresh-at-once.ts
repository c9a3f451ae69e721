import { type Verifier } from '../../../src/index.ts';

declare const verifier: Verifier;
export const jwt = verifier.verifySync('a.b.c', { forceKeyRefresh: true }); // refused: a fetch takes time
