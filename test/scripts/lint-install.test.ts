import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const TRUST = readFileSync(join(root, 'test/fixtures/lint/trust-policy.json'), 'utf8');

/**
 * An npm that installs without a network: what the lock file has without what is for development, out of the modules of
 * this repository, and writes down how it was called.
 */
const NPM = `#!/usr/bin/env bash
printf '%s %s\\n' "$PWD" "$*" >> "$NPM_LOG"
echo "npm writes to stdout"
[ -z "\${NPM_FAILS-}" ] || exit 1
exec "$REAL_NODE" "$INSTALL"
`;
const INSTALL = `
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
for (const [path, { dev, bin = {} }] of Object.entries(packages)) {
  const from = join(process.env.MODULES, '..', path);
  if (!path.startsWith('node_modules/') || path.lastIndexOf('node_modules/') > 0 || dev || !existsSync(from)) continue;
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(from, path);
  mkdirSync('node_modules/.bin', { recursive: true });
  for (const [name, file] of Object.entries(bin)) symlinkSync(resolve(path, file), join('node_modules/.bin', name));
}
writeFileSync('node_modules/.package-lock.json', '{}');
`;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'podtrust-install-')));
const at = (name: string) => join(folder, name);
const clone = at('clone');

beforeAll(() => {
  for (const part of ['cli', 'shared', 'simulator', 'scripts/lint.sh', 'package.json', 'package-lock.json'])
    cpSync(join(root, part), join(clone, part), { recursive: true });
  mkdirSync(at('bin'));
  mkdirSync(at('work'));
  writeFileSync(at('bin/npm'), NPM, { mode: 0o755 });
  writeFileSync(at('install.mjs'), INSTALL);
  writeFileSync(at('work/trust.json'), TRUST);
});
beforeEach(() => {
  rmSync(join(clone, 'node_modules'), { recursive: true, force: true });
  rmSync(at('npm.log'), { force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the script of the clone in another folder. */
function lint(env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(join(clone, 'scripts/lint.sh'), ['trust.json'], {
    cwd: at('work'),
    encoding: 'utf8',
    env: {
      PATH: `${at('bin')}:/usr/bin:/bin`,
      NPM_LOG: at('npm.log'),
      REAL_NODE: process.execPath,
      INSTALL: at('install.mjs'),
      MODULES: realpathSync(join(root, 'node_modules')),
      ...env,
    },
  });
  const calls = existsSync(at('npm.log')) ? readFileSync(at('npm.log'), 'utf8').trim().split('\n') : [];
  return { status, stdout, stderr, calls };
}

const INSTALLED = `${clone} ci --omit=dev --ignore-scripts --no-audit --no-fund`;

describe('scripts/lint.sh in a clone where nothing is installed', () => {
  it('installs what podtrust runs with, once, in the clone and off stdout, and judges the file of the caller', () => {
    const first = lint();
    expect(first).toMatchObject({ status: 1, calls: [INSTALLED], stderr: 'npm writes to stdout\n' });
    expect(first.stdout).toMatch(/^trust\.json:14:87 MEDIUM no-literal-wildcard/);
    expect(lint()).toEqual({ ...first, stderr: '' });
  });

  it('runs nothing when npm fails, which is no finding, and tries again the next time', () => {
    mkdirSync(join(clone, 'node_modules/commander'), { recursive: true });
    const failed = lint({ NPM_FAILS: 'yes' });
    expect(failed).toMatchObject({ status: 2, stdout: '', calls: [INSTALLED] });
    expect(failed.stderr).toContain(`podtrust: npm ci in ${clone} failed, and nothing was judged.`);
    rmSync(join(clone, 'node_modules'), { recursive: true });
    expect(lint().calls).toEqual([INSTALLED, INSTALLED]);
  });

  it('takes the Node.js of the system where npm brings none, and says what to install where that is too old', () => {
    lint();
    rmSync(join(clone, 'node_modules/.bin/node'));
    writeFileSync(at('bin/node'), '#!/bin/sh\necho "system: $*"\n', { mode: 0o755 });
    expect(lint().stdout).toBe(`system: ${clone}/cli/podtrust.mjs lint trust.json\n`);
    const old = `const { versions } = process; Object.defineProperty(process, 'versions', { value: { ...versions, node: '20.1.0' } });`;
    writeFileSync(at('old.cjs'), old);
    writeFileSync(
      at('bin/node'),
      `#!/bin/sh\nexec "${process.execPath}" --require "${at('old.cjs')}" "$@"\n`,
    );
    expect(lint()).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('install Node.js 24'),
    });
    rmSync(at('bin/node'));
  });
});
