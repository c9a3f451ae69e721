import { type JwtPolicy } from '../../../src/index.ts';

export const policy: JwtPolicy = { // refused: no one has checked it
  issuers: null,
  audiences: null,
  leeway: { exp: 0, nbf: 0, iat: 0 },
  required: [],
  checks: [],
  algorithms: ['RS256'],
  maxTokenLength: 10_000,
  types: null,
  rules: [],
};
