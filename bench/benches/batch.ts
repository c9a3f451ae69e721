/**
 * `assay verify --batch` on one core, with one thread, and on all cores, start-up excluded.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { inTurn } from '../harness.ts';
import { spread, type Bench, type BenchContext, type Section } from '../section.ts';
import { pairedRatios, summarize, type Summary } from '../statistics.ts';
import { CLIENT_ID, GOOGLE_ISSUER, makeKey, mint } from '../tokens.ts';

const DISTINCT = 500;
const CORES = availableParallelism();

const ONE_CORE = 'one core';
const ONE_THREAD = 'one thread (--jobs 1)';
const ALL = `all ${CORES} cores`;

/** How the command is held to less than the machine has. */
interface Setting {
  readonly name: string;
  readonly prefix: readonly string[];
  readonly options: readonly string[];
}

export const batch: Bench = {
  name: 'batch',
  run: async (context): Promise<Section> => {
    const { quick, built } = context;
    const key = makeKey('rsa-2048', 'RS256');
    const lines = mint(key.privateKey, 'RS256', DISTINCT).map(({ token }) => `${token}\n`).join('');
    writeFileSync(join(built.folder, 'jwks.json'), JSON.stringify(key.jwks));
    // So few that they are start-up all but, and so many that every thread has started and the code is warm.
    const [few, many] = quick ? [2, 24] : [8, 120];
    for (const times of [few, many]) writeFileSync(inputOf(context, times), lines.repeat(times));

    const settings = settingsHere();
    const rates = new Map(settings.map(({ name }) => [name, [] as number[]]));
    for (let round = 0; round < (quick ? 3 : 5); round++) {
      for (const setting of inTurn(settings, round)) {
        const [short, long] = [few, many].map((times) => time(context, times, setting));
        rates.get(setting.name)?.push(((many - few) * DISTINCT) / (((long ?? NaN) - (short ?? NaN)) / 1000));
      }
    }
    return section(rates, (many - few) * DISTINCT);
  },
};

/** One core can be had where there is taskset; one thread can be asked for anywhere. */
function settingsHere(): Setting[] {
  const hasTaskset = spawnSync('taskset', ['-c', '0', process.execPath, '--version']).status === 0;
  return [
    ...(hasTaskset ? [{ name: ONE_CORE, prefix: ['taskset', '-c', '0'], options: [] }] : []),
    { name: ONE_THREAD, prefix: [], options: ['--jobs', '1'] },
    { name: ALL, prefix: [], options: [] },
  ];
}

function section(rates: ReadonlyMap<string, readonly number[]>, tokens: number): Section {
  const all = rates.get(ALL) ?? [];
  const times = (name: string): Summary | undefined => {
    const one = rates.get(name);
    return one === undefined ? undefined : pairedRatios(all, one);
  };
  const [ofCore, ofThread] = [times(ONE_CORE), times(ONE_THREAD)];
  return {
    name: 'batch',
    title: 'Many tokens at once',
    prose: [
      `\`assay verify --batch\`, from one file into another: ${tokens.toLocaleString('en-US')} tokens after start-up, which is `
        + `excluded; the median of ${all.length}. `
        + (ofCore === undefined ? 'There is no taskset here to hold a process on one core. '
          : `${CORES} cores do ${spread(ofCore)} times as much as one. `)
        + (ofThread === undefined ? '' : `They do ${spread(ofThread)} times as much as with \`--jobs 1\`, where another core may `
          + 'read and write meanwhile.'),
    ],
    tables: [{
      head: ['', 'tokens per second'],
      rows: [...rates].map(([name, values]) => [name, spread(summarize(values))]),
    }],
    charts: {
      batch: {
        kind: 'bars',
        title: 'assay verify --batch, start-up excluded',
        unit: 'tokens/s',
        bars: [...rates].map(([label, values]) => {
          const { median, p10, p90 } = summarize(values);
          return { label, value: median, low: p10, high: p90, ours: true };
        }),
      },
    },
    numbers: {
      'tokens per second': summarize(all).median,
      ...(ofCore === undefined ? {} : { 'all to one core': ofCore.median }),
      ...(ofThread === undefined ? {} : { 'all to one thread': ofThread.median }),
    },
  };
}

function inputOf({ built }: BenchContext, times: number): string {
  return join(built.folder, `tokens-${times}.txt`);
}

/** Milliseconds. @throws {Error} unless every token was accepted. */
function time(context: BenchContext, times: number, { prefix, options }: Setting): number {
  const folder = context.built.folder;
  const [program = '', ...parameters] = [
    ...prefix, process.execPath, join(folder, 'cli', 'assay.js'), 'verify', '--batch', inputOf(context, times),
    '--issuer', GOOGLE_ISSUER, '--audience', CLIENT_ID, '--keys', join(folder, 'jwks.json'), ...options,
  ];
  const output = join(folder, 'verdicts.txt');
  const file = openSync(output, 'w');
  const start = performance.now();
  const { status, stderr } = spawnSync(program, parameters, { stdio: ['ignore', file, 'pipe'], encoding: 'utf8' });
  const elapsed = performance.now() - start;
  closeSync(file);
  if (status !== 0) throw new Error(`a batch was not accepted: ${stderr}`);
  const verdicts = readFileSync(output, 'latin1').trimEnd().split('\n');
  if (verdicts.length !== times * DISTINCT || !verdicts.every((line) => line.startsWith('{"ok":true,'))) {
    throw new Error('a batch has other verdicts than expected');
  }
  return elapsed;
}
