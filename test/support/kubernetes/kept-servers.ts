import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** A server that the keeper starts. */
export interface KeptServer {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** File that takes what it prints. */
  readonly log: string;
}

/** Servers that live as long as this process, in a folder that goes with them. */
export interface KeptServers {
  readonly folder: string;
  /** Starts a server and waits until `ready` says so. Throws ServerStartError with the end of what it printed. */
  readonly start: (server: Omit<KeptServer, 'log'>, ready: () => Promise<boolean>) => Promise<void>;
  /** Ends the servers, the last started first, and removes the folder. */
  readonly close: () => Promise<void>;
}

/** A server ended or did not answer in time. */
class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
}

const PATIENCE_MS = 120_000;
const ended = z.object({ name: z.string(), why: z.string() });

/** Makes the folder and the process that keeps the servers. */
export async function keepServers(): Promise<KeptServers> {
  const folder = await mkdtemp(join(tmpdir(), 'podtrust-kubernetes-'));
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('keeper.ts', import.meta.url)), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Map<string, string>();
  createInterface({ input: keeper.stdout }).on('line', (line) => {
    const { name, why } = ended.parse(JSON.parse(line));
    gone.set(name, why);
  });
  return {
    folder,
    start: async (server, ready) => {
      const log = join(folder, `${server.name}.log`);
      keeper.stdin.write(`${JSON.stringify({ ...server, log } satisfies KeptServer)}\n`);
      const patience = Date.now() + PATIENCE_MS;
      while (!(await ready())) {
        const why = gone.get(server.name) ?? (Date.now() > patience ? 'no answer in two minutes' : null);
        if (why === null) {
          await sleep(50);
          continue;
        }
        const printed = await readFile(log, 'utf8').catch(() => '');
        throw new ServerStartError(`${server.name}: ${why}. It printed:\n${printed.slice(-4000)}`);
      }
    },
    close: async () => {
      if (keeper.exitCode !== null) return;
      const exit = once(keeper, 'exit');
      keeper.stdin.end();
      await exit;
    },
  };
}
