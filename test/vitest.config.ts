import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    // Suites that need an extra install have scripts of their own.
    exclude: ['**/node_modules/**', 'test/browser/**', 'test/proxies/**', 'test/package/**', 'test/planted/**', 'test/mutation/**'],
    // Vitest leaves one core alone, which of two is half of them; many tests wait for other processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text', 'json-summary'],
      thresholds: { 'src/jose/**': { lines: 100, branches: 100, functions: 100, statements: 100 } },
    },
  },
});
