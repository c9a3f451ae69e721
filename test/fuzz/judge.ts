/**
 * What must hold of every answer of a verifier, whatever it was asked: a second opinion, apart from the library.
 *
 * @module
 */

import { inspect, isDeepStrictEqual } from 'node:util';
import { JwtError, readUnverified, REFUSALS, type RefusalCode, type VerifiedJwt } from '../../src/jose/index.ts';
import { AUDIENCE, ISSUER, NOW, type Subject } from './subjects.ts';

/** How a question was answered. `problem` says what must not be. */
export interface Verdict {
  readonly answer: RefusalCode | 'accepted' | 'mistake of the caller';
  readonly problem?: string;
}

/** Whether a TypeError would be a fair answer: where options or key sets were changed, and not only a token. */
export type Fairness = 'token' | 'caller';

/** Asks, and judges the answer. `accept` looks at what was accepted, and says what is wrong with it. */
export function judge(
  token: string,
  ask: () => VerifiedJwt | undefined,
  fairness: Fairness,
  accept: (jwt: VerifiedJwt) => string | undefined,
): Verdict {
  let jwt: VerifiedJwt | undefined;
  try {
    jwt = ask();
  } catch (error) {
    return judgeError(error, token, fairness);
  }
  const problem = jwt && (accept(jwt) ?? (isDeepFrozen(jwt) ? undefined : 'the result is not frozen'));
  return { answer: 'accepted', ...(problem === undefined ? {} : { problem }) };
}

function judgeError(error: unknown, token: string, fairness: Fairness): Verdict {
  const problem = leakOf(error, token);
  const found = problem === undefined ? {} : { problem };
  if (error instanceof JwtError) {
    if (!Object.hasOwn(REFUSALS, error.code)) return { answer: error.code, problem: 'a code that does not exist' };
    if (!/^(RFC \d+|OIDC Core) §\d/.test(error.rule)) return { answer: error.code,
      problem: 'a rule that is no section' };
    if (error.skew !== undefined && !(error.skew >= 0)) return { answer: error.code,
      problem: 'a skew that is negative' };
    return { answer: error.code, ...found };
  }
  if (error instanceof TypeError && fairness === 'caller') return { answer: 'mistake of the caller', ...found };
  return { answer: 'mistake of the caller', problem: `threw ${inspect(error).split('\n')[0]}` };
}

/** Says where an error holds a part of a token. Parts shorter than a word could be in any text. */
export function leakOf(error: unknown, token: string): string | undefined {
  const told = [inspect(error, { depth: 10, showHidden: true }), String(error), JSON.stringify(error) ?? ''];
  if (error instanceof Error) told.push(error.message, error.stack ?? '');
  if (error instanceof Error && error.cause !== undefined) told.push(inspect(error.cause));
  const parts = [token, ...token.split('.')].filter((part) => part.length >= 8);
  return parts.some((part) => told.some((text) => text.includes(part)))
    ? 'the error holds a part of the token' : undefined;
}

function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeepFrozen);
}

/** Reading without verifying is held to the same: a JwtError, or what the text says. */
export function judgeReading(token: string): Verdict {
  return judge(token, () => {
    readUnverified(token);
    return undefined;
  }, 'token', () => undefined);
}

/** Says why a token that was accepted should not have been. */
export function objectionTo(jwt: VerifiedJwt, token: string, signed: boolean,
  { token: genuine, signer, expectation }: Subject): string | undefined {
  if (!signed && token !== genuine) return 'a token that nobody signed was accepted';
  const parts = token.split('.');
  if (parts.length !== 3 || token.length > 10_000) return 'not three parts, or too long';
  if (parts.some((part) => Buffer.from(part, 'base64url')
    .toString('base64url') !== part)) return 'not canonical base64url';
  const [header, claims] = parts.slice(0, 2).map((part) => strictObject(Buffer.from(part, 'base64url')));
  if (header === undefined || claims === undefined) return 'not strict JSON';
  if (!isDeepStrictEqual(jwt.header, header) || !isDeepStrictEqual(jwt.claims,
    claims)) return 'not what the token says';
  if (jwt.key.alg !== signer.alg || header['alg'] !== signer.alg) return 'another algorithm';
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return 'an extension';
  if (Object.hasOwn(header, 'kid') && header['kid'] !== signer.kid) return 'another key';
  const type = Object.hasOwn(header, 'typ') ? String(header['typ'])
    .toLowerCase().replace(/^application\//, '') : undefined;
  if (expectation.typ === 'JWT' ? type !== undefined
    && type !== 'jwt' : type !== expectation.typ) return 'another type';
  return objectionToClaims(new Map(Object.entries(claims)), expectation.policy);
}

function objectionToClaims(claims: ReadonlyMap<string, unknown>,
  policy: Subject['expectation']['policy']): string | undefined {
  const number = (name: string, otherwise: number): number => {
    const value = claims.get(name);
    if (!claims.has(name)) return otherwise;
    return typeof value === 'number' ? value : NaN;
  };
  const [exp, nbf, iat] = [number('exp', NaN), number('nbf', NOW), number('iat', NOW)];
  if (!(Number.isFinite(exp) && exp > NOW)) return 'expired';
  if (!(nbf <= NOW + 30) || !(iat <= NOW + 30)) return 'from the future';
  const google = typeof policy['google'] === 'object' ? policy['google'] : undefined;
  const issuers = google ? ['https://accounts.google.com', 'accounts.google.com'] : [ISSUER];
  if (!issuers.some((issuer) => issuer === claims.get('iss'))) return 'another issuer';
  const audiences = [claims.get('aud')].flat();
  if (!audiences.includes(AUDIENCE) || audiences.some((audience) =>
    typeof audience !== 'string')) return 'another audience';
  for (const name of ['sub', 'jti']) if (claims.has(name)
    && typeof claims.get(name) !== 'string') return `a ${name} that is no string`;
  if ('subject' in policy && claims.get('sub') !== policy['subject']) return 'another subject';
  // Its own check, which is no policy of the vectors.
  if ('subject' in policy && claims.get('scope') !== 'read' && claims.get('scope') !== true) return 'a check that did not pass';
  if (typeof policy['maxAge'] === 'number' && !(claims.has('iat') && NOW - iat <= policy['maxAge'])) return 'too old';
  if (typeof policy['maxLifetime'] === 'number' && !(exp - iat <= policy['maxLifetime'])) return 'too long a life';
  if (google === undefined) return undefined;
  if (!claims.has('iat') || !claims.has('sub') || exp - iat > 86_400) return 'not a token of Google';
  if (claims.get('hd') !== 'example.com' || claims.get('email_verified') !== true
    || claims.get('azp') !== AUDIENCE) return 'another account';
  return claims.get('nonce') === policy['nonce'] && audiences.every((audience) => audience === AUDIENCE)
    ? undefined : 'another sign-in';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One JSON object without duplicate names, lone surrogates or depth, or undefined. Slow, and unlike the library's. */
function strictObject(octets: Buffer): Readonly<Record<string, unknown>> | undefined {
  const text = octets.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(octets) || text.startsWith('\uFEFF')) return undefined;
  const names: Set<string>[] = [];
  for (const [lexeme] of text.matchAll(/"(?:\\.|[^"\\])*"(?:\s*:)?|[{}[\]]/g)) {
    if (lexeme === '{' || lexeme === '[') names.push(new Set());
    else if (lexeme === '}' || lexeme === ']') names.pop();
    else if (lexeme.endsWith(':')) {
      const [name, own] = [parsed(lexeme.slice(0, -1)), names.at(-1)];
      if (typeof name !== 'string' || own?.has(name)) return undefined;
      own?.add(name);
    }
    if (names.length > 32) return undefined;
  }
  const value = parsed(text);
  const written = JSON.stringify(value);
  // Well-formed JSON.stringify writes a lone surrogate as an escape; nothing else makes it write one of those.
  if (/\\ud[89a-f]/.test(written) || Array.isArray(value) || typeof value !== 'object' || value === null) return undefined;
  return value as Readonly<Record<string, unknown>>;
}
