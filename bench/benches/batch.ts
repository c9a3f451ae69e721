/**
 * `assay verify --batch` on one core and on all, start-up excluded.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { figure, type Bench, type BenchContext, type Section, type Skipped } from '../section.ts';
import { summarize } from '../statistics.ts';
import { CLIENT_ID, GOOGLE_ISSUER, makeKey, mint } from '../tokens.ts';

const TITLE = 'Many tokens at once';
const DISTINCT = 500;

export const batch: Bench = {
  name: 'batch',
  run: async (context): Promise<Section | Skipped> => {
    const { quick, built } = context;
    if (!existsSync(join(built.folder, 'cli', 'assay.js')))
      return { name: 'batch', title: TITLE, skipped: 'the build has no command' };
    const key = makeKey('rsa-2048', 'RS256');
    const lines = mint(key.privateKey, 'RS256', DISTINCT).map(({ token }) => token);
    writeFileSync(join(built.folder, 'jwks.json'), JSON.stringify(key.jwks));
    if (time(context, lines.slice(0, 1), 'all') === undefined) {
      return { name: 'batch', title: TITLE, skipped: '`assay verify` has no --batch yet' };
    }
    if (time(context, lines.slice(0, 1), 'one') === undefined) {
      return { name: 'batch', title: TITLE, skipped: 'this system has no taskset to hold a process on one core' };
    }
    const many = Array.from({ length: quick ? 20 : 400 }, () => lines).flat();
    const rates = { one: [] as number[], all: [] as number[] };
    for (let round = 0; round < (quick ? 1 : 5); round++) {
      for (const cores of ['one', 'all'] as const) rates[cores].push(rate(context, many, cores));
    }
    const [one, all] = [summarize(rates.one).median, summarize(rates.all).median];
    return {
      name: 'batch',
      title: TITLE,
      prose: [
        `${many.length.toLocaleString('en-US')} tokens through \`assay verify --batch\`; ${availableParallelism()} `
          + `cores do ${figure(all / one)} times as much as one.`,
      ],
      tables: [
        {
          head: ['cores', 'tokens per second'],
          rows: [
            ['one', figure(one)],
            [`all ${availableParallelism()}`, figure(all)],
          ],
        },
      ],
      charts: {},
      numbers: { 'tokens per second': all, 'all to one': all / one },
    };
  },
};

/** Tokens per second, less what a batch of one takes. */
function rate(context: BenchContext, lines: readonly string[], cores: 'one' | 'all'): number {
  const whole = time(context, lines, cores) ?? NaN;
  return (lines.length - 1) / ((whole - (time(context, lines.slice(0, 1), cores) ?? NaN)) / 1000);
}

/** Milliseconds, or undefined where the command does not know --batch. @throws {Error} when a token is refused. */
function time({ built }: BenchContext, lines: readonly string[], cores: 'one' | 'all'): number | undefined {
  const command = [
    process.execPath,
    join(built.folder, 'cli', 'assay.js'),
    'verify',
    '--batch',
    '-',
    '--issuer',
    GOOGLE_ISSUER,
    '--audience',
    CLIENT_ID,
    '--keys',
    join(built.folder, 'jwks.json'),
  ];
  const [program = '', ...parameters] = cores === 'one' ? ['taskset', '-c', '0', ...command] : command;
  const start = performance.now();
  const { status, stdout } = spawnSync(program, parameters, {
    input: `${lines.join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const elapsed = performance.now() - start;
  if (status === 2 || status === null) return undefined;
  const verdicts = stdout.trimEnd().split('\n');
  if (verdicts.length !== lines.length || !verdicts.every((line) => line.includes('"ok":true')))
    throw new Error('a batch was not accepted');
  return elapsed;
}
