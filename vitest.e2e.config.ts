import { defineConfig } from 'vitest/config';
import { requireNode24 } from './scripts/require-node-24.ts';

requireNode24();

/** Deploys the real stack to a third-party AWS emulator (ministack, installed into an environment of its own). */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    globalSetup: ['test/e2e/setup.ts'],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    env: { NO_COLOR: '1', AWS_EC2_METADATA_DISABLED: 'true' },
  },
});
