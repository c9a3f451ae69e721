import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatRefusal, type EspResponse, type ResponseOptions } from '../../src/esp/response.ts';
import type { EspRefusal } from '../../src/esp/decide.ts';
import { JwtError, REFUSALS, type RefusalCode } from '../../src/jose/errors.ts';
import { signJwt } from '../../src/jose/sign.ts';
import { bearer, CLAIMS, decider, mint, NOW, request } from './fixtures.ts';

const ASSAY: ResponseOptions = { vocabulary: 'assay', realm: 'api.example' };
const ESPV1: ResponseOptions = { vocabulary: 'espv1', realm: 'api.example' };
const ESPV2: ResponseOptions = { vocabulary: 'espv2', realm: 'api.example' };

const MISSING: EspRefusal = { code: 'credentials_missing', method: 'GET' };
const token = (code: RefusalCode,
  details = {}): EspRefusal => ({ code, method: 'GET', error: new JwtError(code, details) });
const GET = request('GET', '/shelves/1?access_token=secret');

function header({ headers }: EspResponse, name: string): string | undefined {
  return headers.find(([own]) => own === name)?.[1];
}

async function answer(options: ResponseOptions, target: string,
  ...rawHeaders: readonly string[]): Promise<EspResponse> {
  const asked = request('GET', target, ...rawHeaders);
  const decision = await decider()(asked);
  if (decision.allowed) throw new Error('allowed');
  return formatRefusal(decision.refusal, asked, options);
}

describe('what is not about a token', () => {
  const other: EspRefusal = { code: 'operation_not_found', method: 'GET' };
  it.each([[ASSAY, 'application/problem+json'], [ESPV1, 'application/json'], [ESPV2, 'application/json']])('has no challenge', (options, type) => {
    expect(formatRefusal(other, GET, options)).toMatchObject({ status: 404, headers: [['content-type', type], ['cache-control', 'no-store']] });
    expect(header(formatRefusal(token('token_expired'), GET, options), 'content-type')).toBe(type);
  });

  it('is of another part of ESPv1', () => {
    expect(formatRefusal(other, GET, ESPV1).body).toContain('"detail": "service_control"');
  });

  it('has the title of its status', () => {
    expect(JSON.parse(formatRefusal(token('audience_not_allowed'), GET, ASSAY).body)).toMatchObject({ status: 403, title: 'Forbidden' });
  });
});

describe('the challenge', () => {
  it('says why, of a signature that did not hold, only when verbose', () => {
    const of = (verbose: boolean) => header(formatRefusal(token('signature_invalid'), GET, { ...ASSAY, verbose }), 'www-authenticate');
    expect(of(false)).toBe('Bearer realm="api.example", error="invalid_token"');
    expect(of(true)).toMatch(/, error_description="/);
  });

  it.each<[string, Partial<typeof GET>, string]>([
    ['https', {}, 'https://api.example/shelves/1'], ['http', { scheme: 'http' }, 'http://api.example/shelves/1'],
    ['none', { scheme: undefined } as object, 'api.example'], ['xhttps', { scheme: 'xhttps' }, 'api.example'],
    ['httpsx', { scheme: 'httpsx' }, 'api.example'], ['no host', { host: undefined } as object, 'api.example'],
    ['a host that is none', { host: 'a"b' }, 'api.example'],
  ])('of ESPv2 names the URL where it is known: %s', (_, facts, realm) => {
    expect(header(formatRefusal(MISSING, { ...GET, ...facts }, ESPV2), 'www-authenticate')).toBe(`Bearer realm="${realm}"`);
  });
});

describe('assay', () => {
  it('asks for a token without naming an error', () => {
    const response = formatRefusal(MISSING, GET, ASSAY);
    expect(response).toEqual({
      status: 401,
      headers: [
        ['content-type', 'application/problem+json'], ['cache-control', 'no-store'],
          ['www-authenticate', 'Bearer realm="api.example"'],
      ],
      body: '{"title":"Unauthorized","status":401,"detail":"a token is required","code":"credentials_missing"}',
    });
  });

  it('answers every refusal before the signature the same, octet for octet', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const forged = (claims: object, kid = 'k1') => signJwt({ ...CLAIMS, ...claims }, stranger, { kid });
    const tokens = [
      forged({}), forged({ exp: NOW - 9999 }), forged({ aud: 'x' }), forged({}, 'k2'),
        forged({ iss: 'https://x.example' }), forged({ iss: 1 }),
      forged({ iss: undefined }), `${mint()}x`, mint().slice(0, -4), 'a.b.c', 'rubbish', 'a'.repeat(10_001),
        mint({}, { typ: 'at+jwt' }),
      mint({ iss: 'https://other.example' }),
    ];
    const answers = await Promise.all(tokens.map((text) => answer(ASSAY, '/shelves', ...bearer(text))));
    answers.push(await answer(ASSAY, '/shelves', 'Authorization', 'Bearer'));
    answers.push(await answer(ASSAY, '/shelves', ...bearer(mint()), ...bearer(mint())));
    expect(new Set(answers.map((response) => JSON.stringify(response))).size).toBe(1);
    expect(answers[0]).toMatchObject({
      status: 401,
      body: '{"title":"Unauthorized","status":401,"detail":"the token was not accepted","code":"invalid_token"}',
    });
    expect(header(answers[0] as EspResponse,
      'www-authenticate')).toBe('Bearer realm="api.example", error="invalid_token"');
  });

  it('names the reason once the signature has held', async () => {
    const response = await answer(ASSAY, '/shelves', ...bearer(mint({ exp: NOW - 100 })));
    expect(JSON.parse(response.body)).toEqual({
      title: 'Unauthorized', status: 401, detail: 'the token has expired', code: 'token_expired',
        rule: 'RFC 7519 §4.1.4', claim: 'exp', skew: 100,
    });
    expect(header(response, 'www-authenticate')).toBe(
      'Bearer realm="api.example", error="invalid_token", error_description="the token has expired"',
    );
    expect(await answer(ASSAY, '/shelves', ...bearer(mint({ aud: 'x' })))).toMatchObject({ status: 403 });
    expect(JSON.parse((await answer(ASSAY, '/shelves', ...bearer(mint({ iat: 0 })))).body)).toMatchObject({
      code: 'check_failed', check: 'positive_iat',
    });
  });

  it('names everything when verbose', async () => {
    const verbose = { ...ASSAY, verbose: true };
    const response = await answer(verbose, '/shelves', ...bearer(mint({}, { kid: 'k2' })));
    expect(JSON.parse(response.body)).toMatchObject({ code: 'key_not_found', rule: 'RFC 7515 §4.1.4' });
    expect(JSON.parse((await answer(verbose, '/shelves', 'Authorization',
      'x')).body)).toMatchObject({ code: 'credentials_malformed' });
  });

  it('says 503 of keys that cannot be had only where it may', () => {
    const refusal = token('keys_unavailable');
    expect(formatRefusal(refusal, GET, ASSAY).status).toBe(401);
    const response = formatRefusal(refusal, GET, { ...ASSAY, unavailable: true });
    expect(response.status).toBe(503);
    expect(header(response, 'www-authenticate')).toBeUndefined();
    expect(JSON.parse(response.body)).toMatchObject({ title: 'Service Unavailable', status: 503,
      code: 'keys_unavailable' });
    for (const options of [ESPV1, ESPV2]) expect(formatRefusal(refusal, GET,
      { ...options, unavailable: true }).status).toBe(401);
  });

  it('tells what is wrong with a request', async () => {
    expect(JSON.parse((await answer(ASSAY, '/a//b')).body)).toEqual({
      title: 'Bad Request', status: 400, detail: 'the path has a doubled slash', code: 'request_refused',
    });
    expect(await answer(ASSAY, '/none')).toMatchObject({ status: 404 });
    const asked = request('PUT', '/shelves');
    const refusal: EspRefusal = { code: 'method_not_allowed', method: 'PUT', template: '/shelves',
      methods: ['GET', 'POST'] };
    expect(header(formatRefusal(refusal, asked, ASSAY), 'allow')).toBe('GET, POST');
  });

  it('writes a challenge for every code, verbose or not', () => {
    for (const code of Object.keys(REFUSALS) as readonly RefusalCode[]) {
      for (const verbose of [false, true]) {
        const challenge = header(formatRefusal(token(code, { message: '"aud" is "not" \\ it' }), GET,
          { ...ASSAY, verbose }), 'www-authenticate');
        const form = /^Bearer realm="api\.example", error="invalid_token"(, error_description="[^"\\]+")?$/;
        expect(challenge, code).toMatch(form);
      }
    }
  });
});

describe('espv1', () => {
  it('writes the body of google.rpc.Status, indented by one', () => {
    const response = formatRefusal(token('issuer_not_allowed'), GET, ESPV1);
    expect(response.body).toBe([
      '{', ' "code": 16,', ' "message": "JWT validation failed: Issuer not allowed",', ' "details": [', '  {',
      '   "@type": "type.googleapis.com/google.rpc.DebugInfo",', '   "stackEntries": [],', '   "detail": "auth"', '  }',
        ' ]', '}', '',
    ].join('\n'));
    expect(header(response, 'content-type')).toBe('application/json');
  });

  it.each<readonly [EspRefusal, number, string | undefined, number, string]>([
    [MISSING, 401, 'Bearer', 16, 'JWT validation failed: Missing or invalid credentials'],
    [token('token_expired'), 401, 'Bearer, error="invalid_token"', 16,
      'JWT validation failed: TIME_CONSTRAINT_FAILURE'],
    [token('audience_not_allowed'), 403, 'Bearer, error="invalid_token"', 7,
      'JWT validation failed: Audience not allowed'],
    [{ code: 'operation_not_found', method: 'GET' }, 404, undefined, 5, 'Method does not exist.'],
    [{ code: 'method_not_allowed', method: 'OPTIONS' }, 403, undefined, 7, 'The service does not allow CORS traffic.'],
    [{ code: 'request_refused', method: 'GET' }, 400, undefined, 3, 'Bad request.'],
  ])('%j', (refusal, status, challenge, code, message) => {
    const response = formatRefusal(refusal, GET, ESPV1);
    expect([response.status, header(response, 'www-authenticate')]).toEqual([status, challenge]);
    expect(JSON.parse(response.body)).toMatchObject({ code, message });
  });
});

describe('espv2', () => {
  it.each<readonly [EspRefusal, number, string | undefined, string]>([
    [MISSING, 401, 'Bearer realm="https://api.example/shelves/1"', '{"code":401,"message":"Jwt is missing"}'],
    [
      token('audience_not_allowed'), 403, 'Bearer realm="https://api.example/shelves/1", error="invalid_token"',
      '{"code":403,"message":"Audiences in Jwt are not allowed"}',
    ],
    [{ code: 'operation_not_found', method: 'GET' }, 404, undefined,
      '{"code":404,"message":"The current request is not defined by this API."}'],
  ])('%j', (refusal, status, challenge, body) => {
    const response = formatRefusal(refusal, GET, ESPV2);
    expect([response.status, header(response, 'www-authenticate'), response.body]).toEqual([status, challenge, body]);
  });

  it.each([
    ['a host that would leave the quotes', { ...GET, host: 'a", error="x' }],
    ['a line break in the host', { ...GET, host: 'a\r\nb' }],
    ['another scheme', { ...GET, scheme: 'a"b' }],
    ['no host', { method: 'GET', target: '/', headers: new Map() }],
    ['a path that was refused', { ...GET, target: '/a"b' }],
  ])('falls back to the name of the service: %s', (_why, asked) => {
    expect(header(formatRefusal(MISSING, asked, ESPV2), 'www-authenticate')).toBe('Bearer realm="api.example"');
  });

  it('cuts the realm at 256 characters', () => {
    const response = formatRefusal(MISSING, { ...GET, target: `/${'a'.repeat(500)}` }, ESPV2);
    expect(header(response, 'www-authenticate')).toHaveLength('Bearer realm=""'.length + 256);
  });
});

describe('in every vocabulary', () => {
  it.each([ASSAY, ESPV1, ESPV2])('$vocabulary: no body for HEAD, no store, nothing of the query', (options) => {
    for (const refusal of [MISSING, token('token_expired'), { code: 'request_refused', method: 'GET' } as const]) {
      const response = formatRefusal(refusal, GET, options);
      expect(header(response, 'cache-control')).toBe('no-store');
      expect(JSON.stringify(response)).not.toContain('secret');
      expect(formatRefusal(refusal, { ...GET, method: 'HEAD' }, options)).toEqual({ ...response, body: '' });
    }
  });

  it.each([ASSAY, ESPV1, ESPV2])('$vocabulary: 401 and 403 alone, where a proxy takes no other', (options) => {
    const codes: readonly EspRefusal['code'][] = ['request_refused', 'operation_not_found', 'method_not_allowed',
      'credentials_missing'];
    const statuses = codes.map((code) => formatRefusal({ code, method: 'GET' }, GET,
      { ...options, authOnly: true, unavailable: true }).status);
    expect(statuses).toEqual([403, 403, 403, 401]);
    expect(header(formatRefusal({ code: 'method_not_allowed', method: 'GET' }, GET, { ...options, authOnly: true }),
      'allow')).toBeUndefined();
  });
});
