/** What is vendored stays as it is, whatever fixes and formats the project: what src/cli/README.md says of linters and formatters. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp, pack, programOf, run, type App } from './packed.ts';

const ASSAY = 'node_modules/jwt-assay/dist/cli/assay.js';
const FORMS = ['many', 'one'];

/** Each told to change what it would. One that has nothing to say ends with 0. */
const TOOLS = {
  'ESLint': [programOf('eslint', 'bin/eslint.js'), '--max-warnings', '0', '--fix', '.'],
  'Biome': [programOf('@biomejs/biome', 'bin/biome'), 'check', '--write', '--unsafe', '--error-on-warnings', '.'],
  'Prettier': [programOf('prettier', 'bin/prettier.cjs'), '--write', '--check-ignore-pragma', '.'],
};

let app: App;
beforeAll(async () => {
  app = await createApp(await pack(), 'module', ['typescript-eslint', '@types/node']);
  app.write('eslint.config.js', `import { configs } from 'typescript-eslint';\nexport default [...configs.strict, ...configs.stylistic];\n`);
  app.write('biome.json', '{ "files": { "includes": ["**", "!**/node_modules"] } }');
  for (const form of FORMS) {
    const choice = form === 'one' ? ['--one-file'] : [];
    expect(await run(process.execPath, [ASSAY, 'vendor', form, '--with', 'google,sign', ...choice], app.folder)).toMatchObject({ status: 0 });
  }
});

describe.each(Object.entries(TOOLS))('%s', (name, args) => {
  it('would change code like it', async () => {
    const mine = 'import {z} from "./z.js"\nimport {a} from "./a.js"\nexport let x: Array<number> = [ a,z ]\n';
    app.write('mine.ts', mine);
    await run(process.execPath, args, app.folder);
    expect(readFileSync(join(app.folder, 'mine.ts'), 'utf8')).not.toBe(mine);
  });

  it.each(FORMS)('has nothing to say of what is vendored, and leaves it alone: %s', async (form) => {
    const { status, stdout, stderr } = await run(process.execPath, [...args.slice(0, -1), form], app.folder);
    expect({ name, status, said: status === 0 ? '' : stdout + stderr }).toEqual({ name, status: 0, said: '' });
    expect(await run(process.execPath, [ASSAY, 'vendor', form, '--check'], app.folder)).toMatchObject({ status: 0 });
  });
});
