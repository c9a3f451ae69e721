import { type VerifiedJwt } from '../../../src/index.ts';

declare const jwt: VerifiedJwt;
jwt.key.alg = 'HS256'; // refused: what was verified stays as it was
