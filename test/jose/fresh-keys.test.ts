import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** In a process of its own: where this fails, which is on Node 20 alone, it does not end. */
it('keys that were just generated are exported, however often, and hang nothing', async () => {
  const script = `
    import { generateKeyPairSync } from 'node:crypto';
    import { exportJwk } from ${JSON.stringify(new URL('../../src/jose/pem.ts', import.meta.url).href)};
    let taken = 0;
    for (; taken < 2000; taken++) exportJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
    console.log(String(taken));`;
  // The smaller the young generation, the more often the collector runs: without the detour the first 200 keys hang.
  const node = ['--max-semi-space-size=1', '--import', 'tsx', '--input-type=module', '--eval', script];
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, node, { cwd, timeout: 45_000 });
  expect(stdout).toBe('2000\n');
});
