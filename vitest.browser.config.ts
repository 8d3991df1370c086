import { defineConfig } from 'vitest/config';
import { requireNode24 } from './scripts/require-node-24.ts';

requireNode24();

/** The HTML report in a real Chromium: Debian's, which the suite installs where it is missing and may. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    env: { NO_COLOR: '1', AWS_EC2_METADATA_DISABLED: 'true' },
  },
});
