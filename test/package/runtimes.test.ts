/** Other runtimes that know node:crypto: what src/runtimes.md says of them is what happens. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { asOfApp, createApp, pack, programOf, ROOT, run, type App } from './packed.ts';

interface Runtime {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Vectors about which it is wrong, and no one can help it but its makers. */
  readonly wrong: readonly string[];
}

const RUNTIMES: readonly Runtime[] = [
  { name: 'Bun', file: programOf('bun', 'bin/bun.exe'), args: ['run'], wrong: [] },
  {
    name: 'Deno',
    file: process.execPath,
    args: [programOf('deno', 'bin.cjs'), 'run', '--quiet', '--no-check', '--node-modules-dir=manual', '--allow-all'],
    // Its crypto has no RSA keys of 8192 bits: they are refused, and four of a set of five are left to be tried.
    wrong: ['jwk.json: 8192 bits.', 'key-set.json: A token without a key ID, and five keys: more than will be tried.'],
  },
];

let app: App;
beforeAll(async () => {
  // What its npm package does when scripts are let run: the binary of this platform is put in place.
  await run(process.execPath, [programOf('bun', 'install.js')], programOf('bun', '.'));
  app = await createApp(await pack(), 'module');
  cpSync(join(ROOT, 'spec-vectors'), join(app.folder, 'spec-vectors'), { recursive: true });
  for (const path of ['vectors/run-vector.ts', 'vectors/vector-files.ts', 'package/vectors.ts', 'package/consumer.ts']) {
    app.write(`test/${path}`, asOfApp(`test/${path}`));
  }
});

describe.each(RUNTIMES)('$name', ({ file, args, wrong }) => {
  const start = (...argv: string[]) => run(file, [...args, ...argv], app.folder);

  it('verifies and refuses', async () => {
    expect(await start('test/package/consumer.ts')).toMatchObject({ status: 0, stdout: '42 audience_not_allowed true\n' });
  });

  it('is right about every vector, but for those that its makers owe', async () => {
    const { status, stdout, stderr } = await start('test/package/vectors.ts');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const told = JSON.parse(stdout) as { asked: number; wrong: string[] };
    expect(told.asked).toBeGreaterThan(1500);
    expect(told.wrong).toEqual(wrong);
  });

  it('runs the command: keys are fetched, kept, and outlive an outage', async () => {
    const { status, stdout } = await start('node_modules/jwt-assay/dist/cli/assay.js', 'demo');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Four accepted, six refused') });
  });
});
