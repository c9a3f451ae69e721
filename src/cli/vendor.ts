/**
 * `assay vendor`: copies the library's source into a project, and tells later what has become of it.
 *
 * @module
 */

import type { Drift, VendorChoices, VendorManifest, VendorPart } from '../vendor/index.ts';
import { readArguments, type Arguments } from './arguments.ts';
import type { Command } from './command.ts';
import { EXIT, type ExitStatus } from './exit-status.ts';
import { printable, printableJson } from './printable.ts';
import type { Terminal } from './terminal.ts';
import { asUsage, UsageError } from './usage-error.ts';
import { readFolder, readPackage, writeFolder, type PackageSources } from './vendored-folder.ts';

const VENDOR_OPTIONS = { 'with': 'value', 'imports': 'value', 'one-file': 'switch', 'check': 'switch' } as const;

export const vendor: Command = {
  name: 'vendor',
  summary: 'copies the source into your project, and checks the copy',
  help: `\
assay vendor DIR [--with PARTS] [--imports js|ts] [--one-file]
assay vendor DIR --check

Copies src/jose, the verifier of signatures and claims, into DIR: TypeScript
that compiles under strict settings, with no package but @types/node. Beside it
a manifest, assay-vendor.json, with the version and the SHA-256 of every file.

  --with PARTS     more, separated by commas: keys (from the network), verifier
                   (createVerifier), google, sign. What they need comes along
  --imports js|ts  how files name each other: .js, for TypeScript that is
                   compiled (js); .ts, for Node.js, which strips types
  --one-file       each floor as one file
  --check          tells which files were edited, are missing or were added, or
                   are older than this version; the ends of lines do not count

A folder that has other files is left alone, and so are files that were edited.

Exit status: 0 copied, or nothing has changed; 1 something has; 2 called
wrongly.

Example
  assay vendor vendor/assay --with verifier
`,
  options: VENDOR_OPTIONS,
  async run(argv, terminal) {
    const args = readArguments(argv, VENDOR_OPTIONS, 1);
    const [folder] = args.positionals;
    if (folder === undefined) throw new UsageError('into which folder? Give DIR');
    // `vendor -- --help` would make a folder of that name, which few shells and nobody would find easy to remove.
    if (folder.startsWith('-')) throw new UsageError('DIR begins with "-": write ./ before it if it is meant');
    if (args.has('check')) return check(folder, args, terminal);
    return copy(folder, await readChoices(args), terminal);
  },
};

async function readChoices(args: Arguments<keyof typeof VENDOR_OPTIONS>): Promise<VendorChoices> {
  const { VENDOR_PARTS } = await import('../vendor/index.ts');
  const parts = (args.one('with') ?? '').split(',').filter(Boolean);
  const unknown = parts.find((part) => !VENDOR_PARTS.some((known) => known === part));
  if (unknown !== undefined) throw new UsageError(`--with expected some of ${VENDOR_PARTS.join(',')}, got ${printableJson(unknown)}`);
  const imports = args.one('imports') ?? 'js';
  if (imports !== 'js' && imports !== 'ts') throw new UsageError('--imports expected js or ts');
  const chosen: readonly VendorPart[] = VENDOR_PARTS.filter((part) => parts.includes(part));
  return { with: chosen, imports, oneFile: args.has('one-file') };
}

/** What this version writes for some choices. */
async function prepare({ version, commit, sources, license }: PackageSources, choices: VendorChoices) {
  const { copyFiles, describeCopies, selectFiles } = await import('../vendor/index.ts');
  const { imports, oneFile } = choices;
  const files = copyFiles(selectFiles(sources, choices.with), { imports, oneFile, origin: `jwt-assay ${version}` });
  const copies = [{ path: 'LICENSE', text: license, sources: [] }, ...files];
  return { copies, manifest: describeCopies(copies, sources, choices, { version, commit }) };
}

async function copy(folder: string, choices: VendorChoices, { stdout }: Terminal): Promise<ExitStatus> {
  const { findDrift, MANIFEST_NAME, readManifest, writeManifest } = await import('../vendor/index.ts');
  const { copies, manifest } = await prepare(await readPackage(), choices);
  const found = await readFolder(folder, MANIFEST_NAME);
  const before = found.manifest === undefined ? undefined : asUsage(() => readManifest(found.manifest ?? ''));
  if (before === undefined && found.files.size > 0) {
    throw new UsageError(`${printableJson(folder)} has files that were not vendored: give a folder of its own`);
  }
  const drift = before === undefined ? [] : findDrift(found.files, before, before);
  const edited = drift.find(({ path, what }) =>
    what === 'edited' || (what === 'not vendored' && copies.some((one) => one.path === path)));
  if (edited !== undefined) throw new UsageError(`${printableJson(edited.path)} was edited, which would be lost: take it elsewhere`);
  const gone = (before?.files ?? []).map(({ path }) => path).filter((path) => !copies.some((one) => one.path === path));
  await writeFolder(folder, [...copies, { path: MANIFEST_NAME, text: writeManifest(manifest) }], gone);
  const { version, commit, files } = manifest;
  const of = commit === null ? '' : ` (${commit})`;
  stdout.write(`${files.length} files of jwt-assay ${version}${of} in ${printable(folder)}\n`);
  return EXIT.accepted;
}

async function check(
  folder: string,
  args: Arguments<keyof typeof VENDOR_OPTIONS>,
  { stdout }: Terminal,
): Promise<ExitStatus> {
  const other = (['with', 'imports', 'one-file'] as const).find((name) => args.has(name));
  if (other !== undefined) throw new UsageError(`--${other} cannot be used with --check, which goes by the manifest`);
  const { findDrift, MANIFEST_NAME, readManifest } = await import('../vendor/index.ts');
  const found = await readFolder(folder, MANIFEST_NAME);
  const text = found.manifest;
  if (text === undefined) throw new UsageError(`${printableJson(folder)} has no ${MANIFEST_NAME}: nothing was vendored into it`);
  const before = asUsage(() => readManifest(text));
  const { manifest } = await prepare(await readPackage(), before);
  const drift = findDrift(found.files, before, manifest);
  stdout.write(drift.length === 0 ? `${before.files.length} files, as they were vendored\n` : reportOf(drift, before, manifest));
  return drift.length === 0 ? EXIT.accepted : EXIT.refused;
}

function reportOf(drift: readonly Drift[], before: VendorManifest, now: VendorManifest): string {
  const lines = drift.map(({ path, what }) => `${what.padEnd(21)}  ${printable(path)}\n`);
  const versions = before.version === now.version ? '' : `vendored from ${printable(before.version)}; this is ${now.version}\n`;
  return `${lines.join('')}${versions}`;
}
