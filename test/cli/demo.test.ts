import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import * as tokens from '../../src/cli/demo-tokens.ts';
import { run, type Run } from './run.ts';

let plain: Run;
let coloured: Run;
beforeAll(async () => {
  plain = await run(['demo']);
  coloured = await run(['demo'], { tty: true });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** The trials of the page: a title, what was said of the keys, and the verdict. */
function trialsOf({ stdout }: Run): readonly string[] {
  return [...stdout.matchAll(/^ {2}(\S.*)\n((?: {5}\S.*\n)+)/gm)].map(([, title = '', lines = '']) =>
    [title, ...(lines.match(/(?<=^ {5})(?:keys fetched|keys not|accepted|refused).*/gm) ?? [])].join('; '));
}

it('goes the whole way', () => {
  expect(plain.stderr).toBe('');
  expect(trialsOf(plain)).toEqual([
    'The first token: the keys are fetched, once; keys fetched: 1, to be kept for 10 minutes; accepted',
    'Rotated: a token of the new key; keys fetched: 2, to be kept for 10 minutes; accepted',
    'A token of the old key, still published; accepted',
    'The old key retired, ten minutes later: a token of it; keys fetched: 1, to be kept for 10 minutes; ' +
      'keys fetched: 1, to be kept for 10 minutes; refused key_not_found, RFC 7515 §4.1.4',
    'The server down, ten minutes later: a token of the new key; keys not fetched: no connection; accepted',
    'Another account is written into it, the signature kept; refused signature_invalid, RFC 7515 §5.2 step 8',
    'Its header says "alg": "none", and the signature is gone; refused algorithm_not_allowed, RFC 8725 §3.1',
    'A stranger signed it, with a good key of his own; refused key_not_found, RFC 7515 §4.1.4',
    "Really the issuer's, but for another application; refused audience_not_allowed, RFC 7519 §4.1.3",
    "Really the issuer's and for us, but yesterday's; refused token_expired, RFC 7519 §4.1.4",
  ]);
  expect(plain.stdout).toMatch(/^A token like Google's, from a local issuer on http:\/\/127\.0\.0\.1:\d+\n/);
  expect(plain.stdout).toMatch(/\nFour accepted, six refused: nothing passed on its looks\.\n$/);
  expect(plain.status).toBe(0);
});

it('fits into 80 columns', () => {
  const lines = plain.stdout.split('\n');
  expect(lines.length).toBeGreaterThan(60);
  expect(lines.filter((line) => line.length > 80 || line !== line.trimEnd())).toEqual([]);
});

it('is coloured on a terminal, each part of the token in its own', () => {
  expect(plain.stdout).not.toContain('\u001b');
  for (const sgr of [31, 35, 36]) expect(coloured.stdout).toContain(`\u001b[${sgr}m`);
  expect(coloured.stdout.replace(/\u001b\[\d+m/g, '').split('\n').length).toBe(plain.stdout.split('\n').length);
});

it('leaves no server behind', async () => {
  const [, url = ''] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(plain.stdout) ?? [];
  await expect(fetch(url)).rejects.toThrow(TypeError);
});

const tamper = tokens.tamper;
const twinsAre = (change: (twins: readonly tokens.Twin[], genuine: string) => readonly tokens.Twin[]) => () => {
  vi.spyOn(tokens, 'tamper').mockImplementation((genuine, ...rest) => change(tamper(genuine, ...rest), genuine));
};
it.each([
  ['a twin that is accepted', twinsAre((twins, token) => twins.map((twin) => ({ ...twin, token })))],
  ['a twin that is refused for another reason', twinsAre((twins) => twins.map((twin) => ({ ...twin, token: 'a.b' })))],
  ['keys that cannot be had', () => vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')))],
])('says so when something does not go as it should: %s', async (_, arrange) => {
  arrange();
  const { status, stdout } = await run(['demo']);
  expect(status).toBe(1);
  expect(stdout).toMatch(/\nSomething did not go as it should\.\n$/);
});

it('says so when a fetch more is made than there should be', async () => {
  const { fetch } = globalThis;
  let calls = 0;
  // The second answer has the old keys only: it was written before the rotation.
  let first: string | undefined;
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const response = await fetch(url, init);
    const text = await response.text();
    first ??= text;
    return new Response(++calls === 2 ? first : text, { headers: response.headers });
  });
  const { status, stdout } = await run(['demo']);
  expect({ status, calls: calls > 3 }).toEqual({ status: 1, calls: true });
  expect(stdout).toMatch(/Rotated: a token of the new key\n(?: {5}.*\n)*? {5}refused key_not_found/);
});
