import {
  AssociateAccessPolicyCommand,
  AssociateIdentityProviderConfigCommand,
  CreateAccessEntryCommand,
  CreateAddonCommand,
  CreateCapabilityCommand,
  CreateFargateProfileCommand,
  CreateNodegroupCommand,
  CreatePodIdentityAssociationCommand,
} from '@aws-sdk/client-eks';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import type { Simulation } from '../../simulator/simulation.ts';
import { ACCOUNT, organizationWithCluster } from './simulated-cluster.ts';

/** The account of podtrust, which has nothing else in it: every account is entered through its read role. */
export const HUB_ACCOUNT = '999988887777';
/** The account of a target role. */
export const TARGET_ACCOUNT = '444455556666';
/** The role through which podtrust reads. */
export const READ_ROLE = 'podtrust-read';

const roleArn = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;
const trusting = (Principal: object, ...Action: string[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action }] });

/**
 * An organization in which every read of a collection has something to read: a cluster with one of everything, trails, a
 * policy that is a boundary only, and a target role in another account.
 */
export async function furnishedOrganization(): Promise<{ simulation: Simulation; issuer: string }> {
  const { simulation, issuer } = await organizationWithCluster({
    detailsHaveBoundaries: false,
    accounts: [
      { id: ACCOUNT, name: 'shop', regions: ['eu-west-1'] },
      { id: TARGET_ACCOUNT, name: 'data', regions: ['eu-west-1'] },
      { id: HUB_ACCOUNT, name: 'security' },
    ],
  });
  const lambda = trusting({ Service: 'lambda.amazonaws.com' }, 'sts:AssumeRole');
  await createRole(simulation, HUB_ACCOUNT, 'podtrust', lambda);
  await readable(simulation, ACCOUNT);
  await readable(simulation, TARGET_ACCOUNT);
  await ownRoles(simulation);
  await targetRole(simulation);
  await furnish(simulation);
  simulation.world.accounts.get(ACCOUNT)?.trails.push(trail('all'), trail('write'));
  simulation.clock.advance(60);
  return { simulation, issuer };
}

/** A trail of the management events of a kind; one that takes not all of them has selectors of its own. */
const trail = (managementEvents: 'all' | 'write') => ({
  arn: `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/${managementEvents}`,
  name: managementEvents,
  homeRegion: 'eu-west-1',
  multiRegion: true,
  organization: false,
  logging: true,
  managementEvents,
});

const admin = (simulation: Simulation, account: string) =>
  simulation.as(account, `arn:aws:iam::${account}:role/admin`);

async function createRole(simulation: Simulation, account: string, name: string, trust: string, more = {}) {
  const iam = admin(simulation, account)('iam', null, null);
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust, ...more }));
}

const readable = (simulation: Simulation, account: string) =>
  createRole(
    simulation,
    account,
    READ_ROLE,
    trusting({ AWS: roleArn('podtrust', HUB_ACCOUNT) }, 'sts:AssumeRole'),
  );

/** The role that an association's role assumes in turn. */
const targetRole = (simulation: Simulation) =>
  createRole(
    simulation,
    TARGET_ACCOUNT,
    'orders-data',
    trusting({ AWS: roleArn('orders') }, 'sts:AssumeRole', 'sts:TagSession'),
  );

/** The role of an association, bounded by a policy of AWS that nobody has attached, and one of nodes. */
async function ownRoles(simulation: Simulation): Promise<void> {
  await createRole(
    simulation,
    ACCOUNT,
    'orders',
    trusting({ Service: 'pods.eks.amazonaws.com' }, 'sts:AssumeRole', 'sts:TagSession'),
    { PermissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess' },
  );
  await createRole(
    simulation,
    ACCOUNT,
    'nodes',
    trusting({ Service: ['ec2.amazonaws.com', 'eks-fargate-pods.amazonaws.com'] }, 'sts:AssumeRole'),
  );
}

/** One of everything that a cluster can have. */
async function furnish(simulation: Simulation): Promise<void> {
  const eks = admin(simulation, ACCOUNT)('eks', null, 'eu-west-1');
  const clusterName = 'shop';
  await eks.send(new CreateAddonCommand({ clusterName, addonName: 'eks-pod-identity-agent' }));
  await eks.send(
    new CreatePodIdentityAssociationCommand({
      clusterName,
      namespace: 'shop',
      serviceAccount: 'orders',
      roleArn: roleArn('orders'),
      targetRoleArn: roleArn('orders-data', TARGET_ACCOUNT),
    }),
  );
  const principalArn = roleArn('orders');
  await eks.send(new CreateAccessEntryCommand({ clusterName, principalArn }));
  await eks.send(
    new AssociateAccessPolicyCommand({
      clusterName,
      principalArn,
      policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy',
      accessScope: { type: 'cluster' },
    }),
  );
  const subnets = ['subnet-1', 'subnet-2'];
  await eks.send(
    new CreateNodegroupCommand({
      clusterName,
      nodegroupName: 'general',
      nodeRole: roleArn('nodes'),
      subnets,
    }),
  );
  await eks.send(
    new CreateFargateProfileCommand({
      clusterName,
      fargateProfileName: 'batch',
      podExecutionRoleArn: roleArn('nodes'),
      selectors: [{ namespace: 'batch' }],
      subnets,
    }),
  );
  await eks.send(
    new CreateCapabilityCommand({
      clusterName,
      capabilityName: 'argocd',
      type: 'ARGOCD',
      roleArn: roleArn('nodes'),
      deletePropagationPolicy: 'RETAIN',
    }),
  );
  await eks.send(
    new AssociateIdentityProviderConfigCommand({
      clusterName,
      oidc: {
        identityProviderConfigName: 'people',
        issuerUrl: 'https://login.example.com',
        clientId: 'kubernetes',
      },
    }),
  );
}
