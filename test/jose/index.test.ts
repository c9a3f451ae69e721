import { expect, it } from 'vitest';
import * as jose from '../../src/jose/index.ts';

it('the door of src/jose has the names of the contract, and no other', () => {
  expect(Object.keys(jose).sort()).toEqual([
    'JwtError', 'REFUSALS', 'createKeySet', 'createPolicy', 'decodeBase64url', 'encodeBase64url', 'importJwk',
    'jwkToSpki',
    'readUnverified', 'signJwt', 'thumbprint', 'verifyJws', 'verifyJwt',
  ]);
});
