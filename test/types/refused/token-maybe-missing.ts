import { type Verifier } from '../../../src/index.ts';

declare const verifier: Verifier;
declare const authorization: string | undefined;
export const jwt = verifier.verifySync(authorization); // refused: there may be none
