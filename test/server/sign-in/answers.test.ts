/** The answers of the sign-in, whole: a field too many is a promise that nobody has made. */
import { expect, it } from 'vitest';
import { formatSignedIn, formatSignInRefusal, type SignInCode } from '../../../src/server/sign-in/answers.ts';

const COMMON = [['cache-control', 'no-store'], ['referrer-policy', 'no-referrer'], ['x-content-type-options', 'nosniff']];

it.each<[SignInCode, number, readonly (readonly [string, string])[]]>([
  ['method_not_allowed', 405, [['allow', 'POST']]],
  ['nonces_exhausted', 503, [['retry-after', '30']]],
  ['keys_unavailable', 503, [['retry-after', '30']]],
  ['body_too_large', 413, [['connection', 'close']]],
  ['nonce_missing', 403, []],
  ['token_expired', 403, []],
])('%s is %i, with no field but its own', (code, status, own) => {
  const form = formatSignInRefusal(code, 'form');
  expect(form).toMatchObject({ status, headers: [...COMMON, ...own, ['content-type', 'text/plain; charset=utf-8']] });
  const script = formatSignInRefusal(code, 'json', [['set-cookie', 'a=b'], ['set-cookie', 'c=d']]);
  expect(script.headers).toEqual([...COMMON, ...own, ['set-cookie', ['a=b', 'c=d']], ['content-type', 'application/problem+json']]);
});

it('who was signed in is sent on, or told where to go', () => {
  expect(formatSignedIn('form', '/a', [])).toEqual({ status: 303, headers: [...COMMON, ['location', '/a']], body: '' });
  expect(formatSignedIn('json', '/a', [['set-cookie', 'a=b']]))
    .toEqual({ status: 200, headers: [...COMMON, ['set-cookie', ['a=b']], ['content-type', 'application/json']], body: '{"location":"/a"}' });
});
