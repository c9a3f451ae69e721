import { type IncomingRequest, type SignIn } from '../../../src/server/index.ts';

declare const signIn: SignIn;
export const whose = async (request: IncomingRequest) =>
  (await signIn.readSession(request)).account; // refused: nobody may be signed in
