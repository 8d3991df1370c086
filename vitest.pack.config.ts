import { defineConfig } from 'vitest/config';
import { requireNode24 } from './scripts/require-node-24.ts';

requireNode24();

/** The packed command, installed elsewhere and run on the oldest Node.js that it supports. */
export default defineConfig({
  test: {
    include: ['test/pack/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    env: { NO_COLOR: '1' },
  },
});
