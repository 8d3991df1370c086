import { defineConfig } from 'vitest/config';
import { requireNode24 } from './scripts/require-node-24.ts';

requireNode24();

/** Suites that need Node.js alone; what needs Python, Go or long hours has a config of its own beside this one. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/browser/**',
      'test/pack/**',
      'test/e2e/**',
      'test/emulators/**',
      'test/kubernetes/**',
      'test/long/**',
      '**/node_modules/**',
    ],
    setupFiles: ['test/support/fixed-seed.ts'],
    testTimeout: 90_000,
    hookTimeout: 90_000,
    env: { NO_COLOR: '1', AWS_EC2_METADATA_DISABLED: 'true' },
  },
});
