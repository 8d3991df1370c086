import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, it, vi } from 'vitest';
import * as z from 'zod';
import { keepServers } from '../support/kubernetes/kept-servers.ts';

const CLUSTER = new URL('../support/kubernetes/cluster.ts', import.meta.url).href;

/** A process of its own that starts a cluster, says where and waits. */
async function startElsewhere(): Promise<{ process: ChildProcess; server: string; folder: string }> {
  const script = `
    const { startCluster } = await import(${JSON.stringify(CLUSTER)});
    const { kubernetes } = await startCluster({ controllers: false, authenticator: true });
    console.log(JSON.stringify({ server: kubernetes.server, folder: kubernetes.folder }));
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    return {
      process: child,
      ...z.object({ server: z.string(), folder: z.string() }).parse(JSON.parse(line)),
    };
  }
  throw new Error('the cluster did not start');
}

async function isListening(server: string): Promise<boolean> {
  return fetch(server.replace('https:', 'http:')).then(
    () => true,
    () => false,
  );
}

it.each<NodeJS.Signals>(['SIGKILL', 'SIGINT'])(
  'ends with its owner, whose end is %s, and leaves nothing',
  async (signal) => {
    const { process: owner, server, folder } = await startElsewhere();
    expect(await isListening(server)).toBe(true);
    expect(existsSync(folder)).toBe(true);
    owner.kill(signal);
    await vi.waitFor(async () => expect(await isListening(server)).toBe(false), { timeout: 10_000 });
    await vi.waitFor(() => expect(existsSync(folder)).toBe(false), { timeout: 10_000 });
  },
);

it('says what a server printed that does not start', async () => {
  const servers = await keepServers();
  const broken = {
    name: 'broken',
    command: process.execPath,
    args: ['-e', 'console.error("no such flag"); process.exit(3)'],
    env: {},
  };
  await expect(servers.start(broken, async () => false)).rejects.toMatchObject({
    name: 'ServerStartError',
    message: expect.stringMatching(/broken: exit 3[\s\S]*no such flag/),
  });
  await expect(
    servers.start({ ...broken, name: 'missing', command: '/nowhere' }, async () => false),
  ).rejects.toThrow('ENOENT');
  await servers.close();
  expect(existsSync(servers.folder)).toBe(false);
});
