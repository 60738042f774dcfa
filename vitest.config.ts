import { defineConfig } from 'vitest/config';

/** Tests of one kind, told by the suffix of their files. */
function kind(name: string, order: number, options: Record<string, unknown> = {}) {
  return {
    extends: true as const,
    test: {
      name,
      include: [`test/**/*.${name}.test.ts`],
      sequence: { groupOrder: order },
      ...options,
    },
  };
}

/**
 * Most of these wait for sockets, so that more of them than there are cores keep the cores busy.
 * Not isolated, as loading the SDKs anew for each file takes a third of the time of all of them.
 */
const waiting = { isolate: false, maxWorkers: 4 };

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      kind('unit', 0, {
        include: ['test/unit/**/*.test.ts', 'test/property/**/*.property.test.ts'],
        // No unit or property test leaves anything behind in its process.
        isolate: false,
        maxWorkers: 2,
      }),
      kind('contract', 1, waiting),
      kind('e2e', 2, { maxWorkers: 2, testTimeout: 120_000 }),
      kind('chaos', 3, { maxWorkers: 1 }),
    ],
    coverage: {
      provider: 'v8',
      include: ['functions/**', 'domain/**', 'sagas/**', 'shared/**', 'local/**', 'cli/**'],
    },
  },
});
