import { describe, expect, it } from 'vitest';
import { VERIFIER_OPTIONS } from '../../src/cli/verifier-options.ts';
import { POLICY_OPTIONS, type PolicyOptions } from '../../src/jose/policy.ts';
import { signJwt } from '../../src/jose/sign.ts';
import {
  AUDIENCE, CLAIMS, GOOGLE_CLAIMS, ISSUER, KID, mint, privateKey, publicJwk, temporaryFolder,
} from './key-files.ts';
import { codeOf, NOW, run } from './run.ts';

const folder = temporaryFolder();
const jwks = folder.write('jwks.json', JSON.stringify({ keys: [publicJwk()] }));
const WHO = ['--issuer', ISSUER, '--audience', AUDIENCE];
const POLICY = [...WHO, '--keys', jwks];

/** The flag of each option of a policy, or why there is none. Does not compile when one is missing. */
const FLAGS: Readonly<Record<keyof PolicyOptions, keyof typeof VERIFIER_OPTIONS | 'a function'>> = {
  issuer: 'issuer', audience: 'audience', algorithms: 'alg', leeway: 'leeway', maxTokenLength: 'max-token-length', typ: 'typ',
  requiredClaims: 'required-claim', maxAge: 'max-age', maxLifetime: 'max-lifetime', subject: 'subject', checks: 'a function',
};

it('every option of a policy has a flag', () => {
  const flags = Object.values(FLAGS).filter((flag) => flag !== 'a function');
  expect(flags.filter((flag) => !Object.hasOwn(VERIFIER_OPTIONS, flag))).toEqual([]);
  expect(Object.keys(FLAGS).sort()).toEqual([...POLICY_OPTIONS].sort());
});

describe('the options of assay verify', () => {
  const google = signJwt({ ...GOOGLE_CLAIMS, nonce: 'n', hd: 'example.org' }, privateKey, { kid: KID });
  const forGoogle = ['--google', '--audience', 'my-client-id', '--keys', jwks];
  const typed = signJwt(CLAIMS, privateKey, { kid: KID, typ: 'at+jwt' });
  const cases: readonly (readonly [code: string, token: string, ...options: string[]])[] = [
    ['issuer_not_allowed', mint(), '--issuer', 'https://other.example', '--audience', AUDIENCE, '--keys', jwks],
    ['accepted', mint(), '--issuer', 'https://other.example', ...POLICY],
    ['accepted', mint(), '--any-issuer', '--audience', AUDIENCE, '--keys', jwks],
    ['audience_not_allowed', mint(), '--issuer', ISSUER, '--audience', 'other', '--keys', jwks],
    ['accepted', mint(), '--issuer', ISSUER, '--audience', 'other', '--audience', AUDIENCE, '--keys', jwks],
    ['accepted', mint(), '--issuer', ISSUER, '--any-audience', '--keys', jwks],
    ['algorithm_not_allowed', mint(), ...POLICY, '--alg', 'ES256,PS256'],
    ['accepted', mint(), ...POLICY, '--alg', 'ES256,RS256'],
    ['token_expired', mint(), ...POLICY, '--at', String(NOW + 3600)],
    ['accepted', mint(), ...POLICY, '--at', '2023-11-14T23:13:19.5Z'],
    ['token_expired', mint(), ...POLICY, '--at', '2023-11-15T00:13:20+01:00'],
    ['token_issued_in_future', mint({ iat: NOW + 31 }), ...POLICY],
    ['accepted', mint({ iat: NOW + 31 }), ...POLICY, '--leeway', '31'],
    ['token_issued_in_future', mint({ iat: NOW + 1 }), ...POLICY, '--leeway', '0'],
    ['type_not_allowed', typed, ...POLICY],
    ['accepted', typed, ...POLICY, '--typ', 'at+jwt'],
    ['accepted', typed, ...POLICY, '--typ', 'other', '--typ', 'application/AT+JWT'],
    ['subject_mismatch', mint(), ...POLICY, '--subject', 'other'],
    ['accepted', mint(), ...POLICY, '--subject', 'someone'],
    ['claim_missing', mint(), ...POLICY, '--required-claim', 'iat', '--required-claim', 'jti'],
    ['accepted', mint(), ...POLICY, '--required-claim', 'iat'],
    ['token_too_old', mint(), ...POLICY, '--max-age', '59'],
    ['accepted', mint(), ...POLICY, '--max-age', '60'],
    ['lifetime_too_long', mint(), ...POLICY, '--max-lifetime', '3659'],
    ['accepted', mint(), ...POLICY, '--max-lifetime', '3660'],
    ['token_too_long', mint(), ...POLICY, '--max-token-length', String(mint().length - 1)],
    ['accepted', mint(), ...POLICY, '--max-token-length', String(mint().length)],
    ['accepted', google, ...forGoogle],
    ['accepted', google, ...forGoogle, '--nonce', 'n'],
    ['accepted', google, ...forGoogle, '--hosted-domain', 'a.example', '--hosted-domain', 'example.org'],
    ['nonce_mismatch', google, ...forGoogle, '--nonce', 'm'],
    ['hosted_domain_not_allowed', google, ...forGoogle, '--hosted-domain', 'example.com'],
    ['authorized_party_not_allowed', google, ...forGoogle, '--authorized-party', 'p'],
    ['email_not_verified', google, ...forGoogle, '--require-verified-email'],
    ['issuer_not_allowed', mint({ aud: 'my-client-id' }), ...forGoogle],
  ];
  it.each(cases)('%s', async (code, token, ...options) => {
    expect(await codeOf(token, ...options)).toBe(code);
  });

  const keys = ['--keys', jwks];
  const mistakes: readonly (readonly [message: string, ...options: string[]])[] = [
    ['Give one of --google, --issuer I and --any-issuer (RFC 7519 §4.1.1)', '--audience', AUDIENCE, ...keys],
    ['Give one of --google, --issuer I and --any-issuer', ...WHO, '--any-issuer', ...keys],
    ['Give one of --audience A and --any-audience (RFC 7519 §4.1.3)', '--issuer', ISSUER, ...keys],
    ['Give one of --audience A and --any-audience', '--issuer', ISSUER, '--audience', 'a', '--any-audience', ...keys],
    ['Give --audience ID, your client ID (RFC 7519 §4.1.3)', '--google', ...keys],
    ['--any-audience cannot be used with --google', '--google', '--any-audience', ...keys],
    ['--issuer cannot be used with --google', '--google', '--issuer', ISSUER, '--audience', 'a', ...keys],
    ['--any-issuer cannot be used with --google', '--google', '--any-issuer', '--audience', 'a', ...keys],
    ['--alg cannot be used with --google', ...forGoogle, '--alg', 'RS256'],
    ['--typ cannot be used with --google', ...forGoogle, '--typ', 'JWT'],
    ['--nonce cannot be used without --google', ...POLICY, '--nonce', 'n'],
    ['--hosted-domain cannot be used without --google', ...POLICY, '--hosted-domain', 'd'],
    ['--authorized-party cannot be used without --google', ...POLICY, '--authorized-party', 'd'],
    ['--require-verified-email cannot be used without --google', ...POLICY, '--require-verified-email'],
    ['With --any-issuer, --keys URL|FILE is needed (RFC 7515 §6)', '--any-issuer', '--audience', AUDIENCE],
    ["unknown option '--audiance'", ...POLICY, '--audiance', 'x'],
    ["unknown option '-x'", ...POLICY, '-x'],
    ['--audience has an empty value', '--issuer', ISSUER, '--audience', '', ...keys],
    ['--issuer has an empty value', '--issuer=', '--audience', 'a', ...keys],
    ['--subject has an empty value', ...POLICY, '--subject='],
    ['--required-claim has an empty value', ...POLICY, '--required-claim', 'a', '--required-claim', ''],
    ['--at was given twice', ...POLICY, '--at', '1', '--at', '2'],
    ['--json was given twice', ...POLICY, '--json', '--json'],
    ["option '--at <value>' argument missing", ...POLICY, '--at'],
    ["option '--json' does not take an argument", ...POLICY, '--json=no'],
    ["option '--subject' argument is ambiguous", ...POLICY, '--subject', '--json'],
    ['--at expected a NumericDate or an RFC 3339 time', ...POLICY, '--at', 'yesterday'],
    ['--at expected seconds, not milliseconds (RFC 7519 §2)', ...POLICY, '--at', '1700000000000'],
    ['--leeway expected a number from 0 to 300', ...POLICY, '--leeway', '301'],
    ['--leeway expected a number', ...POLICY, '--leeway', '1e1'],
    ['--leeway expected a number', ...POLICY, '--leeway', '0x10'],
    ['--leeway expected a number', ...POLICY, '--leeway=-5'],
    ['--max-age expected a number', ...POLICY, '--max-age', ' 5'],
    ['--max-lifetime expected a number from 0 to 86400', ...forGoogle, '--max-lifetime', '86401'],
    ['--max-token-length expected a number from 1 to 1000000', ...POLICY, '--max-token-length', '1000001'],
    ['--alg expected a non-empty array of names out of RS256', ...POLICY, '--alg', 'none'],
    ['--alg expected a non-empty array of names out of RS256', ...POLICY, '--alg', 'RS256,'],
    ['--alg must not mix HS* with algorithms of public keys', ...POLICY, '--alg', 'RS256,HS256'],
    ['too many arguments', ...POLICY, 'second'],
  ];
  it.each(mistakes)('%s', async (message, ...options) => {
    const { status, stdout, stderr } = await run(['verify', mint(), ...options]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.startsWith(`assay verify: `)).toBe(true);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/\nTry: assay verify --help\n$/);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
