import { type VerifiedJwt } from '../../../src/index.ts';

declare const jwt: VerifiedJwt;
Object(jwt);
jwt.claims.sub = 'someone else'; // refused: what was verified stays as it was
