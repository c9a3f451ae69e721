/** `assay keys URL`. */
import { describe, expect, it } from 'vitest';
import { createTestIssuer, FAILURE_MODES } from '../../src/testing/index.ts';
import { thumbprint } from '../../src/jose/jwk.ts';
import { listen, publish, status as withStatus } from '../keys/loopback.ts';
import { KID, privateKey, publicJwk, SECRET } from './key-files.ts';
import { NOW, run, type Run } from './run.ts';

const keys = (url: string, ...options: string[]): Promise<Run> =>
  run(['keys', url, '--allow-loopback-http', ...options]);

/** What is said of a body that a server sends. */
async function reportOf(body: unknown, headers: Record<string, string> = {}) {
  const { url } = await listen(publish(body, headers));
  const { status, stdout, stderr } = await keys(url, '--json');
  expect(stderr).toBe('');
  return { status, report: JSON.parse(stdout) };
}

const GOOD = { keys: [publicJwk()] };
const WEAK = { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'weak' };

describe('each key', () => {
  it('is shown with its verdict, and the set with its lifetime', async () => {
    const server = await listen(publish({ keys: [WEAK, publicJwk()] }, { 'cache-control': 'public, max-age=21600' }));
    const { status, stdout, stderr } = await keys(server.url);
    expect({ status, stderr, targets: server.targets }).toEqual({ status: 0, stderr: '', targets: ['/keys'] });
    expect(stdout).toBe(`not usable  unreadable
  why          the RSA modulus is shorter than 2048 bits (RFC 7518 §3.3)
  kid          weak

usable      RSA 2048
  kid          key-1
  alg          RS256
  use          sig
  thumbprint   ${thumbprint(publicJwk())}

2 keys, 1 usable
to be kept for 6 hours (as its Cache-Control says)
`);
  });

  it('is shown as JSON', async () => {
    const { status, report } = await reportOf(GOOD, { 'cache-control': 'max-age=600', age: '100' });
    expect(status).toBe(0);
    expect(report).toMatchObject({ ok: true, keys: [{ usable: true, kid: KID }] });
    expect(report.cache).toStrictEqual({ lifetime: 500, from: 'Cache-Control' });
  });

  it('may come from a certificate, which has its dates', async () => {
    const issuer = createTestIssuer({ clock: () => NOW, keys: [privateKey] });
    const server = await issuer.listen();
    const judge = async (at: number): Promise<object> => {
      const { status, stdout } = await keys(server.certificatesUri, '--json', '--at', String(at));
      return { status, ...JSON.parse(stdout).keys[0] };
    };
    const dates = { notBefore: '2023-11-13T22:13:20Z', notAfter: '2024-11-13T22:13:20Z' };
    expect(await judge(NOW)).toMatchObject({ status: 0, usable: true, kid: issuer.kid, ...dates });
    const late = { status: 1, usable: false, rule: 'RFC 5280 §4.1.2.5', ...dates };
    expect(await judge(NOW + 366 * 86_400)).toMatchObject(late);
    await server.close();
  });
});

describe('the lifetime of the set', () => {
  const byDefault = 'the default; it has no Cache-Control that says';
  const cases: readonly (readonly [words: string, cache: object, headers: Record<string, string>])[] = [
    [`1 hour (${byDefault})`, { lifetime: 3600, from: 'default' }, {}],
    [`1 hour (${byDefault})`, { lifetime: 3600, from: 'default' }, { 'cache-control': 'public' }],
    [`50 minutes (${byDefault})`, { lifetime: 3000, from: 'default' }, { age: '600' }],
    [
      '1 hour (as its Cache-Control says)', { lifetime: 3600, from: 'Cache-Control' },
      { 'cache-control': 'max-age=3600' },
    ],
    [
      '1 minute (the least; its headers allow nothing)', { lifetime: 60, from: 'Cache-Control', said: 0 },
      { 'cache-control': 'no-store' },
    ],
    [
      '1 minute (the least; its headers allow 10 seconds)', { lifetime: 60, from: 'Cache-Control', said: 10 },
      { 'cache-control': 'max-age=3600', age: '3590' },
    ],
    [
      '1 day (the most; its headers allow 10 years)', { lifetime: 86_400, from: 'Cache-Control', said: 315_360_000 },
      { 'cache-control': 'max-age=315360000' },
    ],
  ];
  it.each(cases)('%s', async (words, cache, headers) => {
    expect((await reportOf(GOOD, headers)).report.cache).toStrictEqual(cache);
    const { url } = await listen(publish(GOOD, headers));
    expect((await keys(url)).stdout.split('\n')).toContain(`to be kept for ${words}`);
  });
});

describe('a document that no verifier takes', () => {
  const many = { keys: Array(257).fill({}) };
  const secret = { kty: 'oct', k: SECRET };
  const cases: readonly (readonly [what: string, body: unknown, code: string, rule: string])[] = [
    ['is HTML', '<!doctype html>', 'invalid_json', 'RFC 8259 §2'],
    ['begins with a byte order mark', '\ufeff{"keys":[]}', 'invalid_json', 'RFC 8259 §2'],
    ['has duplicate members', '{"keys":[],"keys":[]}', 'duplicate_member', 'RFC 7515 §4'],
    ['is an array', [publicJwk()], 'invalid_json', 'RFC 8259 §2'],
    ['is a single JWK', publicJwk(), 'key_unusable', 'RFC 7517 §5'],
    ['is a single JWK that is weak', WEAK, 'key_unusable', 'RFC 7517 §5'],
    ['is a discovery document', { issuer: 'https://a.example' }, 'key_unusable', 'RFC 7517 §5'],
    ['has "keys" that is no array', { keys: {} }, 'key_unusable', 'RFC 7517 §5.1'],
    ['has 257 keys', many, 'key_unusable', 'RFC 7517 §5'],
    ['publishes a secret', { keys: [secret] }, 'key_unusable', 'RFC 8725 §2.1'],
    ['publishes a secret among others', { keys: [publicJwk(), secret] }, 'key_unusable', 'RFC 8725 §2.1'],
  ];
  it.each(cases)('%s: it says why', async (_, body, code, rule) => {
    const { status, report } = await reportOf(body);
    expect({ status, report }).toStrictEqual({ status: 1, report: { ok: false, code, rule } });
    const { url } = await listen(publish(body));
    const { status: wordsStatus, stdout } = await keys(url);
    expect(wordsStatus).toBe(1);
    expect(stdout.startsWith(`refused ${code} (${rule}): `)).toBe(true);
    expect(stdout).not.toContain(SECRET);
  });

  it.each([
    ['an empty set', [], 0],
    ['none that is usable', [WEAK, { kty: 'what' }], 2],
  ])('%s: says of each key why', async (_, members, count) => {
    const { status, report } = await reportOf({ keys: members }, { 'cache-control': 'max-age=600' });
    expect(status).toBe(1);
    expect(report).toMatchObject({ ok: false, code: 'key_unusable', rule: 'RFC 7517 §5' });
    expect(report.keys).toHaveLength(count);
    for (const key of report.keys) expect(key).toMatchObject({ usable: false, code: 'key_unusable' });
    // It is not kept at all.
    expect(report).not.toHaveProperty('cache');
    const { url } = await listen(publish({ keys: members }));
    expect((await keys(url)).stdout).toMatch(
      new RegExp(`^${count} keys, 0 usable\nrefused key_unusable \\(RFC 7517 §5\\): no usable key in the set\n$`, 'm'),
    );
  });

  it('is not one whose keys are for something else: it is taken, and no key of it serves', async () => {
    const { status, report } = await reportOf({ keys: [{ ...publicJwk(), use: 'enc' }] });
    expect(status).toBe(1);
    expect(report.keys).toMatchObject([{ usable: false, rule: 'RFC 7517 §4.2' }]);
    expect(report).toMatchObject({ ok: false, cache: { lifetime: 3600 } });
    expect(report).not.toHaveProperty('code');
  });
});

describe('a document that could not be had', () => {
  const modes = FAILURE_MODES.filter((mode) => !['none', 'garbage', 'wrong-keys', 'empty'].includes(mode));
  it.each(modes)('%s: no verdict', async (mode) => {
    const issuer = createTestIssuer({ clock: () => NOW, keys: [privateKey] });
    const server = await issuer.listen();
    issuer.fail(mode);
    const { status, stdout, stderr } = await keys(server.jwksUri, '--timeout', '0.2', '--json');
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
    expect(JSON.parse(stdout)).toStrictEqual({ ok: false, code: 'keys_unavailable', rule: 'OIDC Core §10.1.1' });
    await server.close();
  });

  it('says why', async () => {
    const { url } = await listen(withStatus(503, 'down for <maintenance>'));
    const { status, stdout } = await keys(url);
    expect(status).toBe(3);
    const reason = "the issuer's keys could not be had: status 503";
    expect(stdout).toBe(`undecided keys_unavailable (OIDC Core §10.1.1): ${reason}\n`);
  });
});

it.each([
  [['http://127.0.0.1:1/keys'], 'the URL expected https, or with --allow-loopback-http http to a literal loopback'],
  [['http://localhost:1/keys', '--allow-loopback-http'], 'the URL expected https'],
  [['ftp://issuer.example/keys'], 'the URL expected https'],
  [['https://u:p@issuer.example/keys'], 'the URL must not hold credentials'],
  [['https://issuer.example/keys#a'], 'the URL must not have a fragment'],
  [['https://issuer.example/keys', '--timeout', '1000'], '--timeout expected a number from 0.001 to 300'],
  [['https://issuer.example/keys', '--issuer', 'x'], "unknown option '--issuer'"],
])('is called wrongly with %j', async (argv, message) => {
  const { status, stdout, stderr } = await run(['keys', ...argv]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(`assay keys: ${message}`);
});
