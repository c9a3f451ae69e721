import { type CredentialRequest, type SignIn } from '../../../src/server/index.ts';

declare const signIn: SignIn;
export const greet = async (request: CredentialRequest) => {
  const result = await signIn.complete(request);
  return result.session.account; // refused: nobody has looked at signedIn
};
