import { describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/index.ts';
import { otherIssuer } from '../../src/explain/other-names.ts';
import { createKeySet, createPolicy, JwtError } from '../../src/index.ts';
import { busyTime } from '../jose/busy.ts';
import { CLAIMS, CLIENT, explained, findingIn, mint, NOW, verifierFor, withHeader } from './sample.ts';

const kindsOf = async (token: string): Promise<readonly string[]> =>
  (await explained(token)).findings.map(({ kind }) => kind);

describe('clocks', () => {
  it.each<[string, object, string, string]>([
    ['clock_skew', { iat: NOW + 47 }, 'Clock skew measured: 47 seconds', '{ iat: 47 }'],
    ['clock_skew', { nbf: NOW + 31.5 }, 'measured: 32 seconds', '{ nbf: 32 }'],
    ['clock_skew', { iat: NOW + 400, exp: NOW + 500 }, '6 minutes 40 seconds later', 'must be set'],
    ['clock_skew', { exp: NOW - 20 }, 'ended 20 seconds ago', '{ exp: 21 }'],
    ['old_token', { iat: NOW - 90_000, exp: NOW - 86_400 + 1000 }, 'good for', 'old token'],
    ['local_time', { iat: NOW + 7200, exp: NOW + 9000 }, '2 hours', 'local time'],
    ['milliseconds', { iat: NOW * 1000 }, 'milliseconds', '1700000000 (2023-11-14T22:13:20Z)'],
    ['milliseconds', { exp: (NOW + 60) * 1000 }, '"exp"', 'milliseconds'],
    ['time_as_text', { exp: '2024-05-01' }, '"exp"', 'text'],
  ])('%s: %j', async (kind, claims, ...said) => {
    const finding = findingIn(await explained(mint(claims)), kind);
    for (const words of said) expect(finding?.text).toContain(words);
  });

  it('leeway of what is suggested is enough', async () => {
    expect((await explained(mint({ iat: NOW + 47 }), { leeway: { iat: 47 } })).ok).toBe(true);
    expect((await explained(mint({ exp: NOW - 20 }), { leeway: { exp: 21 } })).ok).toBe(true);
    expect((await explained(mint({ exp: NOW - 20 }), { leeway: { exp: 20 } })).ok).toBe(false);
  });
});

describe('issuers', () => {
  it.each<[string, string, string, string]>([
    ['https://a.example/', 'https://a.example', 'issuer_spelling', 'the slash at the end is only in the token'],
    ['a.example', 'https://a.example', 'issuer_spelling', 'no scheme where you have "https://"'],
    ['https://A.example', 'https://a.example', 'issuer_spelling', 'capital letters'],
    ['https://login.staging.a.example', 'https://login.a.example', 'other_environment', '"staging"'],
    ['https://a.example/realms/x', 'https://a.example/realms/y', 'other_environment', 'the path is not'],
    ['https://one.auth0.com/', 'https://two.auth0.com/', 'other_environment', '"auth0.com"'],
    ['https://securetoken.google.com/p', 'https://accounts.google.com', 'google_issuer', 'Firebase'],
  ])('%s for %s: %s', async (iss, issuer, kind, said) => {
    const explanation = await explain(verifierFor(issuer, null), mint({ iss }));
    expect(explanation.error?.code).toBe('issuer_not_allowed');
    expect(findingIn(explanation, 'issuers_compared')?.text).toContain(JSON.stringify(iss));
    expect(findingIn(explanation, kind)?.text).toContain(said);
  });

  it('of strangers are only compared', async () => {
    const { findings } = await explain(verifierFor('https://a.example', null), mint({ iss: 'https://b.invalid' }));
    expect(findings.map(({ kind }) => kind)).toEqual(['issuers_compared']);
  });
});

// A stranger writes "iss", and a verifier may let tokens of a million characters through.
it.each(['/', 'a/', '-dev', ' ', '1'])('an issuer of %j over and over is compared at once', async (piece) => {
  const policy = createPolicy({ issuer: 'https://a.example', audience: null, algorithms: ['RS256'] });
  const iss = `a${piece.repeat(Math.ceil(200_000 / piece.length))}x`;
  const evidence = { token: '', error: new JwtError('issuer_not_allowed'), now: NOW, policy, keys: [], claims: { iss } };
  expect(await busyTime(() => otherIssuer(evidence))).toBeLessThan(1000);
});

describe('audiences', () => {
  it.each<[string | string[], string, string]>([
    ['1234567890-ios.apps.googleusercontent.com', 'other_client', 'your own Google project'],
    ['99-ios.apps.googleusercontent.com', 'other_client', 'its number is 99, yours is 1234567890'],
    ['https://service.example', 'other_client', 'for another service'],
    [CLIENT.toUpperCase(), 'audience_spelling', 'capital letters'],
    [[CLIENT, 'else'], 'audience_beside', '"else"'],
    [[], 'no_audience', 'for nobody'],
  ])('%j: %s', async (aud, kind, said) => {
    const explanation = await explained(mint({ aud }));
    expect(explanation.error?.code).toBe('audience_not_allowed');
    expect(findingIn(explanation, kind)?.text).toContain(said);
  });
});

describe('keys and signatures', () => {
  const cut = (token: string, signature: string): string => token.replace(/[^.]*$/, signature);

  it('rotated, retired, or of another issuer', async () => {
    expect(findingIn(await explained(mint({}, 'key-0')), 'keys_compared')?.text).toContain('"key-0"; here are "key-1"');
    expect(findingIn(await explained(mint({}, 'key-0')), 'key_rotated')?.text).toContain('rotated');
    expect(findingIn(await explained(mint({ iat: NOW - 1e6 }, 'key-0')), 'key_rotated')?.text).toContain('retired');
    expect(await kindsOf(mint({ iss: 'https://b.invalid' }, 'key-0'))).toEqual(
      ['keys_compared', 'other_project', 'issuers_compared']);
    const none = await explained(mint(), { keys: createKeySet({ keys: [] }) });
    expect(findingIn(none, 'keys_compared')?.text).toContain('no usable key');
  });

  it('a signature that a platform has removed', async () => {
    const explanation = await explained(cut(mint(), 'SIGNATURE_REMOVED_BY_GOOGLE'));
    expect(explanation.error?.code).toBe('signature_invalid');
    expect(explanation.findings.map(({ kind }) => kind)).toEqual(['signature_removed']);
    expect(explanation.advice?.nextStep).toContain('X-Serverless-Authorization');
  });

  it.each<[string, string]>([['', 'signature_gone'], ['A'.repeat(300), 'signature_length']])(
    'a signature of %j', async (signature, kind) => expect(await kindsOf(cut(mint(), signature))).toEqual([kind]));

  it('one of the right length says nothing', async () => {
    expect(await kindsOf(cut(mint(), `${'A'.repeat(341)}A`))).toEqual([]);
  });

  it.each([['none', 'alg_none'], ['rs256', 'alg_case'], ['HS256', 'alg_hmac'], ['ES256', 'algorithms_compared']])(
    'alg %s', async (alg, kind) => expect(await kindsOf(withHeader({ alg, kid: 'key-1' }))).toContain(kind));

  it.each([['at+jwt', 'RFC 9068'], ['application/LOGOUT+JWT', 'logout token']])('typ %s', async (typ, said) => {
    expect(findingIn(await explained(withHeader({ alg: 'RS256', typ })), 'other_kind')?.text).toContain(said);
  });
});

describe('the text of a token', () => {
  it.each<[string, string]>([
    ['', 'empty'], ['undefined', 'no_token'], ['null', 'no_token'], ['Bearer x', 'bearer_prefix'],
    ['"a.b.c"', 'quotes'], ['{"id_token":"x"}', 'json'], ['ya29.abc', 'google_access_token'],
    ['1//abc', 'google_refresh_token'], ['https://a.example/?t=x', 'address'], ['-----BEGIN PUBLIC KEY-----', 'pem'],
    ['Jwt issuer is not configured', 'gateway_answer'], ['a.b.c.d.e', 'part_count'], ['eyJhbGciOi.eyJ', 'part_count'],
    ['eyJhb...', 'shortened'],
  ])('%j is told as %s', async (text, kind) => expect((await kindsOf(text))[0]).toBe(kind));

  it('of Envoy is told with who may have answered', async () => {
    const { findings } = await explained('{"code":401,"message":"Jwt issuer is not configured"}');
    expect(findings[0]?.text).toMatch(/Cloud Run without --allow-unauthenticated it may be IAM/);
  });

  const [header = '', payload = '', signature = ''] = mint().split('.');
  it.each<[string, string, number, string]>([
    [`${header}=.${payload}.${signature}`, 'padding', header.length, '='],
    [`${header.slice(0, 4)}+${header.slice(5)}.${payload}.${signature}`, 'base64', 4, '+'],
    [`${header.slice(0, 4)}%3D${header.slice(4)}.${payload}.${signature}`, 'percent', 4, '%'],
    [`${header.slice(0, 5)} ${header.slice(5)}.${payload}.${signature}`, 'space', 5, ' '],
    [`${header.slice(0, 5)}\u0141${header.slice(6)}.${payload}.${signature}`, 'stranger', 5, '\u0141'],
    [`${header}xx.${payload}.${signature}`, 'odd_length', header.length + 1, 'x'],
  ])(
    'shows where it breaks: %s', async (token, kind, offset, at) => {
      const explanation = await explained(token);
      expect(explanation.error?.code).toBe('invalid_base64url');
      expect(explanation.findings[0]).toMatchObject({ kind, place: { offset, at } });
      expect(explanation.findings[0]?.text).toContain(`Offset ${offset}`);
    });

  it.each<[string, string, string]>([
    [`${payload}=`, 'padding', '='], [`${payload.slice(0, 8)}+${payload.slice(9)}`, 'base64', '+'],
    [`${payload.slice(0, 8)}\n${payload.slice(8)}`, 'line_break', '\\u000a'],
  ])('of the payload too, which is not decoded before its signature holds: %j', async (changed, kind, at) => {
    const { error, findings, advice } = await explained(`${header}.${changed}.${signature}`);
    expect(error?.code).toBe('signature_invalid');
    expect(findings[0]).toMatchObject({ kind, place: { at } });
    expect(advice?.nextStep).not.toContain('fresh token');
  });

  it('shows a line break as an escape', async () => {
    const explanation = await explained(`${header}.${payload}.${signature.slice(0, 9)}\n${signature.slice(9)}`);
    const offset = header.length + payload.length + 2 + 9;
    expect(explanation.findings[0]).toMatchObject({ kind: 'line_break', place: { offset, at: '\\u000a' } });
  });

  it('names the letter that spare bits should have been', async () => {
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const at = last.indexOf(signature.at(-1) ?? '');
    const twisted = `${header}.${payload}.${signature.slice(0, -1)}${last.charAt(at + 1)}`;
    expect((await explained(twisted)).findings[0]?.text).toContain(`"${signature.at(-1)}" would be canonical`);
  });
});

it('nothing is found in a token that is accepted', async () => {
  expect(await explained(mint())).toMatchObject({ ok: true, findings: [], claims: CLAIMS, authentic: true });
});
