/** What a request brings, read without a server: media types, the form's own proof, and bodies of every kind. */
import { describe, expect, it } from 'vitest';
import { readCredential, type CredentialRequest } from '../../../src/server/sign-in/credential.ts';

const ORIGIN = 'https://app.example';
const FORM = 'credential=a.b.c&g_csrf_token=c0ffee';
const JSON_BODY = '{"credential":"a.b.c"}';

function post(type: string | undefined, body: string, headers: Readonly<Record<string, string>> = {}): CredentialRequest {
  const fields = { origin: ORIGIN, cookie: 'g_csrf_token=c0ffee', ...headers };
  return { method: 'POST', headers: type === undefined ? fields : { ...fields, 'content-type': type }, body: Buffer.from(body) };
}

const read = (request: CredentialRequest) => readCredential(request, ORIGIN);

describe('the media type (RFC 9110 §8.3.1)', () => {
  it.each([
    'application/x-www-form-urlencoded', 'APPLICATION/X-WWW-Form-Urlencoded', 'application/x-www-form-urlencoded;charset=utf-8',
    'application/x-www-form-urlencoded \t; \tcharset=UTF-8', 'application/x-www-form-urlencoded; charset="utf-8"',
  ])('%s is a form', async (type) => {
    expect(await read(post(type, FORM))).toEqual({ ok: true, mode: 'form', credential: 'a.b.c' });
  });

  it.each([
    'application/json', 'Application/JSON', 'application/json;charset=utf-8', 'application/json\t ;  charset=utf-8',
    'application/json; charset="UTF-8"',
  ])('%s is JSON', async (type) => {
    expect(await read(post(type, JSON_BODY))).toEqual({ ok: true, mode: 'json', credential: 'a.b.c' });
  });

  it.each([
    undefined, '', 'text/plain', 'xapplication/json', 'application/jsonx', 'application/json; charset=latin1', 'application/json;',
    'application/json; charset=utf-8x', 'application/json x; charset=utf-8', 'application/json; xcharset=utf-8',
    'text/application/x-www-form-urlencoded', 'application/x-www-form-urlencodedx', 'application/x-www-form-urlencoded; charset=latin1',
    'application/x-www-form-urlencoded x; charset=utf-8', 'application/x-www-form-urlencoded; xcharset=utf-8',
    'multipart/form-data; boundary=a',
  ])('%s is neither', async (type) => {
    for (const body of [FORM, JSON_BODY]) expect(await read(post(type, body))).toEqual({ ok: false, mode: 'form', code: 'media_type_not_supported' });
  });

  it('says how a refusal is answered, whatever it is for', async () => {
    for (const [type, mode] of [['application/json', 'json'], ['application/x-www-form-urlencoded', 'form'], ['text/plain', 'form']] as const) {
      expect(await read({ ...post(type, ''), method: 'GET' })).toEqual({ ok: false, mode, code: 'method_not_allowed' });
    }
    expect(await read(post('application/json', JSON_BODY, { origin: 'https://evil.example' })))
      .toEqual({ ok: false, mode: 'json', code: 'origin_not_allowed' });
  });
});

describe('g_csrf_token is in the cookie and in the form, and the same', () => {
  it.each([
    ['credential=a', 'g_csrf_token=x', 'csrf_token_missing'], ['credential=a&g_csrf_token=', 'g_csrf_token=', 'csrf_token_missing'],
    ['credential=a&g_csrf_token=x', 'other=x', 'csrf_token_missing'], ['credential=a&g_csrf_token=x', 'g_csrf_token=', 'csrf_token_missing'],
    ['credential=a&g_csrf_token=', 'g_csrf_token=x', 'csrf_token_missing'],
    ['credential=a&g_csrf_token=x&g_csrf_token=x', 'g_csrf_token=x', 'csrf_token_missing'],
    ['credential=a&g_csrf_token=x', 'g_csrf_token=y', 'csrf_token_mismatch'], ['g_csrf_token=x', 'g_csrf_token=x', 'body_malformed'],
    ['credential=a&credential=a&g_csrf_token=x', 'g_csrf_token=x', 'body_malformed'],
  ])('%s with %s: %s', async (form, cookie, code) => {
    expect(await read(post('application/x-www-form-urlencoded', form, { cookie }))).toEqual({ ok: false, mode: 'form', code });
  });
});

it('a form may come without Origin, and JSON then with Sec-Fetch-Site alone', async () => {
  const { headers, ...rest } = post('application/x-www-form-urlencoded', FORM);
  const { origin: _, ...fields } = headers as Record<string, string>;
  expect(await read({ ...rest, headers: fields })).toMatchObject({ ok: true, mode: 'form' });
  const json = { ...rest, body: Buffer.from(JSON_BODY), headers: { ...fields, 'content-type': 'application/json' } };
  expect(await read(json)).toMatchObject({ code: 'origin_not_allowed' });
  expect(await read({ ...json, headers: { ...json.headers, 'sec-fetch-site': 'same-origin' } })).toMatchObject({ ok: true, mode: 'json' });
});

describe('a body', () => {
  it.each(['', '[]', '"a"', '{}', '{"credential":7}', '{"credential":"a","credential":"b"}'])('of JSON that brings no credential: %s', async (body) => {
    expect(await read(post('application/json', body))).toEqual({ ok: false, mode: 'json', code: 'body_malformed' });
  });

  it.each([null, undefined])('that is %s is empty', async (body) => {
    expect(await read({ ...post('application/json', ''), body })).toEqual({ ok: false, mode: 'json', code: 'body_malformed' });
  });

  it('whose sender goes away is none', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"credential":');
      throw new Error('aborted');
    }
    expect(await read({ ...post('application/json', ''), body: broken() })).toEqual({ ok: false, mode: 'json', code: 'body_malformed' });
  });

  it.each([{ credential: 'a.b.c' }, 'credential=a.b.c', 7])('that a parser has read is a mistake of the caller\'s: %o', async (body) => {
    await expect(read({ ...post('application/json', ''), body })).rejects.toThrow(new TypeError(
      'the body was read before: sign-in must come before any parser of bodies, or be given its octets',
    ));
  });
});
