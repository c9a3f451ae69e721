import { createGoogleVerifier } from '../../../src/index.ts';
import { createSignIn } from '../../../src/server/index.ts';

declare const secret: Uint8Array;
export const signIn = createSignIn({ // refused: that sessions cannot be revoked must be said, with null
  verifier: createGoogleVerifier({ audience: 'a' }),
  origin: 'https://app.example',
  secrets: [secret],
  findAccount: (sub) => sub,
});
