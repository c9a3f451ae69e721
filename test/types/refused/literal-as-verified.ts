import { type VerifiedJwt } from '../../../src/index.ts';

export const jwt: VerifiedJwt = { // refused: only verification makes one
  header: { alg: 'RS256' },
  claims: {},
  key: { alg: 'RS256' },
};
