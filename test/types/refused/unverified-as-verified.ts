import { readUnverified, type VerifiedJwt } from '../../../src/index.ts';

export const jwt: VerifiedJwt = readUnverified('a.b.c'); // refused: only verification makes a VerifiedJwt
