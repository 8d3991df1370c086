import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An emulator's Python environment could not be made. */
class PythonEnvironmentError extends Error {
  override readonly name = 'PythonEnvironmentError';
}

/**
 * The `bin` folder of a Python environment with exactly these packages, made once and kept in the user's cache.
 * `requirements` are pinned (`moto[server]==5.2.5`). Throws PythonEnvironmentError when Python 3 or pip fails.
 */
export async function virtualenv(name: string, requirements: readonly string[]): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'podtrust', 'python');
  const folder = join(cache, name);
  const complete = join(folder, '.complete');
  if (existsSync(complete)) return join(folder, 'bin');
  await mkdir(cache, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(complete)) return;
    await rm(folder, { recursive: true, force: true });
    await python(['-m', 'venv', folder]);
    await pip(join(folder, 'bin', 'pip'), requirements);
    await writeFile(complete, `${requirements.join('\n')}\n`);
  });
  return join(folder, 'bin');
}

async function python(args: readonly string[]): Promise<void> {
  try {
    await run('python3', args);
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const why = missing
      ? 'python3 is not on the PATH. Install Python 3.10 or newer.'
      : `python3 ${args.join(' ')} failed. On Debian and Ubuntu the package python3-venv is needed.`;
    throw new PythonEnvironmentError(`The emulators need a Python environment: ${why}`, { cause });
  }
}

async function pip(command: string, requirements: readonly string[]): Promise<void> {
  try {
    await run(command, ['install', '--quiet', '--disable-pip-version-check', ...requirements]);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new PythonEnvironmentError(`pip could not install ${requirements.join(', ')}: ${said}`, { cause });
  }
}

/** One process at a time makes an environment; a lock left by a crash is broken after ten minutes. */
async function withLock(lock: string, work: () => Promise<void>): Promise<void> {
  const patience = Date.now() + 600_000;
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      if (Date.now() > patience) await rm(lock, { recursive: true, force: true });
      await sleep(250);
    }
  }
  try {
    await work();
  } finally {
    await rmdir(lock).catch(() => undefined);
  }
}
