/** The executable itself, in a process of its own. */
import { openSync, closeSync, existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/cli.ts';
import { signJwt } from '../../src/jose/sign.ts';
import {
  AUDIENCE, GOOGLE_CLAIMS, ISSUER, KID, pem, privateKey, publicJwk, publicKey, temporaryFolder,
} from './key-files.ts';
import { NODE, start, writeShim, type Start } from './processes.ts';
import type { Run } from './run.ts';

const folder = temporaryFolder();
const now = Math.floor(Date.now() / 1000);
const times = { iat: now, exp: now + 3600 };
const token = signJwt({ iss: ISSUER, aud: AUDIENCE, ...times }, privateKey, { kid: KID });
const jwks = folder.write('google.json', JSON.stringify({ keys: [publicJwk()] }));
folder.write('private.pem', pem(privateKey));
folder.write('a.pem', pem(publicKey));
const POLICY = ['--issuer', ISSUER, '--audience', AUDIENCE, '--keys', jwks];

const assay = (argv: readonly string[], options?: Start): Promise<Run> =>
  start([...NODE, ...argv], { cwd: folder.path, ...options }).ended;

describe('the executable', () => {
  it.concurrent('accepts from a pipe', async () => {
    const { status, stdout, stderr } = await assay(['verify', ...POLICY, '--json'], { stdin: `${token}\n` });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout).ok).toBe(true);
  });

  it.concurrent('refuses with exit status 1, without colour in a pipe', async () => {
    const { status, stdout, stderr } = await assay(['verify', `${token}=`, ...POLICY], { env: { FORCE_COLOR: '1' } });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toMatch(/^refused invalid_base64url \(RFC 7515 §2\): .*\n$/);
  });

  it.concurrent('is called wrongly with exit status 2, and shows no stack', async () => {
    const { status, stdout, stderr } = await assay(['verify', token, '--keys', jwks]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  it.concurrent('leaves what is too long unread, and ends', async () => {
    const stdin = 'A'.repeat(8_000_000);
    const { status, stdout } = await assay(['verify', ...POLICY, '--json', '-'], { stdin });
    expect({ status, code: JSON.parse(stdout).code }).toEqual({ status: 1, code: 'token_too_long' });
  });

  it.concurrent('ends quietly when no one listens, with its verdict', async () => {
    const large = signJwt({ iss: ISSUER, aud: AUDIENCE, ...times, pad: 'x'.repeat(400_000) }, privateKey);
    const argv = ['verify', ...POLICY, '--max-token-length', '1000000', '-'];
    const { status, stderr } = await assay(argv, { stdin: large, deaf: true });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it.concurrent('does not report success when its verdict could not be written', async () => {
    if (!existsSync('/dev/full')) return console.info('not run: there is no /dev/full here');
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = await assay(['verify', token, ...POLICY], { stdout: full });
    closeSync(full);
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
  });
});

describe('the examples of --help, as printed', () => {
  // Reached through a preload in place of the network.
  const pages = folder.write('pages.json', JSON.stringify({
    'https://www.googleapis.com/oauth2/v3/certs': { keys: [publicJwk()] },
    'https://a.example/.well-known/openid-configuration': {
      issuer: 'https://a.example',
      jwks_uri: 'https://a.example/keys',
    },
    'https://a.example/keys': { keys: [publicJwk()] },
  }));
  const offline = ['--import', new URL('child/offline.ts', import.meta.url).href];
  const shim = writeShim(folder, offline);
  const google = signJwt({ ...GOOGLE_CLAIMS, ...times }, privateKey, { kid: KID });
  const other = signJwt({ iss: 'https://a.example', aud: 'b', ...times }, privateKey);
  const tokenFor = (example: string): string => (example.includes('--google') ? google : other);
  const examplesOf = (help: string) => help.slice(help.indexOf('\nExample')).match(/^ {2}assay .*$/gm) ?? [];
  const examples = COMMANDS.flatMap(({ help }) => examplesOf(help)).map((example) => example.trim());
  // A server does not end by itself: dev-issuer.test.ts, gateway.test.ts, package.test.ts and the tests of test/server run those.
  const serves = /^assay (?:dev-issuer|playground|gateway|forward-auth(?!.*--print-config))/;
  // A batch starts threads, and those from files that Node can read: batch.test.ts runs them as they are built.
  const ending = examples.filter((example) => !serves.test(example) && !example.includes('--batch'));

  it('are there for every command', () => {
    for (const { name } of COMMANDS) expect(examples.some((example) => example.startsWith(`assay ${name}`))).toBe(true);
  });

  if (process.platform === 'win32') {
    console.info('not run: the examples need a POSIX shell');
  } else {
    it.concurrent.each(ending.map((example) => [example]))('%s', async (example) => {
      const name = `token-${ending.indexOf(example)}.txt`;
      folder.write(name, `${tokenFor(example)}\n`);
      const script = `assay() { sh '${shim}' "$@"; }\n${example.replace('token.txt', name)}\n`;
      const child = start(['sh', '-c', script], { cwd: folder.path, env: { ASSAY_TEST_PAGES: pages } });
      const { status, stdout, stderr } = await child.ended;
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).not.toBe('');
    });
  }
});
