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

const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ['html', 'text/html; charset=utf-8'], ['css', 'text/css; charset=utf-8'], ['js', 'text/javascript; charset=utf-8'],
  ['svg', 'image/svg+xml'],
]);

/** Floors whose sources are shown: those in which a check can be. */
const SHOWN_FLOORS = ['google', 'jose', 'keys'];

/**
 * Reads everything that is served from disk, by path.
 *
 * @throws {Error} what node:fs says of a folder that is not there: the scripts have not been built, say.
 */
export function readPageFiles({ page, scripts, sources }: PageFolders): ReadonlyMap<string, PageAnswer> {
  const assets = [...filesIn(page, ['html', 'css', 'svg']), ...filesIn(scripts, ['js'])];
  const shown = SHOWN_FLOORS.flatMap((floor) =>
    filesIn(new URL(`${floor}/`, sources), ['ts']).map(([name, body]) => [`/source/src/${floor}/${name}`, body] as const));
  const mark = assets.find(([name]) => name === 'mark.svg') ?? ['mark.svg', new Uint8Array()] as const;
  return new Map([
    // Browsers ask for it beside a text, which cannot name another.
    ['/favicon.ico', answerOf(...mark)] as const,
    ...assets.map(([name, body]) => [pathOf(name), answerOf(name, body)] as const),
    ...shown.map(([path, body]) => [path, { status: 200, type: 'text/plain; charset=utf-8', body }] as const),
  ]);
}

function filesIn(folder: URL, endings: readonly string[]): readonly (readonly [name: string, body: Uint8Array])[] {
  return readdirSync(folder)
    .filter((name) => endings.includes(endingOf(name)))
    .map((name) => [name, readFileSync(new URL(name, folder))] as const);
}

/** `bench.html` is `/`, `sign-in.html` is `/sign-in`; what a page needs lies in `/page/`. */
function pathOf(name: string): string {
  if (name === 'bench.html') return '/';
  return name.endsWith('.html') ? `/${name.slice(0, -'.html'.length)}` : `/page/${name}`;
}

function answerOf(name: string, body: Uint8Array): PageAnswer {
  return { status: 200, type: MEDIA_TYPES.get(endingOf(name)) ?? 'application/octet-stream', body };
}

function endingOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
