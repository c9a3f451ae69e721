/**
 * Loads the peers, which are installed under bench/peers alone. Nothing of them is needed to type-check or test the
 * project.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Adapter } from './adapter.ts';

const PEERS = new URL('./', import.meta.url);
const ADAPTERS = new URL('adapters/', PEERS);

/** Imports a package of bench/peers. The caller says what it expects: the types of peers are not at hand everywhere. */
export async function loadPeer<T>(specifier: string): Promise<T> {
  return (await import(specifier)) as T;
}

/** The version of an installed package of bench/peers, or undefined. */
export function installedVersion(packageName: string): string | undefined {
  const manifest = new URL(`node_modules/${packageName}/package.json`, PEERS);
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** Installs the peers where they are not, saying so: everything is pinned by the lock file. */
export function installPeers(say: (line: string) => void): void {
  if (existsSync(new URL('node_modules/', PEERS))) return;
  say('bench/peers/node_modules is absent: running npm ci --prefix bench/peers');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(
    npm,
    ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', fileURLToPath(PEERS)],
    {
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) throw new Error('npm ci --prefix bench/peers failed');
}

/** The names of the files under adapters/: this project first, the control last. */
export function adapterNames(): string[] {
  const names = readdirSync(ADAPTERS)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => name.replace(/\.ts$/, ''));
  const rank = (name: string): number => (name === 'jwt-assay' ? 0 : /-\d+\.\d+\.\d+$/.test(name) ? 2 : 1);
  return names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

export async function loadAdapter(name: string): Promise<Adapter> {
  const file = new URL(`${name}.ts`, ADAPTERS);
  const { adapter } = (await import(pathToFileURL(fileURLToPath(file)).href)) as { adapter: Adapter };
  return adapter;
}
