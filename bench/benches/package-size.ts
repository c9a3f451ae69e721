/**
 * What comes along when a package is installed: its size, its dependencies, its files.
 *
 * @module
 */

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sizeOf } from '../built.ts';
import { figure, type Bench, type Section } from '../section.ts';
import { OURS } from '../subjects.ts';

const PEERS = new URL('../peers/', import.meta.url);
const TIMED = ['aws-jwt-verify', 'fast-jwt', 'google-auth-library', 'hono', 'jose', 'jsonwebtoken', 'jws'];

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly dependencies?: Readonly<Record<string, string>> }>>;
}

interface Size {
  readonly name: string;
  readonly dependencies: number;
  readonly kilobytes: number;
  readonly files: number;
}

export const packageSize: Bench = {
  name: 'package-size',
  run: async ({ built }): Promise<Section> => {
    const ours = [built.size('.js'), built.size('.d.ts')];
    const sizes: Size[] = [
      { name: OURS, dependencies: 0, kilobytes: sum(ours, 'octets') / 1000, files: sum(ours, 'files') },
      ...TIMED.filter((name) => existsSync(new URL(`node_modules/${name}/`, PEERS))).map(peerSize),
    ].sort((a, b) => a.kilobytes - b.kilobytes);
    return {
      name: 'package-size',
      title: 'Size and dependencies',
      prose: [
        'JavaScript and declarations on disk, dependencies included, source maps and documents not. Ours is the whole '
          + 'package: library, server, command, test issuer.',
      ],
      tables: [
        {
          head: ['', 'dependencies', 'kB', 'files'],
          rows: sizes.map(({ name, dependencies, kilobytes, files }) => [
            name,
            String(dependencies),
            figure(kilobytes),
            String(files),
          ]),
        },
      ],
      charts: {},
      numbers: { dependencies: 0, kB: sum(ours, 'octets') / 1000 },
    };
  },
};

function peerSize(name: string): Size {
  const closure = dependenciesOf(name, readLock());
  const sizes = [...closure].flatMap((path) => {
    const folder = fileURLToPath(new URL(`${path}/`, PEERS));
    return existsSync(folder) ? ['.js', '.mjs', '.cjs', '.d.ts'].map((extension) => sizeOf(folder, extension)) : [];
  });
  return { name, dependencies: closure.size - 1, kilobytes: sum(sizes, 'octets') / 1000, files: sum(sizes, 'files') };
}

function readLock(): LockFile {
  return JSON.parse(readFileSync(new URL('package-lock.json', PEERS), 'utf8')) as LockFile;
}

/** The paths under node_modules that a package needs, itself included: each name is found as Node finds it. */
export function dependenciesOf(name: string, lock: LockFile): Set<string> {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const dependency of Object.keys(lock.packages[path]?.dependencies ?? {})) {
      const resolved = resolve(path, dependency, lock);
      if (resolved !== undefined) visit(resolved);
    }
  };
  visit(`node_modules/${name}`);
  return found;
}

function resolve(from: string, name: string, { packages }: LockFile): string | undefined {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const candidate = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    if (Object.hasOwn(packages, candidate)) return candidate;
    if (base === '') return undefined;
  }
}

function sum<K extends string>(items: ReadonlyArray<Readonly<Record<K, number>>>, key: K): number {
  return items.reduce((total, item) => total + item[key], 0);
}
