/**
 * Which files are vendored together, so that none of them imports what is not there.
 *
 * @module
 */

import { floorOf, type SourceFile } from './source-file.ts';

/** What may be had beside src/jose. */
export const VENDOR_PARTS = ['keys', 'verifier', 'google', 'sign'] as const;

export type VendorPart = (typeof VENDOR_PARTS)[number];

/** Of src/jose, and the one file of it that is not for verifying. */
const SIGN = 'jose/sign.ts';

/**
 * Selects files: `src/jose` without signing, other floors whole, and whatever floors these need.
 *
 * Signing comes along where it is asked for, or where something selected imports it (`google`: service accounts sign).
 *
 * @param sources every file under src, by path
 */
export function selectFiles(sources: ReadonlyMap<string, SourceFile>, parts: readonly VendorPart[]): SourceFile[] {
  const floors = new Set(['jose']);
  const addFloor = (floor: string): void => {
    if (floors.has(floor)) return;
    floors.add(floor);
    const targets = onFloors(sources, new Set([floor])).flatMap(({ head }) => head.map(({ target }) => target));
    for (const target of targets) if (target !== undefined) addFloor(floorOf(target));
  };
  for (const part of parts) if (part !== 'sign') addFloor(part);
  const files = onFloors(sources, floors);
  const signs = parts.includes('sign') || files.some(({ path, head }) =>
    path !== 'jose/index.ts' && head.some(({ target }) => target === SIGN));
  return files.filter(({ path }) => signs || path !== SIGN);
}

function onFloors(sources: ReadonlyMap<string, SourceFile>, floors: ReadonlySet<string>): SourceFile[] {
  return [...sources.values()].filter(({ floor }) => floors.has(floor));
}
