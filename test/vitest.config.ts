import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;
const project = (
  name: string,
  include: string[],
  testTimeout: number,
  more: Partial<TestProjectInlineConfiguration['test']> = {},
) => ({
  extends: true as const,
  test: { name, include, testTimeout, hookTimeout: 120_000, ...more },
});

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: {
    root,
    // Half of a run is waiting: as many as the cores of a small machine, not one less.
    maxWorkers: 2,
    projects: [
      project('unit', ['test/{domain,application,adapters,handlers,agents,lib,check}/**/*.test.ts'], 20_000),
      project('contracts', ['test/contracts/**/*.test.ts'], 30_000),
      project('e2e', ['test/e2e/**/*.test.ts'], 60_000, {
        globalSetup: ['test/e2e/global-setup.ts'],
        maxWorkers: 1,
        fileParallelism: false,
      }),
      // One at a time: they measure and they fill the machine.
      project('verify', ['test/verify/**/*.test.ts'], 600_000, { maxWorkers: 1, fileParallelism: false }),
    ],
  },
});
