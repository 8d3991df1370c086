import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { virtualenv } from '../../../scripts/emulators/virtualenv.ts';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'podtrust-python-'));
  vi.stubEnv('XDG_CACHE_HOME', cache);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

it('says what to install when there is no Python, and leaves no lock behind', async () => {
  vi.stubEnv('PATH', cache);
  await expect(virtualenv('emulator-1', ['emulator==1'])).rejects.toMatchObject({
    name: 'PythonEnvironmentError',
    message: expect.stringContaining('Install Python 3.10 or newer'),
  });
  expect(await readdir(join(cache, 'podtrust', 'python'))).toEqual([]);
});
