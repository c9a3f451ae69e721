import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/proxies/**/*.test.ts'],
    // Above the patience of `until`, which says what never came.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // Each file starts half a dozen processes; they would only wait for each other.
    fileParallelism: false,
  },
});
