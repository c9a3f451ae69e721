/** The lines of the README's section "The command", and of the command's own page, as printed. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { COMMANDS } from '../../src/cli/cli.ts';
import { signJwt } from '../../src/jose/sign.ts';
import { createTestIssuer } from '../../src/testing/index.ts';
import { GOOGLE_CLAIMS, mint, pem, privateKey, publicJwk, temporaryFolder } from './key-files.ts';
import { writeShim } from './processes.ts';
import { NOW, run } from './run.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const [, section = ''] = /^## The command\n([^]*?)^## /m.exec(readme) ?? [];
const lines = [...section.matchAll(/^ {4}assay (.*?)(?: +#.*)?$/gm)].map(([, line = '']) => line)
  // Threads and the page need the built command: batch.test.ts and package.test.ts run those.
  .filter((line) => !line.includes('--batch') && !line.startsWith('playground'));

const folder = temporaryFolder();
folder.write('keys.json', JSON.stringify({ keys: [publicJwk()] }));
folder.write('private.pem', pem(privateKey));
const google = createTestIssuer({ clock: () => NOW, keys: [privateKey] });
const issuer = createTestIssuer({
  issuer: 'https://issuer.example', audience: 'my-api', clock: () => NOW, keys: [privateKey],
});

/** As a POSIX shell would take the line apart, apart from all that these lines do not use. */
function wordsOf(line: string): readonly string[] {
  const words = line.replace(/ < \S+$/, '').match(/'[^']*'|\S+/g) ?? [];
  return words
    .map((word) => word.replace(/^'(.*)'$/, '$1'))
    .map((word) => (/^(?:keys\.json|private\.pem)$/.test(word) ? `${folder.path}/${word}` : word))
    // Some other program may have that port here.
    .map((word) => (word === '8080' ? '0' : word));
}

afterEach(() => vi.unstubAllGlobals());

it('are there', () => expect(lines.length).toBeGreaterThanOrEqual(6));

it.each(lines)('assay %s', async (line) => {
  const discovers = line.includes('--issuer') && !line.includes('--keys');
  vi.stubGlobal('fetch', discovers ? issuer.fetch : google.fetch);
  const known = discovers ? issuer.mint() : mint();
  const token = line.includes('--google') ? signJwt(GOOGLE_CLAIMS, privateKey, { kid: google.kid }) : known;
  const { status, stdout, stderr } = await run(wordsOf(line), { stdin: `${token}\n`, stopped: Promise.resolve() });
  expect({ status, stderr: line.startsWith('dev-issuer') ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).not.toBe('');
});

it('the page of the command has a row for every command, in its order', () => {
  const page = readFileSync(new URL('../../src/cli/README.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, names = '']) => names.split(', '));
  expect(rows).toEqual(COMMANDS.map(({ name }) => `\`${name}\``));
});

/** What src/cli/README.md would have a reader type, with a key of their own. */
function linesToTry(): readonly string[] {
  const page = readFileSync(new URL('../../src/cli/README.md', import.meta.url), 'utf8');
  return /^To try it.*\n\n((?: {4}.+\n)+)/m.exec(page)?.[1]?.trimEnd().split('\n').map((line) => line.trim()) ?? [];
}

it('the lines to try, of the page of the command', () => {
  const typed = linesToTry();
  expect(typed).toHaveLength(5);
  if (process.platform === 'win32' || spawnSync('openssl', ['version']).status !== 0) {
    return console.info('not run: the lines to try need a POSIX shell and openssl');
  }
  const shell = temporaryFolder();
  const script = [`assay() { sh '${writeShim(shell)}' "$@"; }`, ...typed.map((line) => `${line}\necho "status $?"`)].join('\n');
  const { stdout } = spawnSync('sh', ['-c', script], { cwd: shell.path, encoding: 'utf8' });
  expect(stdout.match(/^status .*|^accepted.*|^refused.*/gm)).toEqual([
    'status 0', 'status 0', 'status 0', expect.stringMatching(/^accepted/), 'status 0', 'refused audience_not_allowed', 'status 1',
  ]);
});
