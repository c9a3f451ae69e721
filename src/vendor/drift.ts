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
 * @param found the texts in the folder, by path: every TypeScript file there, and what the manifest names
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
    // The manifest may have been edited with the file. Of one version there is one text; another's says its version.
    return manifest.version === now.version && before.sha256 !== after.sha256 ? 'edited' : undefined;
  };
  return [...new Set([...then.keys(), ...expected.keys(), ...found.keys()])].sort().flatMap((path) => {
    const what = judge(path);
    return what === undefined ? [] : [{ path, what }];
  });
}

function sourcesOf({ sources }: ManifestEntry): string {
  return sources.map(({ path, sha256 }) => `${path} ${sha256}`).join('\n');
}
