import { beforeAll, expect, it, vi } from 'vitest';
import * as tokens from '../../src/cli/demo-tokens.ts';
import { run, type Run } from './run.ts';

let plain: Run;
let coloured: Run;
beforeAll(async () => {
  plain = await run(['demo']);
  coloured = await run(['demo'], { tty: true });
});

it('accepts one token and refuses five, each with its rule', () => {
  expect(plain.status).toBe(0);
  expect(plain.stderr).toBe('');
  expect(plain.stdout.match(/^ +accepted$/gm)).toHaveLength(1);
  expect(plain.stdout.match(/^ +refused \w+, .+$/gm)?.map((line) => line.trim())).toEqual([
    'refused signature_invalid, RFC 7515 §5.2 step 8',
    'refused algorithm_not_allowed, RFC 8725 §3.1',
    'refused key_not_found, RFC 7515 §4.1.4',
    'refused audience_not_allowed, RFC 7519 §4.1.3',
    'refused token_expired, RFC 7519 §4.1.4',
  ]);
});

it('fits into 80 columns', () => {
  const lines = plain.stdout.split('\n');
  expect(lines.length).toBeGreaterThan(40);
  expect(lines.filter((line) => line.length > 80 || line !== line.trimEnd())).toEqual([]);
});

it('is coloured on a terminal, each part of the token in its own', () => {
  expect(plain.stdout).not.toContain('\u001b');
  for (const sgr of [31, 35, 36]) expect(coloured.stdout).toContain(`\u001b[${sgr}m`);
  expect(coloured.stdout.replace(/\u001b\[\d+m/g, '').split('\n').length).toBe(plain.stdout.split('\n').length);
});

it('says so when something does not go as it should', async () => {
  const real = tokens.mintDemoTokens(1_700_000_000);
  const [first, ...others] = real.twins;
  const wrong = [
    { ...real, twins: [{ title: '', token: real.genuine, code: 'signature_invalid' } as const, ...others] },
    { ...real, twins: [{ ...first, title: '', token: 'a.b', code: 'signature_invalid' } as const, ...others] },
    { ...real, genuine: `${real.genuine}AAAA` },
  ];
  for (const minted of wrong) {
    const spy = vi.spyOn(tokens, 'mintDemoTokens').mockReturnValue(minted);
    const { status, stdout } = await run(['demo']);
    spy.mockRestore();
    expect(status).toBe(1);
    expect(stdout).toContain('Something did not go as it should.');
  }
});
