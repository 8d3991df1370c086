import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccountClient, paginateListRegions } from '@aws-sdk/client-account';
import { EnableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import {
  LambdaClient,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetAccessKeyInfoCommand, STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { startMinistack } from '../../scripts/emulators/ministack.ts';
import type { EmulatorServer } from '../../scripts/emulators/server.ts';
import { startEksServer } from '../../simulator/http/server.ts';
import { createSimulation, type Simulation } from '../../simulator/simulation.ts';
import { cdk } from './cdk.ts';
import { type ClientConfig, startBridge } from './cloudtrail-bridge.ts';
import { adaptTemplates } from './emulated-template.ts';
import { startLoopback } from './loopback.ts';
import { startSecurityHub } from './security-hub.ts';

/** The emulated accounts; in the emulator an access key id that is an account's id is of that account. */
export const HUB = '000000000000';
export const MEMBER = '111111111111';
export const REGION = 'us-east-1';
/** As which the bridge puts events on the hub's bus. */
export const SOURCE = 'podtrust.test';

/** Roles that the simulated EKS lets associations name. */
const POD_ROLES = ['orders', 'orders-old'] as const;

/** What a role's trust policy must say for Pod Identity. */
export const POD_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    },
  ],
});

const outputsSchema = z.object({
  PodtrustHub: z.object({
    BusName: z.string(),
    BusArn: z.string(),
    TopicArn: z.string(),
    StateMachineArn: z.string(),
    OrgScanArn: z.string(),
    BucketName: z.string(),
    ChatTopicArn: z.string(),
    AlarmTopicArn: z.string(),
    DeadLetterQueueUrl: z.string(),
    OutboxFailuresUrl: z.string(),
    TableName: z.string(),
    RepairTableName: z.string(),
  }),
});

/** What tests need to know of the deployment; plain data. */
export interface Deployed {
  readonly outputs: z.infer<typeof outputsSchema>['PodtrustHub'];
  readonly hub: ClientConfig;
  readonly member: ClientConfig;
  /** Where the simulated EKS listens, for both accounts. */
  readonly eksEndpoint: string;
  /** Where Security Hub listens, and tells what it was given (`GET /`). */
  readonly securityHubEndpoint: string;
  /** Tells what the emulator printed, the logs of all functions among it. */
  readonly outputEndpoint: string;
}

interface Running {
  readonly deployed: Deployed;
  readonly simulation: Simulation;
  readonly emulator: EmulatorServer;
  readonly close: () => Promise<void>;
}

interface Options {
  /** The batch window of the queue, seconds. */
  readonly batchSeconds: number;
}

/**
 * Starts ministack and a simulated EKS, bootstraps and deploys the real hub, points the deployed functions' EKS clients at
 * the simulator, and lets records become events.
 */
export async function deploy({ batchSeconds }: Options): Promise<Running> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'podtrust-e2e-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    const emulator = await startMinistack({ env: { CLOUDTRAIL_RECORDING: '1' } });
    closers.push(emulator.close);
    const hub = clientOf(emulator, HUB);
    const member = clientOf(emulator, MEMBER);

    const simulation = await simulatedEks(hub);
    const eks = await startEksServer(simulation, { accountOf: accountOf(hub) });
    closers.push(eks.close);
    const ticking = setInterval(() => catchUp(simulation), 100);
    closers.push(async () => clearInterval(ticking));

    const outputs = await deployHub(hub, folder, batchSeconds);
    const securityHub = await startSecurityHub();
    closers.push(securityHub.close);
    const output = await startLoopback(() => ({ status: 200, body: emulator.output() }));
    closers.push(output.close);
    await point(hub, {
      AWS_ENDPOINT_URL_EKS: eks.endpoint,
      AWS_ENDPOINT_URL_SECURITYHUB: securityHub.endpoint,
    });
    await enableRules(hub, outputs.BusName);
    await joinMember(member, folder, outputs.BusArn);
    await deployWriteRole(hub, folder);
    const accounts = { [HUB]: hub, [MEMBER]: member };
    closers.push(startBridge({ accounts, simulation, source: SOURCE, pollMilliseconds: 100 }));
    return {
      deployed: {
        outputs,
        hub,
        member,
        eksEndpoint: eks.endpoint,
        securityHubEndpoint: securityHub.endpoint,
        outputEndpoint: output.endpoint,
      },
      simulation,
      emulator,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function clientOf({ endpoint }: EmulatorServer, accessKeyId: string): ClientConfig {
  return { endpoint, region: REGION, credentials: { accessKeyId, secretAccessKey: 'emulated' } };
}

/** Simulated accounts with the regions that the emulator says are enabled; clusters are there at once. */
async function simulatedEks(config: ClientConfig): Promise<Simulation> {
  const regions: string[] = [];
  for await (const { Regions = [] } of paginateListRegions({ client: new AccountClient(config) }, {}))
    regions.push(...Regions.flatMap(({ RegionName }) => RegionName ?? []));
  const simulation = createSimulation({
    now: new Date(),
    accounts: [HUB, MEMBER].map((id) => ({ id, regions })),
    clusterCreationSeconds: 0,
    updateSeconds: 0,
  });
  for (const RoleName of POD_ROLES) await podRole(simulation, RoleName);
  return simulation;
}

/** EKS looks at a role when an association is made; the simulated EKS has an IAM of its own to look at. */
async function podRole(simulation: Simulation, RoleName: string): Promise<void> {
  const iam = simulation.clients({ account: HUB })('iam', null, null);
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: POD_TRUST }));
}

/** Simulated time follows the real one. */
function catchUp({ clock }: Simulation): void {
  const behind = Date.now() - clock.now().getTime();
  if (behind > 0) clock.advance(behind / 1000);
}

/** The account of a session that the emulator's STS gave out. */
function accountOf(config: ClientConfig): (accessKeyId: string) => Promise<string | null> {
  const sts = new STSClient(config);
  return async (AccessKeyId) => {
    if (/^\d{12}$/.test(AccessKeyId)) return AccessKeyId;
    const { Account } = await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId }));
    return Account ?? null;
  };
}

const EXTERNAL_ID = 'podtrust-e2e';
const CONFIG_FILE = 'podtrust.config.json';

const deploymentOf = (batchSeconds: number) => ({
  region: REGION,
  members: { accounts: [MEMBER] },
  extraSources: [SOURCE],
  batchSeconds,
  // Fewer than there are accounts: the loop that sets the pace of a scan runs.
  scan: { concurrency: 1 },
  sessions: { successful: [HUB] },
  notifications: { chat: true, securityHub: true },
  alarms: { canaryMinutes: 1 },
  readRole: { name: 'podtrust-read', externalId: EXTERNAL_ID },
});

/** One rule is repaired, so that no other test hears of repairs. */
const FIXES = { mode: 'off', settings: [{ rule: 'no-malformed-subject', mode: 'approve' }] };

/** Deploys the templates for other accounts, as they are written for a StackSet, into the member account. */
async function joinMember(member: ClientConfig, folder: string, busArn: string): Promise<void> {
  const assembly = join(folder, 'member');
  await cdk(member, ['synth', '--quiet', '--app', 'node infra/templates.ts', '--output', assembly]);
  const parameters = [
    `PodtrustMember:HubBusArn=${busArn}`,
    `PodtrustReadRole:HubAccount=${HUB}`,
    `PodtrustReadRole:ExternalId=${EXTERNAL_ID}`,
  ];
  await cdk(member, [
    ...['deploy', '--all', '--app', assembly, '--require-approval', 'never'],
    ...parameters.flatMap((each) => ['--parameters', each]),
  ]);
}

/** Deploys the write role's template, as it is written for a StackSet, into the hub's own account, which is repaired. */
async function deployWriteRole(hub: ClientConfig, folder: string): Promise<void> {
  const assembly = join(folder, 'write-role');
  const config = ['--context', `config=${join(folder, CONFIG_FILE)}`];
  await cdk(hub, ['synth', '--quiet', '--app', 'node infra/templates.ts', '--output', assembly, ...config]);
  await cdk(hub, [
    ...['deploy', 'PodtrustWriteRole', '--app', assembly, '--require-approval', 'never'],
    ...['--parameters', `PodtrustWriteRole:HubAccount=${HUB}`],
    ...['--parameters', `PodtrustWriteRole:ExternalId=${EXTERNAL_ID}`],
  ]);
}

/** Deploys what the CDK synthesizes for a deployment, without the one resource that the emulator refuses. */
async function deployHub(
  hub: ClientConfig,
  folder: string,
  batchSeconds: number,
): Promise<Deployed['outputs']> {
  const assembly = join(folder, 'cdk.out');
  const outputs = join(folder, 'outputs.json');
  const config = join(folder, CONFIG_FILE);
  await writeFile(config, JSON.stringify({ deployment: deploymentOf(batchSeconds), fixes: FIXES }));
  await cdk(hub, ['synth', '--quiet', '--output', assembly, '--context', `config=${config}`]);
  const taken = await adaptTemplates(assembly);
  if (taken.length !== 1) throw new Error(`Taken out of the templates: ${taken.join(', ')}.`);
  await cdk(hub, [
    ...['bootstrap', `aws://${HUB}/${REGION}`, '--app', assembly],
    // The emulator makes empty strings of what the template leaves out, so nothing is left out.
    ...['--cloudformation-execution-policies', 'arn:aws:iam::aws:policy/AdministratorAccess'],
    ...['--trust', HUB, '--trust-for-lookup', HUB],
  ]);
  await cdk(hub, [
    ...['deploy', '--app', assembly, '--require-approval', 'never', '--outputs-file', outputs],
  ]);
  return outputsSchema.parse(JSON.parse(await readFile(outputs, 'utf8'))).PodtrustHub;
}

/** The emulator has no Pod Identity and no Security Hub: the deployed functions ask others about them. */
async function point(hub: ClientConfig, endpoints: Readonly<Record<string, string>>): Promise<void> {
  const lambda = new LambdaClient(hub);
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName, Environment } of Functions) {
      const Variables = { ...Environment?.Variables, ...endpoints };
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    }
  }
}

/** The emulator takes every state but ENABLED for disabled. */
async function enableRules(hub: ClientConfig, EventBusName: string): Promise<void> {
  const events = new EventBridgeClient(hub);
  const { Rules = [] } = await events.send(new ListRulesCommand({ EventBusName }));
  for (const { Name, State } of Rules)
    if (State === 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS')
      await events.send(new EnableRuleCommand({ Name, EventBusName }));
}
