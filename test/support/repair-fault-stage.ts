import { EKSClient } from '@aws-sdk/client-eks';
import {
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { throughWriteRole } from '../../shared/aws/changes/enter.ts';
import { type Config, configSchema } from '../../shared/config/config.ts';
import { readSnapshot } from '../../shared/pipeline/read-claims.ts';
import type { Repair } from '../../shared/pipeline/repair/repair.ts';
import { createPipeline } from '../../simulator/pipeline/pipeline.ts';
import type { Simulation } from '../../simulator/simulation.ts';
import { readableCluster } from './cluster-api/readable-cluster.ts';
import { furnishedOrganization, HUB_ACCOUNT, READ_ROLE } from './furnished-organization.ts';
import { type Calls, createCalls } from './hub/calls.ts';
import { type Hub, hubServices } from './hub/services.ts';
import { ACCOUNT } from './simulated-cluster.ts';
import { writeRoleText } from './write-role.ts';

export const RoleName = 'checkout';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
export const WRITE_ROLE = 'podtrust-write';
const HUB_ROLE = `arn:aws:iam::${HUB_ACCOUNT}:role/podtrust`;
export const admin = (simulation: Simulation) =>
  simulation.as(ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/admin`)('iam', null, null);

export const CONFIG: Config = configSchema.parse({
  bindings: [
    {
      cluster: `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/shop`,
      namespace: 'shop',
      serviceAccount: 'checkout',
      role: ROLE,
    },
  ],
  deployment: { readRole: { name: READ_ROLE } },
  fixes: {
    mode: 'approve',
    writeRole: WRITE_ROLE,
    // Makes planning read tags; without them it is as if the setting were not there.
    settings: [{ roleTag: { key: 'tier', value: 'sandbox' }, mode: 'auto' }],
  },
});

const trusting = (issuer: string, subject: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Pods',
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${issuer}:sub`]: subject, [`${issuer}:aud`]: 'sts.amazonaws.com' } },
      },
    ],
  });

export interface Found {
  readonly simulation: Simulation;
  readonly hub: Hub;
  readonly repair: Repair;
  readonly broken: string;
  /** What its repair makes of it. */
  readonly sound: string;
}

/** What is deployed with repairs, and a trust policy with a slip in it that the pipeline has found. */
export async function found(): Promise<Found> {
  const { simulation, issuer } = await furnishedOrganization();
  const broken = trusting(issuer, 'system:serviceaccount:shop/checkout');
  await admin(simulation).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: broken }));
  await writeRole(simulation);
  const calls = createCalls();
  const kubernetes = await readableCluster(simulation, calls);
  const hub = hubServices(calls, simulation.clock.now);
  const pipeline = createPipeline(simulation, {
    services: hub.services,
    config: CONFIG,
    clients: clientsOf(simulation),
    kubernetes: kubernetes.read,
  });
  await admin(simulation).send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: broken }));
  await pipeline.settle();
  const [execution] = pipeline.repairs.executions;
  if (execution === undefined) throw new Error('Nothing was found that is to be repaired.');
  pipeline.close();
  await kubernetes.close();
  simulation.clock.advance(900);
  return {
    simulation,
    hub,
    repair: execution.repair,
    broken,
    sound: trusting(issuer, 'system:serviceaccount:shop:checkout'),
  };
}

/** The role of an account that is written, as its stack makes it, for the hub to open sessions of. */
async function writeRole(simulation: Simulation): Promise<void> {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: HUB_ROLE }, Action: 'sts:AssumeRole' }],
  };
  await admin(simulation).send(
    new CreateRoleCommand({ RoleName: WRITE_ROLE, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  await admin(simulation).send(
    new PutRolePolicyCommand({
      RoleName: WRITE_ROLE,
      PolicyName: 'Writes',
      PolicyDocument: writeRoleText({ account: ACCOUNT }),
    }),
  );
  simulation.clock.advance(60);
}

export const clientsOf = (simulation: Simulation) => () =>
  simulation.clients({ account: HUB_ACCOUNT, readRole: READ_ROLE });

/** Accounts are entered as deployed, with sessions of the write role, by each process anew. */
export function entering(simulation: Simulation, calls: Calls) {
  const sts = clientsOf(simulation)()('sts', null, null);
  const enter = calls.ofProcess(() =>
    throughWriteRole(
      { name: WRITE_ROLE, session: 'podtrust-fix' },
      {
        configure: (region) => ({ region: region ?? 'us-east-1', maxAttempts: 1 }),
        sts: () => sts,
        region: async () => 'eu-west-1',
        eks: (config) => simulation.attach('eks', new EKSClient(config)),
        iam: (config) => simulation.attach('iam', new IAMClient(config)),
      },
    ),
  );
  return (account: string, policy: string) => enter()(account, policy);
}

/** Lets the snapshot of a repair show that Terraform manages the role. */
export async function ownedByTerraform({ services }: Hub, { snapshots }: Repair): Promise<void> {
  for (const key of snapshots) {
    const snapshot = await readSnapshot(services.claims, key);
    const accounts = snapshot.accounts.map(({ roles, ...account }) => ({
      ...account,
      ...(roles !== undefined && {
        roles: roles.map((role) =>
          role.arn === ROLE ? { ...role, tags: { 'managed-by': 'terraform' } } : role,
        ),
      }),
    }));
    await services.claims.put(key, JSON.stringify({ ...snapshot, accounts }));
  }
}
