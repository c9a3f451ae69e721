import { type Verifier } from '../../../src/index.ts';

declare const verifier: Verifier;
export const jwt = verifier.verify('a.b.c', { onRefused: () => undefined }); // refused: verify throws
