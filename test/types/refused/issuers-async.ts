import { createVerifier, type IssuerPolicy } from '../../../src/index.ts';

declare const find: (iss: string) => Promise<IssuerPolicy>;
export const verifier = createVerifier({ issuers: find }); // refused: a look-up does not wait
