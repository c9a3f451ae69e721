/**
 * The manifest of a vendored folder: what was copied, from which version, and the digests by which drift is found.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import type { Copy, ImportStyle } from './copies.ts';
import type { SourceFile } from './source-file.ts';
import { VENDOR_PARTS, type VendorPart } from './selection.ts';

export const MANIFEST_NAME = 'assay-vendor.json';

/** The choices of whoever vendored. */
export interface VendorChoices {
  readonly with: readonly VendorPart[];
  readonly imports: ImportStyle;
  readonly oneFile: boolean;
}

export interface VendorManifest extends VendorChoices {
  readonly package: string;
  readonly version: string;
  /** Of the repository; null where it is not known. */
  readonly commit: string | null;
  readonly files: readonly ManifestEntry[];
}

export interface ManifestEntry {
  readonly path: string;
  /** What it was made of. */
  readonly sources: readonly ManifestSource[];
  /** SHA-256 of what was written, in hexadecimal. */
  readonly sha256: string;
}

export interface ManifestSource {
  readonly path: string;
  /** SHA-256 of the file in src. */
  readonly sha256: string;
}

/** Writes down what copies were made. */
export function describeCopies(
  copies: readonly Copy[],
  sources: ReadonlyMap<string, SourceFile>,
  { with: parts, imports, oneFile }: VendorChoices,
  { version, commit }: { readonly version: string; readonly commit: string | null },
): VendorManifest {
  const sourceOf = (path: string): ManifestSource =>
    ({ path: `src/${path}`, sha256: digest((sources.get(path)?.lines ?? []).join('\n')) });
  const files = copies.map(({ path, text, sources: from }) => ({ path, sources: from.map(sourceOf), sha256: digest(text) }));
  return { package: 'jwt-assay', version, commit, with: parts, imports, oneFile, files };
}

export function writeManifest(manifest: VendorManifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** SHA-256 of a text with LF line endings: a checkout that turns them into CRLF changes nothing. */
export function digest(text: string): string {
  return createHash('sha256').update(text.replace(/\r\n/g, '\n'), 'utf8').digest('hex');
}

/** Below the folder, and in no other place: the manifest is read before files are removed. */
const FILE_PATH = /^(?:[a-z0-9-]+\/)?[a-z0-9-]+\.ts$|^LICENSE$/;

/** @throws {TypeError} for a text that is no manifest of ours. */
export function readManifest(text: string): VendorManifest {
  const manifest = parse(text);
  const { version, imports, oneFile, with: parts, files } = manifest;
  const isWhole = manifest.package === 'jwt-assay' && typeof version === 'string' && typeof oneFile === 'boolean'
    && (imports === 'js' || imports === 'ts')
    && Array.isArray(parts) && parts.every((part) => VENDOR_PARTS.includes(part))
    && Array.isArray(files) && files.every(isEntry);
  if (!isWhole) throw new TypeError(`${MANIFEST_NAME} is not one that assay has written`);
  return manifest;
}

function parse(text: string): VendorManifest {
  try {
    const value: unknown = JSON.parse(text);
    // Its members are looked at one by one above.
    return (typeof value === 'object' && value !== null ? value : {}) as VendorManifest;
  } catch {
    throw new TypeError(`${MANIFEST_NAME} is not JSON`);
  }
}

function isEntry(entry: Partial<ManifestEntry> | null): boolean {
  return typeof entry?.path === 'string' && FILE_PATH.test(entry.path)
    && typeof entry.sha256 === 'string' && Array.isArray(entry.sources);
}
