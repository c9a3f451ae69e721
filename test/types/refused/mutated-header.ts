import { type VerifiedJwt } from '../../../src/index.ts';

declare const jwt: VerifiedJwt;
jwt.header.alg = 'none'; // refused: what was verified stays as it was
