/**
 * The project's pages as tests see them: their code, which is run as it stands, and their links.
 *
 * @module
 */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { vi } from 'vitest';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/** Every page that is written in Markdown, by its path under the root. */
export const PAGES: readonly string[] = ['.', 'src', 'spec-vectors', 'bench'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.md') && !path.includes('node_modules')));

export function readPage(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The blocks of TypeScript, each with the heading above it. */
export function blocksOf(page: string): readonly { readonly heading: string; readonly code: string }[] {
  const blocks: { heading: string; code: string }[] = [];
  let heading = '';
  for (const [, title, code] of page.matchAll(/^#+ (.+)$|^```ts\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else blocks.push({ heading, code: code ?? '' });
  }
  return blocks;
}

/** What a block says that it prints: the comments behind its console.log calls. */
export function promisedBy(code: string): readonly string[] {
  return [...code.matchAll(/console\.log\(.*\).*? \/\/ (.+)$/gm)].map(([, text = '']) => text);
}

/** A block that has run. */
export interface RunBlock {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly printed: readonly string[];
}

/**
 * Runs a block, with the package's names leading to the sources.
 *
 * @param fetch the whole of the network. Without it there is none.
 */
export async function runBlock(code: string, fetch: typeof globalThis.fetch = noNetwork): Promise<RunBlock> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-page-'));
  const file = join(folder, 'block.ts');
  writeFileSync(file, code.replace(/from 'jwt-assay(\/\w+)?'/g, (_, floor: string = '') =>
    `from '${pathToFileURL(join(ROOT, 'src', floor, 'index.ts')).href}'`));
  const printed: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...values) => void printed.push(format(...values)));
  vi.stubGlobal('fetch', fetch);
  try {
    return { exports: (await import(pathToFileURL(file).href)) as RunBlock['exports'], printed };
  } finally {
    log.mockRestore();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function noNetwork(): Promise<never> {
  throw new Error('a page reached for the network');
}

/** The links of a page that lead to no file of the project, or to no heading of a page. */
export function deadLinks(path: string): readonly string[] {
  const links = [...readPage(path).matchAll(/\]\(([^)\s:]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    const [target = '', anchor] = link.split('#');
    const file = target === '' ? path : join(dirname(path), target);
    if (!existsSync(join(ROOT, file))) return true;
    return anchor !== undefined && !anchorsOf(readPage(file)).includes(anchor);
  });
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): readonly string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replace(/[^\w\s-]/g, '').trim().replaceAll(' ', '-'));
}
