import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { requireNode24 } from './scripts/require-node-24.ts';

requireNode24();

/** Suites with a config of their own beside this one, since they need Python or Go, or take minutes. */
const OTHERS = ['browser', 'pack', 'e2e', 'emulators', 'kubernetes', 'long'].map((name) => `test/${name}/**`);

/** Files that take `vi`, which changes what the whole process has: its environment, modules, streams or clock. */
const ALONE = globSync('test/**/*.test.ts', { cwd: import.meta.dirname, exclude: OTHERS }).filter((file) =>
  /^import [^;]*\bvi\b[^;]* from 'vitest';$/m.test(readFileSync(`${import.meta.dirname}/${file}`, 'utf8')),
);

const exclude = [...OTHERS, '**/node_modules/**'];

/**
 * Suites that need Node.js alone. To load the modules anew for each of 400 files takes longer than most of their tests,
 * so that files share what is loaded, in as many processes as there are processors; those that take `vi` have one each.
 */
export default defineConfig({
  test: {
    setupFiles: ['test/support/fixed-seed.ts'],
    testTimeout: 90_000,
    hookTimeout: 90_000,
    env: { NO_COLOR: '1', AWS_EC2_METADATA_DISABLED: 'true' },
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE, exclude, isolate: true } },
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, ...ALONE],
          isolate: false,
        },
      },
    ],
  },
});
