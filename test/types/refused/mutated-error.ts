import { type JwtError } from '../../../src/index.ts';

declare const error: JwtError;
error.code = 'token_expired'; // refused: a refusal stays what it was
