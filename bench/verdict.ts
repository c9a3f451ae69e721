/**
 * What `npm run bench -- --check` holds us to: ratios, which travel between machines, never times.
 *
 * @module
 */

import { NOISE } from './statistics.ts';

/** Our whole verification, in multiples of the floor. */
export const MOST_RATIO = 1.2;

/** @param ratios each subject's paired ratio to the floor @param isPeer whose nearness matters */
export function complaints(
  ratios: ReadonlyMap<string, number>,
  ours: string,
  isPeer: (name: string) => boolean,
): string[] {
  const own = ratios.get(ours);
  if (own === undefined) return [`${ours} was not measured`];
  const slow =
    own > MOST_RATIO ? [`${ours} takes ${own.toFixed(3)} times the floor, more than ${MOST_RATIO.toFixed(2)}`] : [];
  const near = [...ratios]
    .filter(([name, ratio]) => isPeer(name) && ratio < own * (1 + NOISE))
    .map(([name, ratio]) => `${name} comes within 3 %: ${ratio.toFixed(3)} against ${own.toFixed(3)}`);
  return [...slow, ...near];
}
