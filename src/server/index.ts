/**
 * Servers: who sends a request, in any framework; sign-in with Google; the auth answer for a proxy; the reverse proxy.
 *
 * @module
 */

export { createAuthenticator } from './authenticate.ts';
export type { Authenticate, Authentication, AuthenticatorOptions } from './authenticate.ts';
export type { IncomingRequest } from './request-fields.ts';
export { createSignIn } from './sign-in/sign-in.ts';
export type { BeginOptions, BegunSignIn, SignIn, SignInResult } from './sign-in/sign-in.ts';
export type { CredentialRequest } from './sign-in/credential.ts';
export type { SignInOptions, SignInVerifier, UseNonce } from './sign-in/options.ts';
export type { SignInCode, SignInResponse } from './sign-in/answers.ts';
export type { Session } from './sign-in/session.ts';
