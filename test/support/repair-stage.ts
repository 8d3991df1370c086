import { CreateRoleCommand, GetRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import type { Approver } from '../../shared/changes/guards/approval.ts';
import { type Config, configSchema } from '../../shared/config/config.ts';
import type { Message } from '../../shared/pipeline/message.ts';
import { createPipeline, type PipelineOptions } from '../../simulator/pipeline/pipeline.ts';
import { createSimulation, type Simulation } from '../../simulator/simulation.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/shop`;
const ADMIN = `arn:aws:iam::${ACCOUNT}:role/Admin`;

const PEOPLE = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' },
  ],
});

export const alice: Approver = {
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/alice`,
  account: ACCOUNT,
  userId: 'AROA0:alice',
};

/** A configuration that lets plans be approved, and declares who is meant to have the role. */
export const approving = (fixes: object = {}): Config =>
  configSchema.parse({
    bindings: [
      {
        cluster: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/prod`,
        namespace: 'shop',
        serviceAccount: 'cart',
        role: ROLE,
      },
    ],
    fixes: { mode: 'approve', ...fixes },
  });

/** A simulated account with a cluster, its provider and one role whose trust somebody can break, watched by a pipeline. */
export async function repairStage(
  config: Config,
  {
    authenticationMode = 'API',
    delaySeconds = 0,
    ...options
  }: Partial<PipelineOptions> & { authenticationMode?: Mode; delaySeconds?: number } = {},
) {
  const simulation = createSimulation({
    now: '2026-11-22T09:00:00Z',
    accounts: [{ id: ACCOUNT, regions: [REGION] }],
    clusterCreationSeconds: 0,
    delaySeconds,
  });
  const admin = simulation.as(ACCOUNT, ADMIN, { session: 'alice' });
  const iam = admin('iam', null, null);
  await iam.send(new CreateRoleCommand({ RoleName: 'Admin', AssumeRolePolicyDocument: PEOPLE }));
  const { issuer, provider } = await makeCluster(simulation, authenticationMode);
  const trust = (subject: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Pods',
          Effect: 'Allow',
          Principal: { Federated: provider },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringEquals: { [`${issuer}:sub`]: subject, [`${issuer}:aud`]: 'sts.amazonaws.com' } },
        },
      ],
    });
  const sound = trust('system:serviceaccount:shop:cart');
  const broken = trust('system:serviceaccount:shop/cart');
  await iam.send(new CreateRoleCommand({ RoleName: 'shop', AssumeRolePolicyDocument: sound }));
  const pipeline = createPipeline(simulation, { config, ...options });
  const live = async (): Promise<string> => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'shop' }));
    return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
  };
  const write = (PolicyDocument: string) =>
    iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'shop', PolicyDocument }));
  return { simulation, pipeline, live, write, sound, broken, iam, admin, issuer, provider };
}

type Mode = 'API' | 'API_AND_CONFIG_MAP';

async function makeCluster(
  simulation: Simulation,
  authenticationMode: Mode,
): Promise<{ issuer: string; provider: string }> {
  const { CreateClusterCommand, DescribeClusterCommand } = await import('@aws-sdk/client-eks');
  const { CreateOpenIDConnectProviderCommand } = await import('@aws-sdk/client-iam');
  const clients = simulation.as(ACCOUNT, ADMIN, { session: 'alice' });
  const eks = clients('eks', null, REGION);
  await eks.send(
    new CreateClusterCommand({
      name: 'prod',
      roleArn: `arn:aws:iam::${ACCOUNT}:role/cluster`,
      resourcesVpcConfig: {},
      accessConfig: { authenticationMode },
    }),
  );
  simulation.clock.advance(700);
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'prod' }));
  const issuer = (cluster?.identity?.oidc?.issuer ?? '').replace('https://', '');
  const { OpenIDConnectProviderArn: provider = '' } = await clients('iam', null, null).send(
    new CreateOpenIDConnectProviderCommand({
      Url: `https://${issuer}`,
      ClientIDList: ['sts.amazonaws.com'],
    }),
  );
  return { issuer, provider };
}

/** What the topic told of repairs. */
export function repairsIn(messages: readonly Message[]) {
  return messages
    .filter(({ attributes }) => attributes['type'] === 'repair')
    .map(
      ({ json }) =>
        JSON.parse(json) as {
          what: string;
          plan: string;
          reason?: string;
          next: string[];
          intent: string;
          diff: string;
          admits: string[];
          approval: string[];
          risk: { level: string };
          patch?: { form: string }[];
        },
    );
}
