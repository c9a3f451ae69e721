import { describe, expect, it } from 'vitest';
import { AUDIENCE, ISSUER, mint, publicJwk, temporaryFolder } from './key-files.ts';
import { NOW, run } from './run.ts';

const folder = temporaryFolder();
const jwks = folder.write('jwks.json', JSON.stringify({ keys: [publicJwk()] }));
const POLICY = ['--issuer', ISSUER, '--audience', AUDIENCE, '--keys', jwks];

describe('assay explain', () => {
  it.each<[string, string, number]>([
    ['accepted', mint(), 0], ['refused token_expired', mint({ exp: NOW - 90 }), 1],
    ['refused audience_not_allowed', mint({ aud: 'else' }), 1], ['refused malformed_compact', 'undefined', 1],
  ])('%s', async (verdict, token, status) => {
    const told = await run(['explain', token, ...POLICY]);
    expect({ status: told.status, stderr: told.stderr }).toEqual({ status, stderr: '' });
    expect(told.stdout.startsWith(`${verdict}\n`)).toBe(true);
    expect((await run(['verify', token, ...POLICY])).status).toBe(status);
    expect((await run(['explain', '-', ...POLICY], { stdin: `${token}\n` })).stdout).toBe(told.stdout);
  });

  it('as JSON, with what verify --json says', async () => {
    const token = mint({ exp: NOW - 90 });
    const told = await run(['explain', token, ...POLICY, '--json']);
    const verdict = JSON.parse((await run(['verify', token, ...POLICY, '--json'])).stdout);
    expect(told.stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(told.stdout)).toMatchObject(verdict);
    expect(await run(['explain', token, ...POLICY, '--format', 'json'])).toEqual(told);
  });

  it('as HTML', async () => {
    const { status, stdout } = await run(['explain', mint(), ...POLICY, '--format', 'html']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^<section[^]*<\/section>\n$/);
  });

  it('with colours on a terminal, and nowhere else', async () => {
    expect((await run(['explain', mint(), ...POLICY], { tty: true })).stdout).toContain('\u001b[32mpass\u001b[0m');
    expect((await run(['explain', mint(), ...POLICY])).stdout).not.toContain('\u001b');
  });

  it('of far too much is a refusal like any other', async () => {
    const { status, stdout } = await run(['explain', '-', ...POLICY], { stdin: 'x'.repeat(1_100_000) });
    expect(status).toBe(1);
    expect(stdout).toContain('refused token_too_long\n');
  });

  it('is undecided without keys', async () => {
    const keys = ['--keys', 'http://127.0.0.1:9/', '--allow-loopback-http', '--timeout', '1'];
    const { status, stdout } = await run(['explain', mint(), '--issuer', ISSUER, '--audience', AUDIENCE, ...keys]);
    expect(status).toBe(3);
    expect(stdout).toContain('undecided keys_unavailable\n');
  });

  it.each([[['--format', 'xml']], [['--json', '--format', 'text']], [['--html']]])('%j is wrong', async (options) => {
    expect(await run(['explain', mint(), ...POLICY, ...options])).toMatchObject({ status: 2, stdout: '' });
  });
});
