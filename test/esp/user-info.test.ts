import { describe, expect, it } from 'vitest';
import { createHeaderGuard, formatUserInfo, parseClaimHeaders, USER_INFO_HEADER,
  type UserInfo } from '../../src/esp/user-info.ts';
import type { VerifiedToken } from '../../src/esp/decide.ts';
import { bearer, decider, ISSUER, mint, NOW, request, SERVICE } from './fixtures.ts';

async function verified(claims: Readonly<Record<string, unknown>> = {}): Promise<readonly VerifiedToken[]> {
  const decision = await decider(undefined, { verifier: { clock: () => NOW, maxTokenLength: 100_000 } })(
    request('GET', '/shelves', ...bearer(mint(claims))),
  );
  if (!decision.allowed) throw decision.refusal.error ?? new Error(decision.refusal.code);
  return decision.tokens;
}

function value(info: UserInfo, name: string): string | undefined {
  return info.ok ? info.headers.find(([own]) => own === name)?.[1] : info.refusal.reason;
}

describe('formatUserInfo', () => {
  it('says nothing of an anonymous user', () => {
    const options = { form: 'espv1', claimHeaders: parseClaimHeaders(['sub=X-Sub']) } as const;
    expect(formatUserInfo([], 'GET', options)).toEqual({ ok: true, headers: [] });
  });

  it('writes ESPv1\'s form: padded, members in its order, the claims as text', async () => {
    const text = value(formatUserInfo(await verified({ email: 'a@b.example', aud: [SERVICE, 'a', SERVICE] }), 'GET',
      { form: 'espv1' }), USER_INFO_HEADER) ?? '';
    expect(text.length % 4).toBe(0);
    expect(text).toMatch(/^[A-Za-z0-9_-]+={0,2}$/);
    const info = JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>;
    expect(Object.keys(info)).toEqual(['claims', 'issuer', 'id', 'email', 'audiences']);
    expect(info).toMatchObject({ issuer: ISSUER, id: 'user-1', email: 'a@b.example', audiences: ['a', SERVICE] });
    expect(JSON.parse(String(info['claims']))).toMatchObject({ sub: 'user-1', aud: [SERVICE, 'a', SERVICE],
      exp: NOW + 3600 });
  });

  it('leaves out of it what is empty or no text', async () => {
    const text = value(formatUserInfo(await verified({ email: 1, sub: '' }), 'GET', { form: 'espv1' }),
      USER_INFO_HEADER) ?? '';
    expect(Object.keys(JSON.parse(Buffer.from(text, 'base64url').toString()) as object)).toEqual(['claims', 'issuer',
      'audiences']);
  });

  it('writes ESPv2\'s form: the payload as it was signed, padded on request', async () => {
    for (const sub of ['a', 'ab', 'abc', '\u00e9']) {
      const tokens = await verified({ sub });
      const payload = tokens[0]?.token.split('.')[1] ?? '';
      expect(value(formatUserInfo(tokens, 'GET', { form: 'espv2' }), USER_INFO_HEADER)).toBe(payload);
      const padded = value(formatUserInfo(tokens, 'GET', { form: 'espv2', pad: true }), USER_INFO_HEADER) ?? '';
      expect([padded.length % 4, padded.replace(/=+$/, '')]).toEqual([0, payload]);
    }
  });

  it('leaves out an e-mail address that is empty, and writes UTF-8', async () => {
    const text = value(formatUserInfo(await verified({ email: '', name: '\u00e9' }), 'GET', { form: 'espv1' }), USER_INFO_HEADER) ?? '';
    const info = JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>;
    expect(Object.keys(info)).toEqual(['claims', 'issuer', 'id', 'audiences']);
    expect(info['claims']).toContain('\u00e9');
  });

  it('passes on what is as long as it may be', async () => {
    const lengthOf = (tokens: readonly VerifiedToken[]): number =>
      value(formatUserInfo(tokens, 'GET', { form: 'espv2', pad: true }), USER_INFO_HEADER)?.length ?? 0;
    // Four octets of the header are three of the payload.
    const base = lengthOf(await verified({ big: '' }));
    let most = 0;
    for (let more = Math.floor(((16_384 - base) * 3) / 4) - 4; more < ((16_384 - base) * 3) / 4 + 8; more++) {
      const tokens = await verified({ big: 'x'.repeat(more) });
      const info = formatUserInfo(tokens, 'GET', { form: 'espv2', pad: true });
      if (info.ok) most = Math.max(most, lengthOf(tokens));
    }
    expect(most).toBe(16_384);
  });

  it('refuses what is too long to be passed on', async () => {
    for (const form of ['espv1', 'espv2'] as const) {
      expect(formatUserInfo(await verified({ big: 'x'.repeat(16_000) }), 'GET', { form })).toMatchObject({
        ok: false, refusal: { code: 'claims_not_forwardable' },
      });
    }
  });

  const cases: readonly (readonly [claim: unknown, header: string | undefined | false])[] = [
    ['user-1', 'user-1'],
    ['a b~!"', 'a b~!"'],
    ['100%', '100%'],
    ['a', 'a'],
    ["not utf-8'x", "not utf-8'x"],
    ['', ''],
    [5, '5'],
    [1.5, '1.5'],
    [true, 'true'],
    [undefined, undefined],
    [null, undefined],
    ['Jos\u00e9', "UTF-8''Jos%C3%A9"],
    [' a', "UTF-8''%20a"],
    ['a ', "UTF-8''a%20"],
    ["\u00e9'()*!", "UTF-8''%C3%A9%27%28%29%2A!"],
    // Would be taken for the user above.
    ["UTF-8''Jos%C3%A9", false],
    ["utf-8'en'x", false],
    ['a\r\nX-Admin: 1', false],
    ['a\nb', false],
    ['a\tb', false],
    ['a\u0000b', false],
    ['a\u0085b', false],
    ['a\u2028b', false],
    [['a'], false],
    [{ a: 1 }, false],
    ['x'.repeat(4096), 'x'.repeat(4096)],
    ['x'.repeat(4097), false],
    ['\u00e9'.repeat(700), false],
  ];
  it.each(cases)('a claim %j', async (claim, expected) => {
    const info = formatUserInfo(await verified({ own: claim }), 'GET',
      { form: 'espv2', claimHeaders: parseClaimHeaders(['own=X-Own']) });
    expect(info.ok ? value(info, 'x-own') : false).toBe(expected);
    if (info.ok) {
      for (const [, text] of info.headers) expect(text).toMatch(/^[\x20-\x7e]*$/);
    } else {
      expect(info.refusal.reason).toBe('the claim "own" cannot be passed on in a header');
    }
  });

  it('takes no claim from what objects inherit', async () => {
    const info = formatUserInfo(await verified(), 'GET',
      { form: 'espv2', claimHeaders: parseClaimHeaders(['constructor=X-C']) });
    expect(value(info, 'x-c')).toBeUndefined();
  });

  it('takes no claim that nobody has asked for, whatever its name', async () => {
    const info = formatUserInfo(await verified({ undefined: 'x', '': 'y' }), 'GET', { form: 'espv2' });
    expect(info.ok && info.headers.map(([name]) => name)).toEqual([USER_INFO_HEADER]);
  });
});

describe('parseClaimHeaders', () => {
  it('reads pairs', () => {
    expect(parseClaimHeaders(['sub=X-Auth-Subject', 'https://a.example/c=X-C'])).toEqual([
      { claim: 'sub', header: 'x-auth-subject' }, { claim: 'https://a.example/c', header: 'x-c' },
    ]);
  });

  it.each([
    // One "=" alone: which of two is meant is anyone's guess.
    [['a=b=X']], [['=a=X']], [['sub']], [['=X']], [['sub=']], [['sub=X Y']], [['sub=X_Y']], [['sub=X:Y']], [['sub=Host']],
      [['sub=authorization']],
    [['sub=Content-Length']], [['sub=Transfer-Encoding']], [['sub=X-Forwarded-For']], [['sub=X-Endpoint-API-UserInfo']],
    [['sub=X-A', 'email=x-a']], [['sub']], [['']],
  ])('refuses %j', (texts) => {
    expect(() => parseClaimHeaders(texts)).toThrow(/^a claim header /);
    expect(() => parseClaimHeaders(texts)).toThrow(TypeError);
  });

  it.each([
    'Authorization', 'Connection', 'Content-Encoding', 'Content-Length', 'Content-Type', 'Cookie', 'Expect', 'Forwarded', 'Host', 'Keep-Alive',
    'Proxy-Authenticate', 'Proxy-Authorization', 'Proxy-Connection', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade', 'Via', 'X-Forwarded-Anything',
    'X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', 'X-Original-URL', 'X-Rewrite-URL', 'Proxy',
  ])('keeps claims out of %s, which means something already', (name) => {
    expect(() => parseClaimHeaders([`sub=${name}`])).toThrow('it has a meaning already');
  });
});

describe('createHeaderGuard', () => {
  it.each([
    ['X-Endpoint-API-UserInfo', true],
    ['x-endpoint-api-userinfo', true],
    ['X_Endpoint_API_UserInfo', true],
    ['X-Endpoint_API-UserInfo', true],
    ['X-Auth-Subject', true],
    ['x_auth_subject', true],
    ['X-HTTP-Method-Override', true],
    ['X_HTTP_Method_Override', true],
    ['X-HTTP-Method', true],
    ['X-Method-Override', true],
    ['X-Original-URL', true],
    ['x_original_url', true],
    ['X-Rewrite-URL', true],
    ['Proxy', true],
    ['Proxies', false],
    ['X.Auth~Subject', true],
    ['X-Auth-Subjects', false],
    ['Authorization', false],
  ])('%s: %s', (name, ours) => {
    expect(createHeaderGuard(parseClaimHeaders(['sub=X-Auth-Subject']))(name)).toBe(ours);
  });

  it('takes away what could be taken for a header in which tokens are looked for, and not that header', () => {
    const guard = createHeaderGuard([], ['x-goog-iap-jwt-assertion']);
    expect(['X_Goog_Iap_Jwt_Assertion', 'x-goog.iap-jwt-assertion'].map(guard)).toEqual([true, true]);
    expect(['X-Goog-IAP-JWT-Assertion', 'X_Own'].map(guard)).toEqual([false, false]);
  });
});
