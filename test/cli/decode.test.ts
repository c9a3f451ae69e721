import { expect, it } from 'vitest';
import { CLAIMS, KID, mint } from './key-files.ts';
import { NOW, run } from './run.ts';

it('decodes, and says on the first line that it believed nothing', async () => {
  const { status, stdout, stderr } = await run(['decode', mint({ exp: NOW - 60 })]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [first, ...rest] = stdout.split('\n');
  expect(first).toBe('not verified: anyone can have written this');
  expect(rest).toContain('  exp  1699999940  2023-11-14T22:12:20Z, 1 minute ago');
});

it('decodes as JSON, without the word ok', async () => {
  const { status, stdout, stderr } = await run(['decode', '--json'], { stdin: `${mint()}\n` });
  expect({ status, stderr }).toEqual({
    status: 0, stderr: 'assay decode: not verified: anyone can have written this\n',
  });
  const expected = { verified: false, header: { alg: 'RS256', kid: KID, typ: 'JWT' }, claims: CLAIMS };
  expect(JSON.parse(stdout)).toStrictEqual(expected);
});

it.each([
  ['', 'malformed_compact'],
  ['a.b.c', 'invalid_base64url'],
  ['e30.e30', 'malformed_compact'],
  ['e30..', 'invalid_json'],
  [`e30.${Buffer.from('{"a":1,"a":2}').toString('base64url')}.`, 'duplicate_member'],
  ['A'.repeat(1_000_001), 'token_too_long'],
])('refuses what is no token (%#)', async (token, code) => {
  const { status, stdout } = await run(['decode', '--json', '-'], { stdin: token });
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, code });
});

it.each([[['--keys', 'x']], [['a', 'b']], [[]]])('is called wrongly with %j', async (argv) => {
  const { status, stdout, stderr } = await run(['decode', ...argv]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^assay decode: /);
});
