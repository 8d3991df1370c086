import { defineConfig } from 'vitest/config';
import { requireNode24 } from './scripts/require-node-24.ts';

requireNode24();

/** Suites that take minutes: millions of random cases, and judges from outside. */
export default defineConfig({
  test: {
    include: ['test/long/**/*.long.test.ts'],
    setupFiles: ['test/support/fixed-seed.ts'],
    testTimeout: 1_800_000,
    // Vitest leaves one processor free unless told.
    maxWorkers: '100%',
    env: { NO_COLOR: '1' },
  },
});
