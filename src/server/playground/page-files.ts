/**
 * The files of the page, and the sources that it shows: read once, served by exact name, and no others.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import type { PageAnswer } from './page-answers.ts';

/** Where the files lie. */
export interface PageFolders {
  /** HTML and CSS, as written. */
  readonly page: URL;
  /** The page's scripts, as built. */
  readonly scripts: URL;
  /** `src` of the project. */
  readonly sources: URL;
}

/** Media types by the ending of a name: what is served of each folder, and as what. */
type MediaTypes = ReadonlyMap<string, string>;
const OF_PAGE: MediaTypes = new Map([
  ['html', 'text/html; charset=utf-8'], ['css', 'text/css; charset=utf-8'], ['svg', 'image/svg+xml'],
]);
const OF_SCRIPTS: MediaTypes = new Map([['js', 'text/javascript; charset=utf-8']]);
const OF_SOURCES: MediaTypes = new Map([['ts', 'text/plain; charset=utf-8']]);

/** Floors whose sources are shown: those in which a check can be. */
const SHOWN_FLOORS = ['google', 'jose', 'keys'];

/**
 * Reads everything that is served from disk, by path.
 *
 * @throws {Error} what node:fs says of a folder that is not there: the scripts have not been built, say.
 */
export function readPageFiles({ page, scripts, sources }: PageFolders): ReadonlyMap<string, PageAnswer> {
  const assets = [...filesIn(page, OF_PAGE), ...filesIn(scripts, OF_SCRIPTS)];
  const shown = SHOWN_FLOORS.flatMap((floor) =>
    filesIn(new URL(`${floor}/`, sources), OF_SOURCES).map(([name, file]) => [`/source/src/${floor}/${name}`, file] as const));
  // Browsers ask for it beside a text, which cannot name another.
  const mark = assets.filter(([name]) => name === 'mark.svg').map(([, file]) => ['/favicon.ico', file] as const);
  return new Map([...mark, ...assets.map(([name, file]) => [pathOf(name), file] as const), ...shown]);
}

function filesIn(folder: URL, types: MediaTypes): readonly (readonly [name: string, file: PageAnswer])[] {
  return readdirSync(folder).flatMap((name) => {
    const type = types.get(name.slice(name.lastIndexOf('.') + 1));
    return type === undefined ? [] : [[name, { status: 200, type, body: readFileSync(new URL(name, folder)) }] as const];
  });
}

/** `bench.html` is `/`, `sign-in.html` is `/sign-in`; what a page needs lies in `/page/`. */
function pathOf(name: string): string {
  if (name === 'bench.html') return '/';
  return name.endsWith('.html') ? `/${name.slice(0, -'.html'.length)}` : `/page/${name}`;
}
