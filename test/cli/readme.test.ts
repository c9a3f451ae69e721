/** The lines of the README's section "The command", as printed. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { signJwt } from '../../src/jose/sign.ts';
import { createTestIssuer } from '../../src/testing/index.ts';
import { GOOGLE_CLAIMS, mint, pem, privateKey, publicJwk, temporaryFolder } from './key-files.ts';
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
