/** What src/runtimes.md says of CommonJS, TypeScript and Jest. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { asOfApp, createApp, pack, programOf, ROOT, run, type App, type Packed } from './packed.ts';

const CONSUMER = asOfApp('test/package/consumer.ts');
const SAID = '42 audience_not_allowed true\n';
const TYPESCRIPT = { '5.9': programOf('typescript', 'bin/tsc'), '7': join(ROOT, 'node_modules/typescript/bin/tsc') };

let packed: Packed;
let apps: Readonly<Record<'commonjs' | 'module', App>>;
beforeAll(async () => {
  packed = await pack();
  const [commonjs, module] = [createApp(packed, 'commonjs', ['@types/node']), createApp(packed, 'module', ['@types/node'])];
  apps = { commonjs: await commonjs, module: await module };
});

/** The code block of src/runtimes.md that begins so. */
function recipe(language: string, beginning: string): string {
  const blocks = readFileSync(join(ROOT, 'src/runtimes.md'), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```/gm);
  const block = [...blocks].find(([, name, code = '']) => name === language && code.startsWith(beginning));
  if (block?.[2] === undefined) throw new Error(`src/runtimes.md has no ${language} that begins with ${beginning}`);
  return block[2];
}

describe.each(Object.entries(TYPESCRIPT))('TypeScript %s', (_, tsc) => {
  it.each([
    ['commonjs', 'nodenext', 'nodenext'], ['module', 'nodenext', 'nodenext'], ['module', 'node16', 'node16'],
    ['module', 'esnext', 'bundler'],
  ] as const)('compiles an application of type %s under %s, %s, and it runs', async (type, module, moduleResolution) => {
    const app = apps[type];
    const compilerOptions = { module, moduleResolution, target: 'es2023', strict: true, types: ['node'], outDir: 'out' };
    app.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['app.ts'] }));
    app.write('app.ts', CONSUMER);
    expect(await run(process.execPath, [tsc], app.folder)).toMatchObject({ status: 0, stdout: '' });
    if (type === 'commonjs') expect(readFileSync(join(app.folder, 'out/app.js'), 'utf8')).toContain('require("jwt-assay")');
    expect(await run(process.execPath, ['--no-warnings', 'out/app.js'], app.folder)).toMatchObject({ status: 0, stdout: SAID });
  });
});

describe('Jest', () => {
  const jest = programOf('jest', 'bin/jest.js');
  const test = (imports: string): string => `${imports}
    test('verifies', async () => {
      const issuer = createTestIssuer();
      const google = createGoogleVerifier({ audience: issuer.audience, keys: issuer.keys, clock: issuer.clock });
      expect((await google.verify(issuer.mint({ sub: '42' }))).claims.sub).toBe('42');
      await expect(google.verify('x')).rejects.toBeInstanceOf(JwtError);
    });`;

  it('requires the package, with the configuration of src/runtimes.md', async () => {
    // What Jest brings along, and what the page says to install.
    const [, plugin = ''] = /`npm install --save-dev (\S+)`/.exec(readFileSync(join(ROOT, 'src/runtimes.md'), 'utf8')) ?? [];
    const app = await createApp(packed, 'commonjs', ['babel-jest', plugin]);
    app.write('jest.config.js', recipe('js', '// jest.config.js'));
    app.write('sign-in.test.js', test(`const { createGoogleVerifier, JwtError } = require('jwt-assay');
      const { createTestIssuer } = require('jwt-assay/testing');`));
    const { status, stderr } = await run(process.execPath, ['--no-warnings', jest], app.folder);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('1 passed') });
  });

  it('imports it as it is, with the flag of src/runtimes.md', async () => {
    expect(readFileSync(join(ROOT, 'src/runtimes.md'), 'utf8')).toContain('node --experimental-vm-modules node_modules/jest/bin/jest.js');
    const app = await createApp(packed, 'module');
    app.write('sign-in.test.js', test(`import { createGoogleVerifier, JwtError } from 'jwt-assay';
      import { createTestIssuer } from 'jwt-assay/testing';`));
    app.write('jest.config.js', 'export default { transform: {} };');
    const args = ['--no-warnings', '--experimental-vm-modules', jest];
    const { status, stderr } = await run(process.execPath, args, app.folder);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('1 passed') });
  });
});
