import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { NOT_ASKED, TESTS } from './asked.ts';

const folders = TESTS[process.env['MUTATION_FOLDER'] ?? ''] ?? Object.keys(TESTS);
const near = process.env['MUTATION_NEAR'];
const files = near === undefined ? folders.map((folder) => `test/${folder}/**/*.test.ts`) : [near];

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/mutation/loading.test.ts', ...files],
    exclude: [...NOT_ASKED],
    // Half the time; what a test changes in the process it must put back, here as elsewhere.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
