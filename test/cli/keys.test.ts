import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { KeyReport } from '../../src/cli/key-verdict.ts';
import { thumbprint } from '../../src/jose/jwk.ts';
import { KID, pem, privateKey, publicJwk, publicKey, SECRET, temporaryFolder } from './key-files.ts';
import { run } from './run.ts';

const folder = temporaryFolder();
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
const WITHOUT_KID = { kid: undefined, use: undefined, alg: undefined };

interface Reported {
  readonly status: number;
  readonly report: { readonly ok: boolean; readonly keys: readonly KeyReport[] };
}

async function reportOf(value: unknown, ...options: string[]): Promise<Reported> {
  const file = folder.write('keys.json', typeof value === 'string' ? value : JSON.stringify(value));
  const { status, stdout, stderr } = await run(['keys', file, '--json', ...options]);
  expect(stderr).toBe('');
  return { status, report: JSON.parse(stdout) };
}

it('reports on each key, in order, usable or why not', async () => {
  const { status, report } = await reportOf({
    keys: [
      { ...publicJwk(weak), kid: 'weak' },
      publicJwk(),
      { ...publicJwk(ec), kid: 'e', alg: undefined, use: undefined },
      { kty: 'what' },
      { ...publicJwk(), kid: 'enc', use: 'enc' },
      { ...publicJwk(), kid: 'ops', use: undefined, key_ops: ['encrypt'] },
      { ...publicJwk(), kid: 'alg', alg: 'ES256' },
      { ...publicJwk(), kid: 'alg2', alg: 'RSA-OAEP' },
      { ...privateKey.export({ format: 'jwk' }), kid: 'private' },
      { ...publicJwk(), kid: 'twice' },
      { ...publicJwk(), kid: 'twice' },
    ],
  });
  const print = thumbprint(publicJwk());
  const rsa = { kty: 'RSA', bits: 2048, alg: 'RS256' };
  expect(status).toBe(0);
  expect(report.ok).toBe(true);
  expect(report.keys[1]).toStrictEqual({ usable: true, kid: KID, ...rsa, use: 'sig', thumbprint: print });
  expect(report.keys[2]).toStrictEqual({
    usable: true, kid: 'e', kty: 'EC', crv: 'P-256', bits: 256, thumbprint: thumbprint(publicJwk(ec)),
  });
  expect(report.keys[4]).toStrictEqual({
    usable: false, kid: 'enc', ...rsa, use: 'enc', thumbprint: print,
    code: 'key_unusable', rule: 'RFC 7517 §4.2', reason: 'the key is not for signatures',
  });
  expect(report.keys.map(({ usable, kid, rule }) => [usable, kid, rule])).toEqual([
    [false, 'weak', 'RFC 7518 §3.3'],
    [true, KID, undefined],
    [true, 'e', undefined],
    [false, undefined, 'RFC 7517 §4.1'],
    [false, 'enc', 'RFC 7517 §4.2'],
    [false, 'ops', 'RFC 7517 §4.3'],
    [false, 'alg', 'RFC 7517 §4.4'],
    [false, 'alg2', 'RFC 7517 §4.4'],
    [false, 'private', 'RFC 7517 §9.2'],
    [false, 'twice', 'RFC 7517 §4.5'],
    [false, 'twice', 'RFC 7517 §4.5'],
  ]);
});

it('says in words what it says in JSON', async () => {
  const file = folder.write('words.json', JSON.stringify([publicJwk(), { kty: 'what' }]));
  const { status, stdout } = await run(['keys', file]);
  expect(status).toBe(0);
  expect(stdout).toBe(`usable      RSA 2048
  kid          key-1
  alg          RS256
  use          sig
  thumbprint   ${thumbprint(publicJwk())}

not usable  unreadable
  why          missing or unknown key type (RFC 7517 §4.1)

2 keys, 1 usable
`);
});

it('says nothing of a secret that would help to guess it', async () => {
  const { status, report } = await reportOf({ kty: 'oct', k: SECRET });
  expect(status).toBe(0);
  expect(report).toStrictEqual({ ok: true, keys: [{ usable: true, kty: 'oct', bits: 512 }] });
});

it('reads a PEM and a map of them', async () => {
  expect((await reportOf(pem(publicKey))).report.keys).toMatchObject([{ usable: true, kty: 'RSA', bits: 2048 }]);
  expect((await reportOf({ a: pem(publicKey), b: 'x' })).report.keys).toMatchObject([
    { usable: true, kid: 'a' }, { usable: false, kid: 'b', rule: 'RFC 7468 §3' },
  ]);
});

it.each([
  ['an empty set', { keys: [] }, undefined],
  ['none usable', { keys: [{ ...publicJwk(weak), ...WITHOUT_KID }] }, undefined],
  ['no JSON', '{', 'invalid_json'],
  ['a secret beside a public key', [{ kty: 'oct', k: SECRET }, publicJwk()], 'key_unusable'],
  ['257 keys', { keys: Array(257).fill({}) }, 'key_unusable'],
  ['a private PEM', pem(privateKey), 'key_unusable'],
])('has exit status 1 for %s', async (_, value, code) => {
  const { status, report } = await reportOf(value);
  expect(status).toBe(1);
  expect(report).toMatchObject(code === undefined ? { ok: false } : { ok: false, code });
});

const REAL = new URL('../../../shared/data/google-signed-id-token.json', import.meta.url);
if (existsSync(REAL)) {
  const { x509, validAt } = JSON.parse(readFileSync(REAL, 'utf8'));
  it("judges Google's certificates as of a time", async () => {
    const then = await reportOf(x509, '--at', String(validAt));
    expect(then.status).toBe(0);
    for (const key of then.report.keys) {
      expect(Date.parse(String(key.notBefore))).toBeLessThan(validAt * 1000);
      expect(Date.parse(String(key.notAfter))).toBeGreaterThan(validAt * 1000);
    }
    const now = await reportOf(x509);
    expect(now.status).toBe(1);
    expect(now.report.keys[0]).toMatchObject({ usable: false, code: 'key_unusable', rule: 'RFC 5280 §4.1.2.5' });
  });
} else {
  console.info("not run: Google's certificates are not here (../shared/data)");
}

it.each([
  [[], 'needs URL or FILE'],
  [['none.json'], 'there is no such file'],
  [['a', 'b'], 'too many arguments'],
  [['a', '--at', 'x'], '--at expected'],
])('is called wrongly with %j', async (argv, message) => {
  const { status, stdout, stderr } = await run(['keys', ...argv]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});
