import { CreateClusterCommand, DescribeClusterCommand } from '@aws-sdk/client-eks';
import { CreateOpenIDConnectProviderCommand } from '@aws-sdk/client-iam';
import { createSimulation, type Simulation, type SimulationOptions } from '../../simulator/simulation.ts';

export const ACCOUNT = '111122223333';

/** An organization of one account with an active cluster `shop` and its OIDC provider. */
export async function organizationWithCluster(
  options: Partial<SimulationOptions> = {},
): Promise<{ simulation: Simulation; issuer: string; provider: string }> {
  const simulation = createSimulation({
    now: '2026-11-20T09:00:00Z',
    accounts: [{ id: ACCOUNT, name: 'shop', regions: ['eu-west-1'] }],
    ...options,
  });
  const clients = simulation.as(ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/admin`);
  const eks = clients('eks', null, 'eu-west-1');
  await eks.send(
    new CreateClusterCommand({
      name: 'shop',
      roleArn: `arn:aws:iam::${ACCOUNT}:role/cluster`,
      resourcesVpcConfig: { subnetIds: ['subnet-1', 'subnet-2'] },
      // Nobody has access to it: what is tested is who gets roles.
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
    }),
  );
  simulation.clock.advance(1200);
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'shop' }));
  const url = cluster?.identity?.oidc?.issuer ?? '';
  const { OpenIDConnectProviderArn: provider = '' } = await clients('iam', null, null).send(
    new CreateOpenIDConnectProviderCommand({ Url: url, ClientIDList: ['sts.amazonaws.com'] }),
  );
  simulation.clock.advance(60);
  return { simulation, issuer: url.replace('https://', ''), provider };
}
