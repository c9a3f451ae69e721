import { sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EspCode, EspRefusal } from '../../src/esp/decide.ts';
import { isTokenRefusal, signatureHeld, statusOf, wordsFor } from '../../src/esp/words.ts';
import { encodeBase64url } from '../../src/jose/base64url.ts';
import { JwtError, REFUSALS, type RefusalCode } from '../../src/jose/errors.ts';
import { readUnverified } from '../../src/jose/jwt.ts';
import { decider, KEY, mint, request } from './fixtures.ts';

const CODES = Object.keys(REFUSALS) as readonly RefusalCode[];
const OWN: readonly EspCode[] = [
  'credentials_missing', 'credentials_malformed', 'credentials_repeated', 'request_refused', 'operation_not_found',
  'method_not_allowed', 'claims_not_forwardable',
];

function refusal(code: RefusalCode, details: ConstructorParameters<typeof JwtError>[1] = {}): EspRefusal {
  return { code, method: 'GET', error: new JwtError(code, details) };
}

describe('statuses', () => {
  it.each(CODES)('%s: 403 for the audience, 401 for every other refusal of a token', (code) => {
    const expected = code === 'audience_not_allowed' ? 403 : 401;
    expect(statusOf(refusal(code))).toBe(expected);
    expect(wordsFor(refusal(code), 'espv1').status).toBe(expected);
    expect(wordsFor(refusal(code), 'espv2').status).toBe(expected);
    expect(isTokenRefusal(refusal(code))).toBe(true);
  });

  it('the request\'s own', () => {
    const all = OWN.map((code) => {
      const own = { code, method: 'GET' };
      return [statusOf(own), wordsFor(own, 'espv1').status, wordsFor(own, 'espv2').status, isTokenRefusal(own)];
    });
    expect(all).toEqual([
      [401, 401, 401, true], [401, 401, 401, true], [401, 401, 401, true], [400, 400, 400, false],
        [404, 404, 404, false],
      [405, 404, 405, false], [401, 401, 401, true],
    ]);
  });
});

describe('a refusal that somebody has made up', () => {
  it.each([...CODES, ...OWN])('%s: has words without an error and without a template', (code) => {
    for (const vocabulary of ['espv1', 'espv2'] as const) expect(wordsFor({ code, method: 'GET' }, vocabulary).text).toMatch(/^[A-Z]/);
    expect(signatureHeld({ code, method: 'GET' })).toBe(signatureHeld({ code, method: 'GET', error: new JwtError('check_failed') }));
  });

  it('of a method names the template, or nothing', () => {
    expect(wordsFor({ code: 'method_not_allowed', method: 'GET' }, 'espv2').text).toContain('template "" but');
  });

  it('is of the header unless its message begins with the payload', () => {
    const words = (message: string) => wordsFor(refusal('invalid_json', { message }), 'espv2').text;
    expect([words('the JWS Payload is none'), words('what is said in the JWS Payload is none')])
      .toEqual(['Jwt payload is an invalid JSON', 'Jwt header is an invalid JSON']);
  });

  it('of a time that is not positive names the claim', () => {
    for (const name of ['iat', 'exp', 'nbf']) {
      expect(wordsFor(refusal('check_failed', { check: `positive_${name}` }), 'espv2').text).toContain(`[${name}] field is not a positive`);
    }
  });

  it('of claims that cannot be passed on is about a token that held', () => {
    expect(signatureHeld({ code: 'claims_not_forwardable', method: 'GET' })).toBe(true);
  });
});

describe('words', () => {
  const cases: readonly (readonly [EspRefusal, espv1: string, espv2: string])[] = [
    [refusal('token_too_long'), 'BAD_FORMAT',
      'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections'],
    [refusal('malformed_compact'), 'BAD_FORMAT',
      'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections'],
    [refusal('invalid_base64url'), 'BAD_FORMAT', 'Jwt header is an invalid Base64url encoded'],
    [refusal('duplicate_member'), 'BAD_FORMAT', 'Jwt header is an invalid JSON'],
    [refusal('header_invalid', { rule: 'RFC 7515 §4.1.1' }), 'BAD_FORMAT',
      'Jwt header [alg] field is required and must be a string'],
    [refusal('header_invalid', { rule: 'RFC 7515 §4.1.4' }), 'BAD_FORMAT', 'Jwt header [kid] field is not a string'],
    [refusal('header_invalid', { rule: 'RFC 7515 §4.1.9' }), 'BAD_FORMAT', 'Jwt verification fails'],
    [refusal('algorithm_not_allowed'), 'BAD_FORMAT', 'Jwt header [alg] is not supported'],
    [refusal('key_not_found'), 'KEY_RETRIEVAL_ERROR', "Jwks doesn't have key to match kid or alg from Jwt"],
    [refusal('keys_unavailable'), 'KEY_RETRIEVAL_ERROR', 'Jwks remote fetch is failed'],
    [refusal('signature_invalid'), 'BAD_SIGNATURE', 'Jwt verification fails'],
    [refusal('claim_missing', { claim: 'exp' }), 'TIME_CONSTRAINT_FAILURE', 'Jwt verification fails'],
    [refusal('claim_missing', { claim: 'iss' }), 'BAD_FORMAT', 'Jwt issuer is not configured'],
    [refusal('claim_missing', { claim: 'sub' }), 'BAD_FORMAT', 'Jwt payload [sub] field is not a string'],
    [refusal('claim_missing', { claim: 'aud' }), 'BAD_FORMAT',
      'Jwt payload [aud] field is not a string or string list'],
    [refusal('claim_invalid', { claim: 'exp' }), 'BAD_FORMAT', 'Jwt payload [exp] field is not an integer'],
    [refusal('claim_invalid', { claim: 'jti' }), 'BAD_FORMAT', 'Jwt payload [jti] field is not a string'],
    [refusal('claim_invalid', { claim: 'azp' }), 'BAD_FORMAT', 'Jwt verification fails'],
    [refusal('issuer_not_allowed'), 'Issuer not allowed', 'Jwt issuer is not configured'],
    [refusal('audience_not_allowed'), 'Audience not allowed', 'Audiences in Jwt are not allowed'],
    [refusal('token_expired'), 'TIME_CONSTRAINT_FAILURE', 'Jwt is expired'],
    [refusal('token_not_yet_valid'), 'TIME_CONSTRAINT_FAILURE', 'Jwt not yet valid'],
    [refusal('check_failed', { check: 'positive_nbf' }), 'BAD_FORMAT',
      'Jwt payload [nbf] field is not a positive 64 bit integer'],
    [refusal('check_failed', { check: 'self_issued' }), 'UNKNOWN', 'Jwt verification fails'],
    [refusal('check_failed', { check: 'constructor' }), 'UNKNOWN', 'Jwt verification fails'],
    [{ code: 'credentials_missing', method: 'GET' }, 'Missing or invalid credentials', 'Jwt is missing'],
    [{ code: 'credentials_repeated', method: 'GET' }, 'BAD_FORMAT', 'Found multiple Jwt tokens'],
    [{ code: 'operation_not_found', method: 'OPTIONS' }, 'Method does not exist.',
      'The current request is not defined by this API.'],
    [
      { code: 'method_not_allowed', method: 'OPTIONS', template: '/a' }, 'The service does not allow CORS traffic.',
      'The current request is matched to the defined url template "/a" but its http method is not allowed',
    ],
  ];
  it.each(cases)('%j', (given, espv1, espv2) => {
    expect([wordsFor(given, 'espv1').text, wordsFor(given, 'espv2').text]).toEqual([espv1, espv2]);
  });

  it('uses the page\'s words and no other for tokens', () => {
    const page = new Set([
      'BAD_FORMAT', 'TIME_CONSTRAINT_FAILURE', 'UNKNOWN', 'KEY_RETRIEVAL_ERROR', 'BAD_SIGNATURE', 'Issuer not allowed',
        'Audience not allowed',
    ]);
    for (const code of CODES) expect(page, code).toContain(wordsFor(refusal(code), 'espv1').text);
  });
});

describe('the part of the token, from the library\'s own refusals', () => {
  const [header = '', payload = '', signature = ''] = mint().split('.');
  const text = (value: string) => encodeBase64url(Buffer.from(value));
  const signed = (body: string): string => {
    const input = `${header}.${text(body)}`;
    return `${input}.${encodeBase64url(sign('sha256', Buffer.from(input), { key: KEY, dsaEncoding: 'ieee-p1363' }))}`;
  };
  it.each([
    [`${header}=.${payload}.${signature}`, 'Jwt header is an invalid Base64url encoded'],
    [`${text('{')}.${payload}.${signature}`, 'Jwt header is an invalid JSON'],
    [`${text('[]')}.${payload}.${signature}`, 'Jwt header is an invalid JSON'],
    [`${header}.${payload}=.${signature}`, 'Jwt payload is an invalid Base64url encoded'],
    [`${header}.${text('{')}.${signature}`, 'Jwt payload is an invalid JSON'],
    [`${header}.${payload}.${signature}=`, 'Jwt signature is an invalid Base64url encoded'],
    [signed('{"iss":"https://issuer.example","iss":"https://issuer.example"}'), 'Jwt payload is an invalid JSON'],
    [`${header}.${encodeBase64url(Uint8Array.of(0x7b, 0xff, 0x7d))}.${signature}`, 'Jwt payload is an invalid JSON'],
  ])('%s', async (token, words) => {
    const decision = await decider()(request('GET', `/shelves?access_token=${token}`));
    expect(decision.allowed ? 'allowed' : wordsFor(decision.refusal, 'espv2').text).toBe(words);
  });

  it('reads the same token when it is whole', () => {
    expect(readUnverified(`${header}.${payload}.${signature}`).claims['sub']).toBe('user-1');
  });
});

describe('signatureHeld', () => {
  it('is never said of what is refused before, nor of the issuer', () => {
    const before: readonly RefusalCode[] = [
      'token_too_long', 'malformed_compact', 'invalid_base64url', 'invalid_utf8', 'invalid_json', 'duplicate_member',
        'header_invalid',
      'algorithm_not_allowed', 'critical_header_unsupported', 'type_not_allowed', 'key_not_found', 'key_unusable',
        'keys_unavailable',
      'signature_invalid', 'issuer_not_allowed',
    ];
    expect(CODES.filter((code) => !signatureHeld(refusal(code)))).toEqual(before);
    expect(signatureHeld(refusal('claim_missing', { claim: 'iss' }))).toBe(false);
    expect(signatureHeld(refusal('claim_invalid', { claim: 'iss' }))).toBe(false);
    expect(signatureHeld(refusal('claim_missing', { claim: 'exp' }))).toBe(true);
  });
});
