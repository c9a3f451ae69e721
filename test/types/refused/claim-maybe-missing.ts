import { type VerifiedJwt } from '../../../src/index.ts';

declare const jwt: VerifiedJwt;
export const sub: string = jwt.claims.sub; // refused: it need not be there
