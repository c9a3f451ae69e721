/**
 * The sources as text: which file imports which, a floor as one file, doors that lead to it, copies for other projects.
 *
 * Pure: texts in, texts out. The build publishes by it what `assay vendor` copies.
 *
 * @module
 */

export { copyFiles } from './copies.ts';
export type { Copy, CopyTerms, ImportStyle } from './copies.ts';
export { leadAnew } from './door-file.ts';
export { findDrift } from './drift.ts';
export type { Drift } from './drift.ts';
export { joinFiles } from './joined-file.ts';
export type { JoinedLine, LineOrigin, Naming } from './joined-file.ts';
export { describeCopies, digest, MANIFEST_NAME, readManifest, writeManifest } from './manifest.ts';
export type { ManifestEntry, VendorChoices, VendorManifest } from './manifest.ts';
export { selectFiles, VENDOR_PARTS } from './selection.ts';
export type { VendorPart } from './selection.ts';
export { floorOf, readSource, relativePath } from './source-file.ts';
export type { SourceFile } from './source-file.ts';
