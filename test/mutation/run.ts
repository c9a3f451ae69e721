/**
 * Mutation testing: changes src in every small way, and asks whether the tests notice.
 *
 *   npm run mutation [-- src/jose src/keys/held-keys.ts]    all folders below, or some of them, or some of their files
 *   npm run mutation -- --again [NAME ...]                  quick, after a test was added: see below
 *   npm run mutation -- --concurrency 2 [NAME ...]
 *
 * Prints the score of each file as soon as it is known, and every mutant that lived and is not in equivalent.json. Exits
 * 1 for one such, for one that is listed and did not live, and when too few of a whole folder were killed; 2 for wrong
 * arguments; 130 when interrupted.
 *
 * `--again` takes the word of the last run for a mutant whose killing test is still there, and asks anew about those that
 * lived. It cannot see that a test of an old name asks less than it did, so that a score to be published comes from a run
 * without it.
 *
 * @module
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../planted/tree.ts';
import { percentOf, type FileReport, type Mutant } from './report.ts';
import { HERE, installStryker, openStryker, type Asking } from './stryker.ts';

/** The folders of src, and how many per cent of their mutants must be killed. What runs in a browser is not among them. */
const FOLDERS: ReadonlyMap<string, number> = new Map([
  ['jose', 95], ['verifier', 95], ['keys', 95], ['google', 95], ['http', 90], ['esp', 90], ['server', 90],
]);
const NOT_MUTATED = 'playground/page/';

/** A mutant that no test can tell from the original, and why. */
interface Equivalent extends Mutant {
  readonly file: string;
  readonly reason: string;
}

interface Arguments extends Asking {
  /** By folder; `whole` where all of its files are among them. */
  readonly folders: readonly {
    readonly folder: string;
    readonly least: number;
    readonly files: readonly string[];
    readonly whole: boolean;
  }[];
}

const say = (text: string): void => void process.stdout.write(text);

function filesOf(folder: string): readonly string[] {
  const names = readdirSync(join(ROOT, 'src', folder), { recursive: true, encoding: 'utf8' });
  return names.map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.startsWith(NOT_MUTATED)).sort()
    .map((name) => `src/${folder}/${name}`);
}

/** @throws {TypeError} for an argument that is unknown. */
function readArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { again: { type: 'boolean', default: false }, concurrency: { type: 'string', default: '1' } },
  });
  const concurrency = Number(values.concurrency);
  if (!(concurrency >= 1) || !Number.isInteger(concurrency)) throw new TypeError('--concurrency expected 1 or more');
  const names = positionals.map((name) => name.replaceAll('\\', '/').replace(/\/$/, ''));
  const known = [...FOLDERS.keys()].flatMap((folder) => [`src/${folder}`, ...filesOf(folder)]);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new TypeError(`not a folder or file that is mutated: ${unknown.join(' ')}`);
  const folders = [...FOLDERS].map(([folder, least]) => {
    const all = filesOf(folder);
    const whole = names.length === 0 || names.includes(`src/${folder}`);
    return { folder, least, whole, files: whole ? all : all.filter((file) => names.includes(file)) };
  });
  return { again: values.again, concurrency, folders: folders.filter(({ files }) => files.length > 0) };
}

const nameOf = (file: string, { line, from, to }: Mutant): string => [file, line, from, to].join('\n');

/** The mutants that lived and are not listed, and those that are listed and did not live. */
function unexplained({ file, survivors }: FileReport, equivalents: readonly Equivalent[]): {
  readonly unlisted: FileReport['survivors'];
  readonly absent: readonly Equivalent[];
} {
  const listed = equivalents.filter((equivalent) => equivalent.file === file);
  const names = new Set(listed.map((equivalent) => nameOf(file, equivalent)));
  const lived = new Set(survivors.map((mutant) => nameOf(file, mutant)));
  return {
    unlisted: survivors.filter((mutant) => !names.has(nameOf(file, mutant))),
    absent: listed.filter((equivalent) => !lived.has(nameOf(file, equivalent))),
  };
}

/** Prints what came of a file, and counts what is not explained. */
function judge(report: FileReport, equivalents: readonly Equivalent[]): number {
  const { file, killed, endless, ignored, survivors } = report;
  const { unlisted, absent } = unexplained(report, equivalents);
  const total = killed + survivors.length;
  const share = `${String(killed).padStart(4)} of ${String(total).padEnd(4)}`;
  const listed = survivors.length - unlisted.length;
  const equal = listed === 0 ? '' : `, ${listed} equivalent`;
  say(`${percentOf(killed, total).padStart(6)} %  ${share} ${file}${equal}, ${ignored} left alone\n`);
  if (endless.length > 0) say(`          killed by running without end: ${endless.join(' ')}\n`);
  for (const mutant of unlisted) {
    say(`          ${mutant.at}: ${mutant.from}  ->  ${mutant.to}\n${' '.repeat(14)}${mutant.line}\n`);
  }
  for (const { from, to } of absent) say(`          listed as equivalent, and did not live: ${from}  ->  ${to}\n`);
  return unlisted.length + absent.length;
}

async function run({ folders, ...asking }: Arguments): Promise<number> {
  installStryker((text) => process.stderr.write(text));
  const equivalents: readonly Equivalent[] = JSON.parse(readFileSync(join(HERE, 'equivalent.json'), 'utf8'));
  const gone = equivalents.filter(({ file }) => !existsSync(join(ROOT, file)));
  for (const { file } of gone) say(`listed as equivalent, and not there: ${file}\n`);
  let bad = gone.length > 0;
  let interrupted = false;
  const stryker = openStryker();
  process.once('SIGINT', () => {
    interrupted = true;
    stryker.interrupt();
  });
  try {
    for (const { folder, least, files, whole } of folders) {
      let [killed, total] = [0, 0];
      for (const file of files) {
        const report = await stryker.mutate(file, asking, (found) => unexplained(found, equivalents).unlisted.length === 0);
        if (judge(report, equivalents) > 0) bad = true;
        killed += report.killed;
        total += report.killed + report.survivors.length;
      }
      say(`${percentOf(killed, total).padStart(6)} %  ${killed} of ${total} in src/${folder}\n\n`);
      if (whole && killed * 100 < total * least) bad = true;
    }
  } catch (error) {
    if (!interrupted) throw error;
    say('interrupted\n');
    return 130;
  } finally {
    stryker.remove();
  }
  return Number(bad);
}

let given: Arguments | undefined;
try {
  given = readArguments();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
process.exitCode = given === undefined ? 2 : await run(given);
