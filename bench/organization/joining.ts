import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { packed } from '../../cli/resume/kept-file.ts';
import { BUNDLING } from '../../infra/constructs/bundling.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { abstractOf } from '../../shared/pipeline/scan/abstract.ts';
import { accountOf } from './account.ts';
import { planOf } from './distribution.ts';

const run = promisify(execFile);

/** What a process that only joins takes. */
export interface JoiningResult {
  readonly read: number;
  readonly emptyMegabytes: number;
  /** Highest resident set of the whole process. */
  readonly megabytes: number;
  readonly cpuSeconds: number;
}

/** What a process takes that reads what is kept, judges it, and goes through what was found. */
export interface CommandResult extends JoiningResult {
  readonly found: number;
  /** Highest resident set, and CPU time, when everything was read. */
  readonly joinedMegabytes: number;
  readonly joinedSeconds: number;
  /** Most that the heap held between accounts and batches, what could be collected included. */
  readonly heapMegabytes: number;
}

const TAKEN_AT = '2026-11-22T12:00:00.000Z';
const SCOPE = 'bench';

/**
 * The accounts as the scan's collection leaves them, and as an interrupted command keeps them: joined by a process of its own,
 * and judged by one for each size.
 */
export async function measureJoining(
  scanned: number,
  sizes: readonly number[],
): Promise<{ readonly scan: JoiningResult; readonly commands: readonly CommandResult[] }> {
  const kept = Math.max(...sizes);
  const folder = await mkdtemp(join(tmpdir(), 'podtrust-bench-'));
  try {
    const abstracts = join(folder, 'abstracts');
    const readings = join(folder, 'readings');
    await Promise.all([mkdir(abstracts), mkdir(readings)]);
    for (let index = 0; index < Math.max(scanned, kept); index++) {
      const account = accountOf(planOf(index));
      if (index < scanned) await writeFile(join(abstracts, `${account.id}.json`), abstractText(account));
      if (index < kept)
        await writeFile(
          join(readings, `${account.id}.json.gz`),
          packed({ account, coverage: [], takenAt: TAKEN_AT }, SCOPE),
        );
    }
    const scan = await measured<JoiningResult>('joining-scan', folder, [abstracts, String(scanned)]);
    const commands: CommandResult[] = [];
    for (const size of sizes)
      commands.push(await measured('joining-command', folder, [readings, String(size), SCOPE]));
    return { scan, commands };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function abstractText(account: Snapshot['accounts'][number]): string {
  const snapshot: Snapshot = { schemaVersion: 1, takenAt: TAKEN_AT, accounts: [account], coverage: [] };
  const key = `scan/${account.id}.json`;
  return JSON.stringify(abstractOf({ snapshot, account, key, digest: sha256(key), bindings: [] }));
}

/** As it is shipped: one bundle, so that type stripping and module resolution are not measured. */
async function measured<Result>(name: string, folder: string, args: readonly string[]): Promise<Result> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
    ...BUNDLING,
    // The simulator knows operations by the names of classes.
    minify: false,
  });
  const { stdout } = await run(process.execPath, [outfile, ...args], { maxBuffer: 1024 * 1024 });
  return JSON.parse(stdout);
}
