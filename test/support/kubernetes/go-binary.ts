import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A program could not be built from its Go modules. */
class GoBuildError extends Error {
  override readonly name = 'GoBuildError';
}

/** What is built: a package in the context of a folder whose go.mod and go.sum pin every module. */
export interface GoProgram {
  /** First part of the cached file's name, with the version of what matters in it (`kubeapi-v1.36.3`). */
  readonly name: string;
  /** Folder with go.mod, go.sum and the sources. */
  readonly module: string;
  /** What to build, `.` or an import path. */
  readonly package: string;
  /** Values of variables that the linker sets: `-X name=value`. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * Path of a program built from Go modules: once, then kept in the user's cache folder under a name made of its version and
 * a hash of its sources and module sums. Several processes may ask at once: one builds, the others wait.
 * Throws GoBuildError when Go is missing or the build fails.
 */
export async function goBinary(program: GoProgram): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'podtrust', 'go');
  const file = join(cache, `${program.name}-${await fingerprint(program)}`);
  if (existsSync(file)) return file;
  await mkdir(cache, { recursive: true });
  await withLock(`${file}.lock`, async () => {
    if (!existsSync(file)) await build(program, file);
  });
  return file;
}

async function fingerprint(program: GoProgram): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([program.package, program.variables ?? {}]));
  const names = await readdir(program.module);
  for (const name of names.filter((each) => /^go\.(mod|sum)$|\.(go|s)$/.test(each)).sort()) {
    hash.update(`\n${name}\n`).update(await readFile(join(program.module, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

/** Builds beside the target and renames, so that nobody ever runs half a file. */
async function build(program: GoProgram, file: string): Promise<void> {
  const unfinished = `${file}.${randomUUID()}`;
  const variables = Object.entries(program.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const flags = ['-buildvcs=false', '-trimpath', '-ldflags', ['-s -w', ...variables].join(' ')];
  process.stderr.write(
    `Building ${program.name} from Go modules into ${file}: once, and it can take minutes.\n`,
  );
  try {
    await run('go', ['build', ...flags, '-o', unfinished, program.package], {
      cwd: program.module,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
      maxBuffer: 64 << 20,
    });
    await rename(unfinished, file);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw new GoBuildError(whyNot(program, cause), { cause });
  }
}

function whyNot(program: GoProgram, cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
    return `The Kubernetes suite builds ${program.name} from Go modules, and go is not on the PATH: install Go 1.26 or newer (https://go.dev/dl).`;
  }
  const said =
    cause instanceof Error && 'stderr' in cause ? String(cause.stderr).slice(-4000) : String(cause);
  return `go build ${program.package} in ${program.module} failed: ${said}`;
}

/** The lock holds its owner's process id; the lock of a process that is gone is taken over. */
async function withLock(lock: string, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await writeFile(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (owner > 0 && !isAlive(owner)) await rm(lock, { force: true });
    else await sleep(500);
  }
  try {
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process, so it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
