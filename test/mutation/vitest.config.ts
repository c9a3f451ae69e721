import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The tests that are asked about a folder of src: those beside it, and those that lead through it. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  jose: ['jose', 'verifier', 'vectors'],
  verifier: ['verifier', 'explain', 'vectors'],
  keys: ['keys'],
  google: ['google', 'vectors'],
  http: ['http'],
  esp: ['esp'],
  server: ['server'],
};

const folders = TESTS[process.env['MUTATION_FOLDER'] ?? ''] ?? Object.keys(TESTS);
const near = process.env['MUTATION_NEAR'];
const files = near === undefined ? folders.map((folder) => `test/${folder}/**/*.test.ts`) : [near];

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/mutation/loading.test.ts', ...files],
    // They ask about files and about other processes, which know of no mutant.
    exclude: ['test/vectors/format.test.ts', 'test/keys/process.test.ts', 'test/jose/fresh-keys.test.ts'],
    // Half the time; what a test changes in the process it must put back, here as elsewhere.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
