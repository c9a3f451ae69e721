import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS, runCli } from '../../src/cli/cli.ts';
import { AUDIENCE, ISSUER, mint, publicJwk, temporaryFolder } from './key-files.ts';
import { NOW, noThreads, run } from './run.ts';

const folder = temporaryFolder();
const jwks = folder.write('jwks.json', JSON.stringify(publicJwk()));
const POLICY = ['--issuer', ISSUER, '--audience', AUDIENCE, '--keys', jwks];

describe('--help', () => {
  it.each([['--help'], ['-h']])('lists the commands (%s)', async (flag) => {
    const { status, stdout, stderr } = await run([flag]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const { name, summary } of COMMANDS) expect(stdout).toContain(`  ${name.padEnd(12)}  ${summary}\n`);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each(COMMANDS.map(({ name }) => [name]))('of %s fits into 80 columns and has an example', async (name) => {
    for (const argv of [['--help'], ['-h'], ['--no-such-option', '--help']]) {
      const { status, stdout, stderr } = await run([name, ...argv]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/\nExamples?\n {2}assay /);
      // The example of `sign` is one line because it is run as printed.
      const lines = stdout.split('\n').filter((line) => !line.startsWith('  assay sign --key'));
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    }
    expect((await run([name, '--', '--help'])).stdout).not.toContain('Example');
  });

  it.each(COMMANDS)('of $name explains every option on a line of its own, and no other', ({ help, options }) => {
    const explained = [...help.matchAll(/^ {2}--([a-z-]+)[ \n]/gm)].map(([, name]) => name);
    expect([...new Set(explained)].sort()).toEqual(Object.keys(options).sort());
  });

  it.each(COMMANDS)('of $name explains options that it reads', async ({ name, options }) => {
    for (const [option, kind] of Object.entries(options)) {
      const { status, stderr } = await run([name, ...(kind === 'switch' ? [`--${option}=x`] : [`--${option}=`])]);
      expect({ option, status, stderr }).toMatchObject({ status: 2, stderr: expect.not.stringContaining('nknown option') });
      expect(stderr).toContain(`--${option}`);
    }
  });
});

it('--version is the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await run(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

const NO_COMMANDS = [[], [''], ['verfiy'], ['--verify'], ['constructor'], ['__proto__']].map((argv) => [argv]);
it.each(NO_COMMANDS)('%j is no command', async (argv) => {
  const { status, stdout, stderr } = await run(argv);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('there are verify, explain, decode, keys, sign, dev-issuer, demo');
});

it('a token whose command was forgotten is not repeated; a slip of the finger is', async () => {
  const token = mint();
  expect((await run([token, ...POLICY])).stderr).toMatch(/^assay: what comes first is no command; there are verify/);
  expect((await run(['verfiy', token])).stderr).toMatch(/^assay: unknown command "verfiy"; there are verify/);
  for (const argv of [[token], [token.slice(0, 30)], ['verfiy', token]]) {
    expect((await run(argv)).stderr).not.toContain(token.slice(0, 10));
  }
});

describe('colour', () => {
  const cases: readonly (readonly [coloured: boolean, tty: boolean, env: Record<string, string>])[] = [
    [true, true, {}],
    [true, true, { NO_COLOR: '' }],
    [false, true, { NO_COLOR: '1' }],
    [false, true, { NO_COLOR: '0' }],
    [false, true, { TERM: 'dumb' }],
    [false, false, {}],
    [false, false, { FORCE_COLOR: '1' }],
  ];
  it.each(cases)('%s: TTY %s, %j', async (coloured, tty, env) => {
    for (const token of [mint(), 'a.b']) {
      const { stdout } = await run(['verify', token, ...POLICY], { tty, env });
      expect(stdout.includes('\u001b')).toBe(coloured);
    }
    expect((await run(['verify', mint(), ...POLICY, '--json'], { tty, env })).stdout).not.toContain('\u001b');
  });
});

it('a fault of its own is no verdict', async () => {
  const { stdin, ...rest } = {
    stdin: (async function* () {})(),
    stdout: { write: () => { throw new RangeError('boom\u009b'); } },
    env: {},
    now: () => NOW,
    whenStopped: async () => {},
    startThread: noThreads,
  };
  let stderr = '';
  const terminal = { ...rest, stdin, stderr: { write: (text: unknown) => (stderr += text) } };
  expect(await runCli(['verify', mint(), ...POLICY], terminal)).toBe(3);
  expect(stderr).toBe('assay verify: a fault of its own, no verdict: RangeError: boom\\u009b\n');
});

it('keys that could not be had are no verdict', async () => {
  const { tellRefusal } = await import('../../src/cli/verdict.ts');
  const { JwtError } = await import('../../src/jose/errors.ts');
  let stdout = '';
  const output = { write: (text: unknown) => (stdout += text) };
  const stdin = (async function* () {})();
  const terminal = { stdin, stdout: output, stderr: output, env: {}, now: () => NOW, whenStopped: async () => {}, startThread: noThreads };
  expect(tellRefusal(new JwtError('keys_unavailable'), true, terminal)).toBe(3);
  expect(tellRefusal(new JwtError('keys_unavailable'), false, terminal)).toBe(3);
  expect(tellRefusal(new JwtError('check_failed', { check: 'mine' }), true, terminal)).toBe(1);
  expect(stdout.split('\n')).toEqual([
    '{"ok":false,"code":"keys_unavailable","rule":"OIDC Core §10.1.1"}',
    "undecided keys_unavailable (OIDC Core §10.1.1): the issuer's keys could not be had",
    '{"ok":false,"code":"check_failed","rule":"RFC 7519 §4.3","check":"mine"}',
    '',
  ]);
});
