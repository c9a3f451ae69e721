/**
 * The sources as text: which file imports which, a floor as one file, doors that lead to it.
 *
 * Pure: texts in, texts out. The build publishes by it what `assay vendor` copies.
 *
 * @module
 */

export { leadAnew } from './door-file.ts';
export { joinFiles } from './joined-file.ts';
export type { JoinedLine, LineOrigin, Naming } from './joined-file.ts';
export { floorOf, readSource } from './source-file.ts';
export type { SourceFile } from './source-file.ts';
