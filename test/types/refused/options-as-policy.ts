import { verifyJwt, type KeySet } from '../../../src/index.ts';

declare const keys: KeySet;
export const jwt = verifyJwt('a.b.c', keys, { issuer: 'i', audience: 'a' }, 0); // refused: options are not a policy
