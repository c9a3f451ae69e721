import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { pack, programOf, ROOT, run, type Packed } from './packed.ts';

/** What is published: code with its types and maps, the sources, and documents. */
const PUBLISHED = [
  /^dist\/(?:\w[\w-]*\/)*[\w-]+(?:\.js|\.d\.ts)(?:\.map)?$/,
  /^src\/(?!build\/)(?:\w[\w-]*\/)*[\w-]+\.(?:ts|md|html|css|svg|json)$/,
  /^dist\/origin\.json$/,
  /^(?:README|CHANGELOG|SECURITY)\.md$/, /^LICENSE$/, /^package\.json$/,
];

let packed: Packed;
beforeAll(async () => {
  packed = await pack();
});

describe('the package', () => {
  it('holds dist, src and documents, and nothing else', () => {
    expect(packed.files.filter((path) => !PUBLISHED.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(packed.files).toEqual(expect.arrayContaining([
      'dist/index.js', 'dist/index.d.ts', 'dist/jose/floor.js', 'src/jose/jwt.ts', 'README.md', 'LICENSE', 'CHANGELOG.md',
    ]));
  });

  it('holds every source that its maps lead to', () => {
    const maps = packed.files.filter((path) => path.endsWith('.map'));
    expect(maps.length).toBeGreaterThan(20);
    for (const map of maps) {
      const { sources } = JSON.parse(readFileSync(join(ROOT, map), 'utf8')) as { sources: string[] };
      const paths = sources.map((source) => posix.join(posix.dirname(map), source));
      expect(packed.files, map).toEqual(expect.arrayContaining(paths));
    }
  });

  it('is clean to publint', async () => {
    const args = [programOf('publint', 'src/cli.js'), packed.tarball, '--strict'];
    const { status, stdout } = await run(process.execPath, args, ROOT);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('All good!') });
  });

  it('is clean to are-the-types-wrong, for ES modules', async () => {
    const args = [programOf('@arethetypeswrong/cli', 'dist/index.js'), packed.tarball, '--profile', 'esm-only'];
    const { status, stdout } = await run(process.execPath, args, ROOT);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('"jwt-assay/jose"') });
  });
});
