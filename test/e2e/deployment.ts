import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { startMinistack } from '../../scripts/emulators/ministack.ts';
import type { EmulatorServer } from '../../scripts/emulators/server.ts';

const run = promisify(execFile);

/** The emulator's first account; its access key id is the account id. */
export const ACCOUNT = '000000000000';
const REGION = 'us-east-1';

const outputsSchema = z.object({
  PodtrustHub: z.object({
    BusName: z.string(),
    TopicArn: z.string(),
    StateMachineArn: z.string(),
    DeadLetterQueueUrl: z.string(),
  }),
});

/** The hub as it was deployed. */
export interface Deployment {
  readonly emulator: EmulatorServer;
  readonly outputs: z.infer<typeof outputsSchema>['PodtrustHub'];
  /** What SDK clients take to reach it. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  readonly close: () => Promise<void>;
}

/** Starts ministack, bootstraps it, and deploys the real app with `context`. */
export async function deployHub(context: Readonly<Record<string, string>>): Promise<Deployment> {
  const emulator = await startMinistack();
  const folder = await mkdtemp(join(tmpdir(), 'podtrust-e2e-'));
  const close = async () => {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const outputs = join(folder, 'outputs.json');
    const cdk = (...args: string[]) =>
      runCdk(emulator, [...args, '--output', join(folder, 'cdk.out')], context);
    await cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
    await cdk('deploy', '--require-approval', 'never', '--outputs-file', outputs);
    return {
      emulator,
      outputs: outputsSchema.parse(JSON.parse(await readFile(outputs, 'utf8'))).PodtrustHub,
      client: {
        endpoint: emulator.endpoint,
        region: REGION,
        credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'emulated' },
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function runCdk(
  { endpoint }: EmulatorServer,
  args: readonly string[],
  context: Readonly<Record<string, string>>,
): Promise<void> {
  const given = Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
  await run(join('node_modules', '.bin', 'cdk'), [...args, ...given, '--ci'], {
    maxBuffer: 64 * 1024 * 1024,
    env: {
      // Both the CDK and the emulator's workers run the `node` on the PATH.
      PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      HOME: process.env['HOME'],
      NO_COLOR: '1',
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'emulated',
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  });
}
