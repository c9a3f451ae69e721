/**
 * HTTP as a server of tokens needs it: credentials, cookies, problem details, bounded bodies. No clock, no network.
 *
 * @module
 */

export { formatChallenge, parseBearer } from './bearer.ts';
export type { BearerChallenge, Credentials } from './bearer.ts';
export { BodyTooLarge, readBody } from './body.ts';
export { parseCookies, readCookie, serializeCookie } from './cookie.ts';
export type { Cookie, SetCookie } from './cookie.ts';
export { trimOptionalWhitespace } from './optional-whitespace.ts';
export { formatProblem, PROBLEM_TYPE } from './problem.ts';
export type { Problem } from './problem.ts';
