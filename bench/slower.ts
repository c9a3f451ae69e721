/**
 * What is slower than a peer, told by the figures themselves: nobody has to be honest about them by hand.
 *
 * @module
 */

import { FLOOR } from './floor.ts';
import { figure, isSkipped, type Run } from './section.ts';
import { NOISE } from './statistics.ts';
import { OURS, OURS_ASYNC } from './subjects.ts';

/** A bench in which peers are measured, by the names of its figures, and what a larger figure means. */
interface Contest {
  readonly bench: string;
  readonly prefix: string;
  readonly unit: string;
  readonly what: string;
}

const CONTESTS: readonly Contest[] = [
  { bench: 'whole', prefix: 'ratio ', unit: 'times the floor', what: 'A whole verification' },
  { bench: 'cache-hit', prefix: 'hit µs ', unit: 'µs', what: 'A hit in the cache' },
  { bench: 'cold-start', prefix: 'import ms ', unit: 'ms', what: 'Importing' },
  { bench: 'cold-start', prefix: 'ready ms ', unit: 'ms', what: 'Importing, and a first verification,' },
];

/** A sentence for each contest that we do not win, those that are as good as ours by less than the noise among them. */
export function slowerThanPeers(runs: readonly Run[]): string[] {
  return runs.flatMap((run) => CONTESTS.flatMap((contest) => lost(run, contest)));
}

function lost({ environment, sections }: Run, { bench, prefix, unit, what }: Contest): string[] {
  const section = sections.find(({ name }) => name === bench);
  if (section === undefined || isSkipped(section)) return [];
  const figures = Object.entries(section.numbers).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
  );
  const peers = figures.filter(([name]) => ![FLOOR, OURS, OURS_ASYNC].includes(name));
  return figures.filter(([name]) => name === OURS || name === OURS_ASYNC).flatMap(([own, value]) => {
    const near = peers.filter(([, theirs]) => theirs < value * (1 + NOISE));
    if (near.length === 0) return [];
    const list = near.map(([name, theirs]) => `${name} ${figure(theirs)}${theirs < value * (1 - NOISE) ? '' : ' (no difference)'}`);
    return [`${what} with ${own} on Node ${environment.node.split('.')[0]} takes ${figure(value)} ${unit}; ${list.join(', ')}.`];
  });
}
