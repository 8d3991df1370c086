import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { App } from 'aws-cdk-lib';
import { deployCommands, environmentsOf, missingBootstraps } from './bootstrap.ts';
import { hubSettings } from './hub-config.ts';

/**
 * `npm run deploy`: bootstraps the hub's account and regions where the CDK was never used there, and deploys the hub.
 * Takes `-c NAME=VALUE` and `--profile NAME`, for both; what stands behind `--` goes to `cdk deploy`.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    context: { type: 'string', short: 'c', multiple: true, default: [] },
    profile: { type: 'string' },
  },
});
const context = Object.fromEntries(
  values.context.map((text) => {
    const [name = '', ...value] = text.split('=');
    return [name, value.join('=')];
  }),
);
const from = values.profile === undefined ? {} : { profile: values.profile };
const shared = [
  ...values.context.flatMap((each) => ['-c', each]),
  ...(values.profile === undefined ? [] : ['--profile', values.profile]),
];

const sts = new STSClient(from);
const region = hubSettings(new App({ context })).deployment.region ?? (await sts.config.region());
const { Account: account = '' } = await sts.send(new GetCallerIdentityCommand());
const missing = await missingBootstraps(
  environmentsOf({ account, region }),
  (place) => new SSMClient({ ...from, region: place }),
);
for (const place of missing)
  process.stdout.write(
    `The CDK was never used in account ${place.account}, region ${place.region}: it is bootstrapped first.\n`,
  );

const unattended = process.env['CI'] !== undefined;
for (const command of deployCommands(missing, { shared, rest: positionals, unattended })) {
  process.stdout.write(`cdk ${command.join(' ')}\n`);
  const { status, error } = spawnSync('cdk', command, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
