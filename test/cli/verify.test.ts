import { describe, expect, it } from 'vitest';
import { signJwt } from '../../src/jose/sign.ts';
import {
  AUDIENCE, CLAIMS, ISSUER, KID, mint, pem, privateKey, publicJwk, publicKey, SECRET, temporaryFolder,
} from './key-files.ts';
import { codeOf, NOW, run, type Run } from './run.ts';

const folder = temporaryFolder();
const jwks = folder.write('jwks.json', JSON.stringify({ keys: [publicJwk()] }));
const WHO = ['--issuer', ISSUER, '--audience', AUDIENCE];
const POLICY = [...WHO, '--keys', jwks];

const verify = (token: string, ...options: string[]): Promise<Run> => run(['verify', token, ...POLICY, ...options]);

describe('assay verify', () => {
  it('accepts, as one JSON object', async () => {
    const { status, stdout, stderr } = await verify(mint(), '--json');
    expect(status).toBe(0);
    expect(stderr).toBe('');
    expect(stdout.endsWith('}\n') && !stdout.slice(0, -1).includes('\n')).toBe(true);
    expect(JSON.parse(stdout)).toStrictEqual({
      ok: true,
      header: { alg: 'RS256', kid: KID, typ: 'JWT' },
      claims: CLAIMS,
      key: { kid: KID, alg: 'RS256' },
    });
  });

  it('refuses, as one JSON object', async () => {
    const { status, stdout, stderr } = await verify(mint({ exp: NOW - 90 }), '--json');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(JSON.parse(stdout)).toStrictEqual({
      ok: false, code: 'token_expired', rule: 'RFC 7519 §4.1.4', claim: 'exp', skew: 90,
    });
    const other = await verify(`${mint()}=`, '--json');
    expect(JSON.parse(other.stdout)).toStrictEqual({ ok: false, code: 'invalid_base64url', rule: 'RFC 7515 §2' });
  });

  it('accepts, in words', async () => {
    const { status, stdout } = await verify(mint());
    expect(status).toBe(0);
    expect(stdout).toBe(`accepted RS256, key key-1, at 2023-11-14T22:13:20Z
header
  alg  "RS256"
  kid  "key-1"
  typ  "JWT"
claims
  iss  "https://issuer.example"
  aud  "my-api"
  sub  "someone"
  iat  1699999940  2023-11-14T22:12:20Z, 1 minute ago
  exp  1700003600  2023-11-14T23:13:20Z, in 1 hour
`);
  });

  it('refuses, in words, on one line', async () => {
    expect((await verify(mint({ exp: NOW - 90 }))).stdout).toBe(
      'refused token_expired (RFC 7519 §4.1.4): the token has expired; claim "exp", off by 1 minute 30 seconds\n',
    );
    expect((await verify('a.b')).stdout).toBe(
      'refused malformed_compact (RFC 7515 §7.1): a compact JWS is a string of exactly three parts joined by dots\n',
    );
  });

  it('never repeats the token or a claim value when it refuses', async () => {
    const token = mint({ aud: 'kept-to-itself' });
    for (const json of [[], ['--json']]) {
      const { stdout, stderr, status } = await verify(token, ...json);
      expect(status).toBe(1);
      expect(stdout + stderr).not.toContain('kept-to-itself');
      for (const part of token.split('.')) expect(stdout + stderr).not.toContain(part);
    }
  });
});

describe('the keys of assay verify', () => {
  const files: Record<string, string> = {
    'JWK Set': jwks,
    'one JWK': folder.write('jwk.json', JSON.stringify(publicJwk())),
    'array of JWKs': folder.write('array.json', ` \n[${JSON.stringify(publicJwk())}]\n`),
    'PEM': folder.write('public.pem', pem(publicKey)),
    'map of PEMs': folder.write('map.json', JSON.stringify({ [KID]: pem(publicKey) })),
  };
  it.each(Object.entries(files))('%s', async (_, file) => {
    expect(await codeOf(mint(), ...WHO, '--keys', file)).toBe('accepted');
  });

  it('a secret', async () => {
    const jwk = { kty: 'oct', k: SECRET };
    const file = folder.write('secret.json', JSON.stringify(jwk));
    const token = signJwt(CLAIMS, jwk);
    expect(await codeOf(token, ...WHO, '--keys', file, '--alg', 'HS256')).toBe('accepted');
    expect(await codeOf(token, ...WHO, '--keys', file)).toBe('algorithm_not_allowed');
  });

  const jwk = JSON.stringify(publicJwk());
  const large = 1_048_577;
  const broken: readonly (readonly [what: string, data: string | Uint8Array, message: RegExp])[] = [
    ['no JSON', '{"keys":', /not valid JSON \(RFC 8259 §2\)/],
    ['empty', '', /not valid JSON/],
    ['a duplicate member', `{"keys":[${jwk}],"keys":[]}`, /two members of one name \(RFC 7515 §4\)/],
    ['a duplicate in a JWK of an array', `[{"kty":"RSA","kty":"oct"}]`, /two members of one name/],
    ['an array with something behind it', `[${jwk}],"more":[]`, /not valid JSON/],
    ['an array with another behind it', `[${jwk}],"keys":[]`, /two members of one name/],
    ['an array that closes the wrapping', `[${jwk}]}{"a":1`, /not valid JSON/],
    ['a byte order mark', `\ufeff{"keys":[]}`, /not valid JSON/],
    ['a byte order mark before an array', `\ufeff[${jwk}]`, /not valid JSON/],
    ['not UTF-8', Buffer.from('{"keys":[],"x":"\xff"}', 'latin1'), /not valid UTF-8/],
    ['"keys" that is no array', '{"keys":{}}', /"keys" is not an array/],
    ['a private PEM', pem(privateKey), /private key \(RFC 7517 §9\.2\)/],
    ['a PEM cut short', pem(publicKey).slice(0, 200), /RFC 7468/],
    ['a number', '5', /not a JSON object/],
    ['over 1 MiB', ' '.repeat(large), /more than 1 MiB/],
  ];
  it.each(broken)('%s: a mistake in the call, not a verdict', async (what, data, message) => {
    const file = folder.write(`broken ${what.replace(/\W/g, '-')}`, data);
    const { status, stdout, stderr } = await run(['verify', mint(), ...WHO, '--keys', file, '--json']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  it('a file of exactly 1 MiB is read', async () => {
    const file = folder.write('large.json', jwk.padEnd(large - 1));
    expect(await codeOf(mint(), ...WHO, '--keys', file)).toBe('accepted');
  });

  it.each([
    [`${folder.path}/none.json`, 'there is no such file'],
    [folder.path, 'it is a directory'],
    ['\0', 'ERR_INVALID_ARG_VALUE'],
  ])('%j cannot be read', async (path, message) => {
    const { status, stdout, stderr } = await run(['verify', mint(), ...WHO, '--keys', path]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('the token of assay verify', () => {
  const stdin = (text: string | Iterable<Uint8Array | string>, ...more: string[]): Promise<Run> =>
    run(['verify', ...more, ...POLICY, '--json'], { stdin: text });

  it.each([
    ['without a line end', mint()],
    ['with one', `${mint()}\n`],
    ['with CRLF', `${mint()}\r\n`],
    ['in pieces', [...mint()].map((character) => Buffer.from(character))],
  ])('comes from standard input %s', async (_, text) => {
    expect((await stdin(text)).status).toBe(0);
    expect((await stdin(text, '-')).status).toBe(0);
  });

  it.each([
    ['two line ends', `${mint()}\n\n`, 'invalid_base64url'],
    ['a space before', ` ${mint()}`, 'invalid_base64url'],
    ['a byte order mark', `\ufeff${mint()}`, 'invalid_base64url'],
    ['not UTF-8', [Buffer.from([0xff]), mint()], 'invalid_base64url'],
    ['nothing', '', 'malformed_compact'],
    ['Bearer', `Bearer ${mint()}`, 'invalid_base64url'],
  ])('is refused with %s', async (_, text, code) => {
    const { status, stdout } = await stdin(text);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).code).toBe(code);
  });

  it('is refused when it is too long, and not read to its end', async () => {
    let given = 0;
    function* endless(): Generator<Uint8Array> {
      for (;;) {
        given += 65_536;
        yield Buffer.alloc(65_536, 'A');
      }
    }
    const { status, stdout } = await stdin(endless());
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toStrictEqual({ ok: false, code: 'token_too_long', rule: 'RFC 8259 §9' });
    expect(given).toBe(1_048_576 + 65_536);
  });

  it('must be given where no one pipes one in', async () => {
    const { status, stdout, stderr } = await run(['verify', ...POLICY]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('no token');
  });

  it('is a mistake where standard input cannot be read', async () => {
    function* broken(): Generator<string> {
      throw Object.assign(new Error('EISDIR: secret detail'), { code: 'EISDIR' });
    }
    const { status, stderr } = await stdin(broken());
    expect(status).toBe(2);
    expect(stderr).toContain('cannot read standard input: it is a directory');
    expect(stderr).not.toContain('secret detail');
  });
});
