import { type VerifiedJwt } from '../../../src/index.ts';

declare const jwt: VerifiedJwt;
export const sub: number | undefined = jwt.claims.sub; // refused: a string, or not there
