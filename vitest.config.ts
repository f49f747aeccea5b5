import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Stores and servers under test start hundreds of threads and processes: each need not strip the types of all sources again.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'logvitals-compile-cache');

/** What every project shares: JSX by Preact as in the build, and room for slow machines (nothing is timed in tests). */
const shared = {
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
} as const;

/** PostgreSQL and MongoDB, started when the first test asks for one. */
const SERVERS = 'test/helpers/servers/shared.ts';

export default defineConfig({
  test: {
    reporters: ['default'],
    // Many tests wait for processes of theirs; one worker, which is what two cores would get, leaves the machine idle.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        ...shared,
        test: {
          globalSetup: SERVERS,
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/store/**', 'test/e2e/**', 'test/otel-classic/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          globalSetup: SERVERS,
          name: 'store',
          include: ['test/store/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          globalSetup: SERVERS,
          name: 'e2e',
          include: ['test/e2e/**/*.test.{ts,tsx}'],
          testTimeout: 240_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
