import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A local server process that answers on loopback. */
export interface EmulatorServer {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly port: number;
  /** What the process printed so far, the last 64 KiB. */
  readonly output: () => string;
  readonly close: () => Promise<void>;
}

/** An emulator that did not come up. */
class EmulatorStartError extends Error {
  override readonly name = 'EmulatorStartError';
}

export interface ServerCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  /** Path that answers 200 when the server is ready. */
  readonly healthPath: string;
}

/** A TCP port on loopback that nobody uses. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** Starts a server and waits until it answers, at most a minute. Throws EmulatorStartError with what it printed. */
export async function startServer(server: ServerCommand): Promise<EmulatorServer> {
  let printed = '';
  const child = spawn(server.command, server.args, { env: server.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const keep = (chunk: Buffer): void => {
    printed = (printed + chunk.toString('utf8')).slice(-65_536);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let failure: Error | null = null;
  child.once('error', (error) => {
    failure = error;
  });
  const endOnExit = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', endOnExit);

  const endpoint = `http://127.0.0.1:${server.port}`;
  const patience = Date.now() + 60_000;
  while (!(await answers(endpoint + server.healthPath))) {
    if (failure !== null || child.exitCode !== null || Date.now() > patience) {
      child.kill('SIGKILL');
      throw new EmulatorStartError(`${server.name} did not start. It printed:\n${printed}`, {
        cause: failure,
      });
    }
    await sleep(100);
  }
  return {
    endpoint,
    port: server.port,
    output: () => printed,
    close: async () => {
      process.off('exit', endOnExit);
      await stop(child);
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(killer);
}
