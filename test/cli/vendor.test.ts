import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './run.ts';

const require = createRequire(import.meta.url);
const TSC = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

const home = mkdtempSync(join(tmpdir(), 'vendor-test-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

let made = 0;
const emptyFolder = (): string => join(home, `folder-${made++}`);

async function vendor(folder: string, ...options: string[]): Promise<string> {
  const { status, stdout, stderr } = await run(['vendor', folder, ...options]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

const filesIn = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/')).filter((path) => path.endsWith('.ts')).sort();
const read = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8');
const src = (floor: string): string[] => readdirSync(new URL(`../../src/${floor}/`, import.meta.url))
  .filter((name) => name.endsWith('.ts')).map((name) => `${floor}/${name}`);

describe('what is copied', () => {
  it('is src/jose without signing, and the door does not lead there', async () => {
    const folder = emptyFolder();
    await vendor(folder);
    expect(filesIn(folder)).toEqual(src('jose').filter((path) => path !== 'jose/sign.ts').sort());
    expect(read(folder, 'jose/index.ts')).not.toMatch(/sign/i);
    expect(read(folder, 'jose/index.ts')).toContain("from './jwt.js';");
  });

  it.each([
    ['sign', ['jose']], ['keys', ['jose', 'keys']], ['verifier', ['jose', 'keys', 'verifier']],
    ['google', ['google', 'jose', 'keys', 'verifier']],
  ])('with %s is all that it needs, and imports nothing that is not there', async (part, floors) => {
    const folder = emptyFolder();
    await vendor(folder, '--with', part);
    const files = filesIn(folder);
    expect([...new Set(files.map((path) => dirname(path)))]).toEqual(floors);
    expect(files.includes('jose/sign.ts')).toBe(part === 'sign' || part === 'google');
    for (const path of files) {
      const targets = [...read(folder, path).matchAll(/from '(\.[^']+)\.js'/g)].map(([, to = '']) => join(dirname(path), `${to}.ts`));
      for (const target of targets) expect(existsSync(join(folder, target)), `${path} -> ${target}`).toBe(true);
    }
  });

  it('says in one line where it is from, and is the source apart from that and the endings of imports', async () => {
    const folder = emptyFolder();
    await vendor(folder, '--imports', 'ts');
    const [head = '', ...rest] = read(folder, 'jose/jwt.ts').split('\n');
    expect(head).toMatch(/^\/\*\* @noprettier \*\/ \/\* eslint max-lines: \[2, 1\] \*\/ \/\* eslint-disable \*\/ .*jwt-assay \d+\.\d+\.\d+, src\/jose\/jwt\.ts: do not edit/);
    expect(rest.join('\n')).toBe(readFileSync(new URL('../../src/jose/jwt.ts', import.meta.url), 'utf8'));
    expect(read(folder, 'LICENSE')).toContain('MIT License');
  });

  it('is one file for each floor, if that is asked for', async () => {
    const folder = emptyFolder();
    await vendor(folder, '--with', 'verifier', '--one-file');
    expect(filesIn(folder)).toEqual(['jose.ts', 'keys.ts', 'verifier.ts']);
    const imports = filesIn(folder).flatMap((path) => [...read(folder, path).matchAll(/from '(\.[^']+)'/g)]).map(([, to]) => to);
    expect([...new Set(imports)].sort()).toEqual(['./jose.js', './keys.js']);
  });
});

describe('a project with its own strict configuration', () => {
  const project = join(home, 'project');
  const flags = ['strict', 'noUnusedLocals', 'noUnusedParameters', 'noImplicitReturns', 'noFallthroughCasesInSwitch',
    'noUncheckedIndexedAccess', 'exactOptionalPropertyTypes', 'noImplicitOverride', 'noPropertyAccessFromIndexSignature',
    'verbatimModuleSyntax', 'isolatedModules', 'erasableSyntaxOnly', 'noUncheckedSideEffectImports', 'skipLibCheck',
    'declaration', 'isolatedDeclarations'];
  const PROGRAM = (ending: string, jose: string, google: string): string => `
    import { generateKeyPairSync } from 'node:crypto';
    import { createKeySet, JwtError } from '${jose}${ending}';
    import { createGoogleVerifier } from '${google}${ending}';
    import { signJwt } from '${jose.replace('index', 'sign')}${ending}';
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const google = createGoogleVerifier({ audience: 'a', keys: createKeySet(publicKey) });
    const now = Math.floor(Date.now() / 1000);
    const mint = (aud: string): string =>
      signJwt({ iss: 'https://accounts.google.com', aud, sub: '42', iat: now, exp: now + 60 }, privateKey);
    let code = '';
    try { google.verifySync(mint('b')); } catch (error) { if (error instanceof JwtError) code = error.code; }
    console.log(google.verifySync(mint('a')).claims.sub, code);`;

  const everything = ['--with', 'google,sign,keys,verifier'];

  beforeAll(async () => {
    mkdirSync(join(project, 'node_modules', '@types'), { recursive: true });
    const types = dirname(require.resolve('@types/node/package.json'));
    symlinkSync(types, join(project, 'node_modules', '@types', 'node'), 'junction');
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    await vendor(join(project, 'many'), ...everything);
    await vendor(join(project, 'one'), ...everything, '--one-file');
    await vendor(join(project, 'least'));
    writeFileSync(join(project, 'many.ts'), PROGRAM('.js', './many/jose/index', './many/google/index'));
    writeFileSync(join(project, 'one.ts'), PROGRAM('.js', './one/jose', './one/google'));
  });

  it.each([['nodenext', 'nodenext'], ['node16', 'node16'], ['esnext', 'bundler']])(
    'compiles it under %s, %s, in every form, and what comes out verifies',
    (module, moduleResolution) => {
      const compilerOptions = { module, moduleResolution, target: 'es2023', lib: ['es2023'], types: ['node'], outDir: `out-${module}`,
        ...Object.fromEntries(flags.map((flag) => [flag, true])) };
      const include = ['many.ts', 'one.ts', 'many', 'one', 'least'];
      writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
      execFileSync(process.execPath, [TSC], { cwd: project, stdio: 'pipe' });
      for (const program of ['many.js', 'one.js']) {
        const said = execFileSync(process.execPath, [join(`out-${module}`, program)], { cwd: project, encoding: 'utf8' });
        expect(said).toBe('42 audience_not_allowed\n');
      }
    },
  );

  if (process.features.typescript) {
    it.each([['many', './many-ts/jose/index', './many-ts/google/index'], ['one', './one-ts/jose', './one-ts/google']])(
      'runs it as it is, where Node strips types: %s',
      async (form, jose, google) => {
        await vendor(join(project, `${form}-ts`), ...everything, '--imports', 'ts', ...(form === 'one' ? ['--one-file'] : []));
        writeFileSync(join(project, `${form}-ts.ts`), PROGRAM('.ts', jose, google));
        const said = execFileSync(process.execPath, ['--no-warnings', `${form}-ts.ts`], { cwd: project, encoding: 'utf8' });
        expect(said).toBe('42 audience_not_allowed\n');
      },
    );
  } else {
    console.info('not run: this version of Node does not strip types');
  }
});

describe('--check', () => {
  const checked = async (folder: string): Promise<{ status: number; lines: string[] }> => {
    const { status, stdout, stderr } = await run(['vendor', folder, '--check']);
    expect(stderr).toBe('');
    return { status, lines: stdout.trimEnd().split('\n').map((line) => line.replace(/ {2,}/, ' ')) };
  };
  const rewrite = (folder: string, path: string, change: (text: string) => string): void =>
    writeFileSync(join(folder, path), change(read(folder, path)));

  it('finds nothing in what was just written, in whatever form', async () => {
    for (const options of [[], ['--imports', 'ts'], ['--with', 'google', '--one-file']]) {
      const folder = emptyFolder();
      await vendor(folder, ...options);
      expect(await checked(folder)).toMatchObject({ status: 0, lines: [expect.stringMatching(/^\d+ files, as they were/)] });
    }
  });

  it('tells each file that was edited, is missing, or was added', async () => {
    const folder = emptyFolder();
    await vendor(folder);
    rewrite(folder, 'jose/claims.ts', (text) => text.replace('exp', 'xep'));
    rmSync(join(folder, 'jose/der.ts'));
    writeFileSync(join(folder, 'mine.ts'), '');
    expect(await checked(folder)).toEqual({ status: 1,
      lines: ['edited jose/claims.ts', 'missing jose/der.ts', 'not vendored mine.ts'] });
  });

  it.each(['jose/jwt.js', 'package.json', 'jose/jwt.tsx', 'jose/assay-vendor.json', 'notes'])(
    'tells of %s, which a bundler may take for what was copied, or be told by',
    async (path) => {
      const folder = emptyFolder();
      await vendor(folder);
      writeFileSync(join(folder, path), '');
      expect(await checked(folder)).toEqual({ status: 1, lines: [`not vendored ${path}`] });
    },
  );

  it('tells of a link that bears such a name, and does not follow it', async () => {
    const folder = emptyFolder();
    await vendor(folder);
    symlinkSync(home, join(folder, 'jose/jwt.js'), 'junction');
    expect(await checked(folder)).toEqual({ status: 1, lines: ['not vendored jose/jwt.js'] });
  });

  it('leaves to their tools the files that begin with a dot', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, '.git'), { recursive: true });
    for (const path of ['.gitattributes', '.git/config']) writeFileSync(join(folder, path), '');
    await vendor(folder);
    expect((await checked(folder)).status).toBe(0);
  });

  it('is not fooled by a manifest that was edited with the file', async () => {
    const folder = emptyFolder();
    await vendor(folder);
    const { digest } = await import('../../src/vendor/index.ts');
    const before = digest(read(folder, 'jose/jwt.ts'));
    rewrite(folder, 'jose/jwt.ts', (text) => `${text}// harmless\n`);
    rewrite(folder, 'assay-vendor.json', (text) => text.replace(before, digest(read(folder, 'jose/jwt.ts'))));
    expect(await checked(folder)).toEqual({ status: 1, lines: ['edited jose/jwt.ts'] });
  });

  it('nor by one that says it is of another version, which may have the same sources', async () => {
    const { digest } = await import('../../src/vendor/index.ts');
    const folder = emptyFolder();
    await vendor(folder);
    const be = (path: string, change: (text: string) => string): void => {
      const before = digest(read(folder, path));
      rewrite(folder, path, change);
      rewrite(folder, 'assay-vendor.json', (text) => text.replace(before, digest(read(folder, path))));
    };
    rewrite(folder, 'assay-vendor.json', (text) => text.replace(/"version": "[^"]+"/, '"version": "0.0.9"'));
    for (const path of filesIn(folder)) be(path, (text) => text.replace(/jwt-assay [\d.]+/, 'jwt-assay 0.0.9'));
    expect((await checked(folder)).status).toBe(0);
    be('jose/jwt.ts', (text) => `${text}// harmless\n`);
    be('jose/jws.ts', (text) => text.replace('jwt-assay 0.0.9', 'jwt-assay 0.0.9\n'));
    const { status, lines } = await checked(folder);
    expect({ status, lines: lines.slice(0, -1) }).toEqual({ status: 1, lines: ['outdated jose/jws.ts', 'outdated jose/jwt.ts'] });
  });

  it('survives a checkout with CRLF', async () => {
    const folder = emptyFolder();
    await vendor(folder, '--with', 'sign');
    for (const path of [...filesIn(folder), 'LICENSE', 'assay-vendor.json']) rewrite(folder, path, (text) => text.replaceAll('\n', '\r\n'));
    expect((await checked(folder)).status).toBe(0);
  });

  it('tells what this version has other sources for, and which version it was', async () => {
    const folder = emptyFolder();
    await vendor(folder);
    rewrite(folder, 'assay-vendor.json', (text) => text.replace(/"version": "[^"]+"/, '"version": "0.0.9"')
      .replace(/(?<="src\/jose\/jws\.ts",\s+"sha256": ")\w{8}/, '00000000'));
    const { status, lines } = await checked(folder);
    const version = expect.stringMatching(/^vendored from 0\.0\.9; this is /);
    expect({ status, lines }).toEqual({ status: 1, lines: ['outdated jose/jws.ts', version] });
  });
});

describe('vendoring again', () => {
  it('takes the new choices, and removes what is vendored no more', async () => {
    const folder = emptyFolder();
    await vendor(folder, '--with', 'keys');
    writeFileSync(join(folder, 'notes.ts'), '// mine');
    await vendor(folder, '--one-file');
    expect(filesIn(folder)).toEqual(['jose.ts', 'notes.ts']);
  });

  it('overwrites nothing that was edited', async () => {
    const folder = emptyFolder();
    await vendor(folder);
    writeFileSync(join(folder, 'jose/der.ts'), '// mine');
    const { status, stderr } = await run(['vendor', folder]);
    expect(status).toBe(2);
    expect(stderr).toContain('"jose/der.ts" was edited');
    expect(read(folder, 'jose/der.ts')).toBe('// mine');
  });
});

describe('is called wrongly', () => {
  const foreign = emptyFolder();
  const forged = emptyFolder();
  const foreignCode = emptyFolder();
  mkdirSync(foreign);
  mkdirSync(join(foreignCode, 'jose'), { recursive: true });
  mkdirSync(forged);
  writeFileSync(join(foreign, 'jose.ts'), '');
  writeFileSync(join(foreignCode, 'jose', 'jwt.js'), '');
  const entry = { path: '../../outside.ts', sources: [], sha256: '' };
  const manifest = { package: 'jwt-assay', version: '0', commit: null, with: [], imports: 'js', oneFile: false, files: [entry] };
  writeFileSync(join(forged, 'assay-vendor.json'), JSON.stringify(manifest));

  it.each([
    ['no folder', []], ['a folder that looks like an option', ['--', '--help']],
    ['a part that is none', [emptyFolder(), '--with', 'keys,server']],
    ['another style', [emptyFolder(), '--imports', 'mjs']], ['a folder with files of others', [foreign]],
    ['a folder with JavaScript of others', [foreignCode]],
    ['nothing to check', [emptyFolder(), '--check']], ['choices beside --check', [foreign, '--check', '--one-file']],
    ['a manifest that leads elsewhere', [forged]], ['a folder below a file', [join(foreign, 'jose.ts', 'below')]],
  ])('with %s', async (_, argv) => {
    const { status, stdout, stderr } = await run(['vendor', ...argv]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.split('\n')).toHaveLength(3);
  });
});

