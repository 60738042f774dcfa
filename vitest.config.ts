import { defineConfig } from 'vitest/config';

/** The suffix of a test file tells its kind; a script picks kinds by naming the suffix. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['functions/**', 'domain/**', 'sagas/**', 'shared/**', 'local/**', 'cli/**'],
    },
  },
});
