import { expect, it } from 'vitest';
import { printable, printableJson } from '../../src/cli/printable.ts';
import { mint, temporaryFolder, publicJwk, ISSUER, AUDIENCE } from './key-files.ts';
import { run } from './run.ts';

/** Repaints, turns around, hides, or breaks the line. JSON.stringify escapes the first three only. */
const UNSAFE = [
  '\u0000', '\u001b', '\n', '\u007f', '\u0085', '\u009b', '\u00a0', '\u00ad', '\u061c', '\u200b', '\u200d', '\u200e', 
  '\u200f', '\u2028', '\u2029', '\u202a', '\u202e', '\u2060', '\u2066', '\u2069', '\u3000', '\u3164',
  '\ufe0f', '\ufeff', '\ue000', '\u{e0041}',
];

it.each(UNSAFE.map((text) => [JSON.stringify(text), text]))('%s is escaped', (_, text) => {
  const escaped = printable(`a${text}b`);
  expect(escaped).toMatch(/^a(?:\\u[0-9a-f]{4})+b$/);
  expect(JSON.parse(`"${escaped}"`)).toBe(`a${text}b`);
  expect(printableJson({ [text]: text })).toMatch(/^[!-~]+$/);
  expect(JSON.parse(printableJson({ [text]: [text] }))).toStrictEqual({ [text]: [text] });
});

it.each(['plain', 'Zoë', '日本語', '😀', 'a b', '"\\', 'e\u0301'])('%j is left', (text) => {
  expect(printable(text)).toBe(text);
});

it('claims and headers cannot reach the terminal', async () => {
  const folder = temporaryFolder();
  const jwks = folder.write('jwks.json', JSON.stringify({ keys: [publicJwk()] }));
  const nasty = UNSAFE.join('');
  const token = mint({ name: nasty, [nasty]: [nasty, { [nasty]: nasty }] });
  const policy = ['--issuer', ISSUER, '--audience', AUDIENCE, '--keys', jwks];
  const runs = [
    run(['verify', token, ...policy]),
    run(['verify', token, ...policy, '--json']),
    run(['decode', token]),
    run(['decode', token, '--json']),
    run(['verify', token, ...policy, '--required-claim', `x${nasty}`]),
    run(['verify', token, ...policy, `--${nasty}`]),
    run(['verify', token, ...policy.slice(0, 4), '--keys', `${folder.path}/${nasty.slice(1)}`]),
  ];
  for (const { stdout, stderr } of await Promise.all(runs)) {
    expect(stdout + stderr).toMatch(/^[\n -~§]+$/);
    expect(stdout + stderr).toContain('\\u202e');
  }
  // What stands where a command should is not repeated at all: it may be a token.
  const { stdout, stderr } = await run([nasty]);
  expect(stdout + stderr).toMatch(/^[\n -~§]+$/);
  expect(stdout + stderr).not.toContain('u202e');
});
