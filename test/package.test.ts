import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from '../src/build/build.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

interface Manifest {
  readonly name: string;
  readonly main: string;
  readonly types: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies?: object;
}

const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** "jwt-assay/jose", and so on, for every subpath that is code. */
const SPECIFIERS = Object.keys(manifest.exports)
  .filter((subpath) => !subpath.endsWith('.json'))
  .map((subpath) => manifest.name + subpath.slice(1));

/** An application in a folder of its own, with the built package among its node_modules. */
const app = mkdtempSync(join(tmpdir(), 'package-test-'));
const installed = join(app, 'node_modules', manifest.name);

/** Runs a program of the application in a process of its own, and reads the JSON that it prints. */
async function run(name: string, program: string): Promise<unknown> {
  writeFileSync(join(app, name), program);
  // A warning that require() of ESM is experimental is no failure, but would be noise.
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', name], { cwd: app });
  return JSON.parse(stdout);
}

beforeAll(() => {
  mkdirSync(installed, { recursive: true });
  buildPackage(join(installed, 'dist'));
  cpSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
  cpSync(join(ROOT, 'src'), join(installed, 'src'), { recursive: true });
  mkdirSync(join(app, 'node_modules', '@types'));
  const types = dirname(require.resolve('@types/node/package.json'));
  symlinkSync(types, join(app, 'node_modules', '@types', 'node'), 'junction');
});

afterAll(() => rmSync(app, { recursive: true, force: true }));

describe('the built package', () => {
  it('has every file that its manifest names', () => {
    const exported = Object.values(manifest.exports)
      .flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target)));
    const named = [manifest.main, manifest.types, ...exported, ...Object.values(manifest.bin)];
    expect(named.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
    expect(named.filter((path) => !path.startsWith('./'))).toEqual([]);
  });

  it('depends on nothing, and publishes the sources it is read by', () => {
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('optionalDependencies');
    expect(manifest).not.toHaveProperty('peerDependencies');
    expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'src']));
  });

  it('has a door for every floor that stands and has one', () => {
    const floors = ['jose', 'keys', 'google', 'testing', 'explain', 'esp', 'server'];
    const standing = floors.filter((floor) => existsSync(join(ROOT, 'src', floor, 'index.ts')));
    expect(Object.keys(manifest.exports)).toEqual(expect.arrayContaining(['.',
      ...standing.map((floor) => `./${floor}`)]));
  });

  it('can be loaded by require() from CommonJS, and by import, and is the same either way', async () => {
    const program = `
      const specifiers = ${JSON.stringify(SPECIFIERS)};
      const required = specifiers.map((specifier) => require(specifier));
      Promise.all(specifiers.map((specifier) => import(specifier))).then((imported) => {
        const same = specifiers.map((_, i) => Object.keys(required[i]).every((name) =>
          required[i][name] === imported[i][name]));
        console.log(JSON.stringify({ same, names: required.map((module) => Object.keys(module)) }));
      });`;
    const { same, names } = (await run('load.cjs', program)) as { same: boolean[]; names: string[][] };
    expect(same).toEqual(SPECIFIERS.map(() => true));
    for (const list of names) expect(list.length).toBeGreaterThan(0);
    expect(names[SPECIFIERS.indexOf(manifest.name)]).toEqual(
      expect.arrayContaining(['createVerifier', 'createGoogleVerifier', 'verifyJwt', 'createKeySet', 'JwtError']),
    );
    expect(names.flat()).not.toContain('default');
  });

  it('has each class and function once, whatever the door', async () => {
    const program = `
      const modules = await Promise.all(${JSON.stringify(SPECIFIERS)}.map((specifier) => import(specifier)));
      const names = [...new Set(modules.flatMap(Object.keys))];
      const twice = names.filter((name) => new Set(modules.filter((m) => name in m).map((m) => m[name])).size > 1);
      console.log(JSON.stringify({ twice, doors: modules.filter((m) => 'JwtError' in m).length }));`;
    const { twice, doors } = (await run('identity.mjs', program)) as { twice: string[]; doors: number };
    expect(twice).toEqual([]);
    expect(doors).toBeGreaterThan(1);
  });

  it('verifies', async () => {
    const program = `
      const { createVerifier, createKeySet, signJwt, JwtError } = require(${JSON.stringify(manifest.name)});
      const { JwtError: Same } = require(${JSON.stringify(`${manifest.name}/jose`)});
      const { privateKey, publicKey } = require('node:crypto').generateKeyPairSync('ed25519');
      const verifier = createVerifier({ issuer: 'i', audience: 'a', keys: createKeySet(publicKey),
        algorithms: ['EdDSA'] });
      const token = signJwt({ iss: 'i', aud: 'a', sub: 's', exp: Date.now() / 1000 + 60 }, privateKey);
      let refusal;
      try { verifier.verifySync(token.slice(0, -4) + 'AAAA'); } catch (error) { refusal = error; }
      console.log(JSON.stringify([verifier.verifySync(token).claims.sub, refusal instanceof Same, refusal.code,
        JwtError === Same]));`;
    expect(await run('verify.cjs', program)).toEqual(['s', true, 'signature_invalid', true]);
  });

  it('keeps internals inside', async () => {
    const inside = ['jose/json', 'jose/index.js', 'jose/floor', 'dist/jose/floor.js', 'dist/index.js', 'src/index.ts',
      'verifier'];
    const program = `
      const inside = ${JSON.stringify(inside)};
      const codes = await Promise.all(inside.map((path) =>
        import('${manifest.name}/' + path).then(() => path, ({ code }) => code)));
      console.log(JSON.stringify(codes));`;
    expect(await run('inside.mjs', program)).toEqual(inside.map(() => 'ERR_PACKAGE_PATH_NOT_EXPORTED'));
  });

  it('has a playground that serves its page, with every file that it needs, until it is stopped', async () => {
    const child = spawn(process.execPath, [join(installed, manifest.bin['assay'] ?? ''), 'playground', '--port', '0'], {
      cwd: app, env: { ...process.env, GOOGLE_CLIENT_ID: undefined }, stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const ended = once(child, 'close');
      const [first] = await once(child.stdout, 'data');
      expect(String(first)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
      const url = String(first).trim();
      const seen = new Set<string>();
      const visit = async (path: string): Promise<void> => {
        if (seen.has(path)) return;
        seen.add(path);
        const response = await fetch(`${url}${path}`);
        expect(response.status, path).toBe(200);
        const text = await response.text();
        const references = path.endsWith('.js')
          ? [...text.matchAll(/^import .* from '\.\/([\w-]+\.js)';$/gm)].map(([, name]) => `/page/${name}`)
          : [...text.matchAll(/(?:src|href)="(\/page\/[^"]*)"/g)].map(([, reference = '']) => reference);
        for (const reference of references) await visit(reference);
      };
      await visit('/');
      expect([...seen]).toEqual(expect.arrayContaining(['/page/bench.js', '/page/element.js', '/page/paper.css']));
      if (process.platform !== 'win32') {
        child.kill('SIGTERM');
        expect(await ended).toEqual([0, null]);
      }
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('is typed for those who import it, with the checks of their compiler on', () => {
    const imports = SPECIFIERS.map((specifier, index) =>
      `import * as m${index} from '${specifier}';\nvoid m${index};\n`);
    writeFileSync(join(app, 'typed.mts'), imports.join(''));
    const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
    const options = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types',
      'node'];
    expect(() => execFileSync(process.execPath, [tsc, ...options, 'typed.mts'], { cwd: app, stdio: 'pipe' })).not
      .toThrow();
  });
});
