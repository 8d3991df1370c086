import { delimiter, dirname, join } from 'node:path';
import { type EmulatorServer, freePort, startServer } from './server.ts';
import { virtualenv } from './virtualenv.ts';

/** The version of ministack (PyPI, MIT) that the suites were written against. */
const MINISTACK_VERSION = '1.5.33';

export interface MinistackOptions {
  readonly port?: number;
  /** Further environment, `CLOUDTRAIL_RECORDING: '1'` for instance. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts ministack on loopback. Accounts are isolated by access key id: use the 12-digit account id as one.
 * Its Lambda workers run the `node` on the PATH, so the one that runs this comes first.
 */
export async function startMinistack(options: MinistackOptions = {}): Promise<EmulatorServer> {
  const bin = await virtualenv(`ministack-${MINISTACK_VERSION}`, [`ministack==${MINISTACK_VERSION}`]);
  const port = options.port ?? (await freePort());
  const path = [dirname(process.execPath), bin, process.env['PATH'] ?? ''].join(delimiter);
  return startServer({
    name: 'ministack',
    command: join(bin, 'ministack'),
    args: [],
    env: {
      ...process.env,
      PATH: path,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      ...options.env,
    },
    port,
    healthPath: '/_ministack/health',
  });
}
