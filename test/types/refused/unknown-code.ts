import { type JwtError } from '../../../src/index.ts';

declare const error: JwtError;
export const expired: boolean = error.code === 'expired'; // refused: no such code
