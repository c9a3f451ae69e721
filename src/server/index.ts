/**
 * Servers: who sends a request, in any framework; the auth answer for a proxy; the reverse proxy.
 *
 * @module
 */

export { createAuthenticator } from './authenticate.ts';
export type { Authenticate, Authentication, AuthenticatorOptions, IncomingRequest } from './authenticate.ts';
