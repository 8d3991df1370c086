import { execFile } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ClientConfig } from './cloudtrail-bridge.ts';

const run = promisify(execFile);

/** Runs the CDK against the emulator as one of its accounts. */
export async function cdk(
  { endpoint, region, credentials }: ClientConfig,
  args: readonly string[],
): Promise<void> {
  await run(join('node_modules', '.bin', 'cdk'), [...args, '--ci'], {
    maxBuffer: 64 * 1024 * 1024,
    env: {
      // Both the CDK and the emulator's workers run the `node` on the PATH.
      PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      HOME: process.env['HOME'],
      NO_COLOR: '1',
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  });
}
