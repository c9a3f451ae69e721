/**
 * What has become of vendored files: edited, missing, added, or older than the package that is asked.
 *
 * @module
 */

import { digest, type ManifestEntry, type VendorManifest } from './manifest.ts';

/** How a file differs from what would be written now. */
export interface Drift {
  readonly path: string;
  readonly what: 'edited' | 'missing' | 'not vendored' | 'outdated' | 'not vendored any more';
}

/**
 * Compares a folder with its manifest, and the manifest with what this version would write.
 *
 * @param found the texts in the folder, by path: every file there but the manifest
 * @param now what this version writes for the same choices
 * @returns nothing, if the folder is as it should be.
 */
export function findDrift(
  found: ReadonlyMap<string, string>,
  manifest: VendorManifest,
  now: VendorManifest,
): Drift[] {
  const then = new Map(manifest.files.map((entry) => [entry.path, entry]));
  const expected = new Map(now.files.map((entry) => [entry.path, entry]));
  const judge = (path: string): Drift['what'] | undefined => {
    const [text, before, after] = [found.get(path), then.get(path), expected.get(path)];
    if (before === undefined) return text === undefined ? 'outdated' : 'not vendored';
    if (text === undefined) return 'missing';
    if (digest(text) !== before.sha256) return 'edited';
    if (after === undefined) return 'not vendored any more';
    if (sourcesOf(before) !== sourcesOf(after)) return 'outdated';
    // The manifest may have been edited with the file: what counts is what is written now. Another version's says its own.
    if (digest(text) === after.sha256) return undefined;
    if (manifest.version === now.version) return 'edited';
    return digest(asOfVersion(text, now.version)) === after.sha256 ? undefined : 'outdated';
  };
  return [...new Set([...then.keys(), ...expected.keys(), ...found.keys()])].sort().flatMap((path) => {
    const what = judge(path);
    return what === undefined ? [] : [{ path, what }];
  });
}

/** The version that a file says it is from, in its first line. */
const VERSION = /^([^\n]* jwt-assay )[\w.+-]+(?=, src\/)/;

function asOfVersion(text: string, version: string): string {
  return text.replace(VERSION, (_, before: string) => before + version);
}

function sourcesOf({ sources }: ManifestEntry): string {
  return sources.map(({ path, sha256 }) => `${path} ${sha256}`).join('\n');
}
