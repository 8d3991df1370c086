import { join } from 'node:path';
import { type EmulatorServer, freePort, startServer } from './server.ts';
import { virtualenv } from './virtualenv.ts';

/** The version of moto (PyPI, Apache-2.0) that the suites and the benchmark were written against. */
const MOTO_VERSION = '5.2.5';

export interface MotoOptions {
  readonly port?: number;
  /** Further environment of the server. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts moto's server on loopback, in memory, with one account (123456789012) unless roles are assumed. */
export async function startMoto(options: MotoOptions = {}): Promise<EmulatorServer> {
  const bin = await virtualenv(`moto-${MOTO_VERSION}`, [`moto[server]==${MOTO_VERSION}`]);
  const port = options.port ?? (await freePort());
  return startServer({
    name: 'moto',
    command: join(bin, 'moto_server'),
    args: ['-H', '127.0.0.1', '-p', String(port)],
    env: { ...process.env, ...options.env },
    port,
    healthPath: '/moto-api/data.json',
  });
}
