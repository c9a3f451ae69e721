import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { crumbs, endless, gzipBomb, hang, huge } from './bad-answers.ts';
import { KEY_1, setOf } from './issuer.ts';
import { listen, listenUntilClosed, publish, route } from './loopback.ts';

const FETCHES = 60;

/** Runs a script of this folder in a process of its own; one that does not end in time fails the test. */
async function run(script: string, parameters: readonly string[], timeout = 55_000): Promise<string> {
  const path = fileURLToPath(new URL(`child/${script}`, import.meta.url));
  const node = ['--expose-gc', '--import', 'tsx', path, ...parameters];
  const { stdout } = await promisify(execFile)(process.execPath, node, { timeout });
  return stdout;
}

describe('memory stays flat', () => {
  it('through bodies of 64 MB, of 200 MB in gzip, without end, and in crumbs', async () => {
    const server = await listen(route({ '/huge': huge, '/gzip': gzipBomb(), '/endless': endless, '/crumbs': crumbs }));
    const measured = await Promise.all(['/huge', '/gzip', '/endless', '/crumbs'].map(async (path) => {
      const fetches = path === '/crumbs' ? 5 : FETCHES;
      const figures: object = JSON.parse(await run('flat-memory.ts', [server.origin + path, String(fetches)], 280_000));
      return { path, fetches, ...figures };
    }));
    console.log(`memory in MiB: ${JSON.stringify(measured)}`);
    for (const { path, fetches, ...figures } of measured) {
      expect(figures, path).toMatchObject({ failures: fetches + 10 });
      const { growth, peak } = { growth: NaN, peak: NaN, ...figures };
      expect(growth, `${path}: growth`).toBeLessThan(64);
      expect(peak, `${path}: peak`).toBeLessThan(path === '/crumbs' ? 400 : 256);
    }
  }, 300_000);
});

describe('a process ends by itself', () => {
  const secondsAt = (output: string, what: string): number =>
    Number(new RegExp(`${what} after (\\d+) ms`).exec(output)?.[1] ?? NaN) / 1000;

  it.concurrent.each([
    // The server keeps its connection open, and a deadline is far off: neither must keep the process.
    { when: 'at once, when keys were loaded', scene: 'loaded', timeout: 50 },
    { when: 'at the deadline, when a fetch in the background hangs', scene: 'background', timeout: 0.5 },
    { when: 'at once, when nothing but its deadline is left of such a fetch', scene: 'left', timeout: 50 },
    { when: 'not before the deadline, when somebody waits', scene: 'awaited', timeout: 0.5 },
  ])('$when', async ({ scene, timeout }) => {
    const { origin, close } = await listenUntilClosed(route({ '/': publish(setOf(KEY_1)), '/hang': hang }));
    const output = await run('ends.ts', [scene, `${origin}/`, String(timeout)]).finally(close);
    expect(secondsAt(output, 'ended') - secondsAt(output, 'done')).toBeLessThan(40);
    expect(output.includes('no answer within 0.5 s')).toBe(scene === 'awaited');
    if (scene === 'awaited') expect(secondsAt(output, 'done')).toBeGreaterThan(0.45);
  });
});
