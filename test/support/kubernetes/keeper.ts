/**
 * Keeps server processes for a test run: starts what it is told on standard input, and when that ends, however the test
 * run ended, kills the servers in the reverse order and removes the folder named by its argument. A process of its own,
 * because nothing runs in a process that was killed.
 *
 * The API server goes before etcd because it never exits once etcd is gone. All state is in the folder: no need for grace.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { KeptServer } from './kept-servers.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: keeper.ts FOLDER');

// Ctrl-C reaches the whole process group; the order of the end is the keeper's.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const children: ChildProcess[] = [];

function start(server: KeptServer): void {
  const log = openSync(server.log, 'a');
  const child = spawn(server.command, server.args, {
    detached: true,
    env: { ...process.env, ...server.env },
    stdio: ['ignore', log, log],
  });
  children.push(child);
  const report = (why: string): void => {
    process.stdout.write(`${JSON.stringify({ name: server.name, why })}\n`);
  };
  child.once('error', (error) => report(error.message));
  child.once('exit', (code, signal) => report(`exit ${code ?? signal}`));
}

// Nobody reads any more when the test run was killed.
process.stdout.on('error', () => undefined);

for await (const line of createInterface({ input: process.stdin })) start(JSON.parse(line));

for (const child of children.reverse()) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) continue;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
await rm(folder, { recursive: true, force: true });
process.exit(0);
