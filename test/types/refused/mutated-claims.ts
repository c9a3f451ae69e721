import { type VerifiedJwt } from '../../../src/index.ts';

declare const jwt: VerifiedJwt;
jwt.claims['role'] = 'admin'; // refused: what was verified stays as it was
