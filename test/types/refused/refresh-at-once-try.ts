import { type Verifier } from '../../../src/index.ts';

declare const verifier: Verifier;
export const jwt = verifier.tryVerifySync('a.b.c', { forceKeyRefresh: true }); // refused: a fetch takes time
