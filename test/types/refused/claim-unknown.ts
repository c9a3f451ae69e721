import { type VerifiedJwt } from '../../../src/index.ts';

declare const jwt: VerifiedJwt;
export const role: string = jwt.claims['role']; // refused: nothing is known of its type
