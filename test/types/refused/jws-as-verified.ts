import { type VerifiedJws, type VerifiedJwt } from '../../../src/index.ts';

declare const jws: VerifiedJws;
export const jwt: VerifiedJwt = jws; // refused: a JWS whose signature held is not a verified JWT
