import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  type IAMClient,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { AccountChoice, OrganizationListing } from '../../shared/pipeline/scan/list-accounts.ts';
import type { Simulation } from '../../simulator/simulation.ts';
import { ACCOUNT, organizationWithCluster } from './simulated-cluster.ts';

/** An account without clusters, and one in which nothing is. */
export const MEMBER = '444455556666';
export const EMPTY = '777788889999';
export const SUSPENDED = '999900001111';

/** The role that pods of ACCOUNT's cluster get, in MEMBER. */
export const ROLE = 'payments-api';

export interface ScanStage {
  readonly simulation: Simulation;
  readonly issuer: string;
  readonly iam: (account: string) => IAMClient;
  /** Writes the role's trust policy: pods of the cluster alone, everyone besides, or the account alone. */
  readonly trust: (how: 'sound' | 'open' | 'closed') => Promise<unknown>;
  /** What Organizations lists. */
  readonly organization: (choice?: Pick<AccountChoice, 'clusterless'>) => Promise<OrganizationListing>;
}

/** An organization of three accounts and a suspended one: ACCOUNT has a cluster, whose pods get a role in MEMBER. */
export async function scanStage(): Promise<ScanStage> {
  const { simulation, issuer } = await organizationWithCluster({
    accounts: [
      { id: ACCOUNT, name: 'shop', regions: ['eu-west-1', 'us-east-1'] },
      { id: MEMBER, name: 'payments', regions: ['eu-west-1'] },
      { id: EMPTY, name: 'empty', regions: ['eu-west-1'] },
    ],
  });
  const iam = (account: string) =>
    simulation.as(account, `arn:aws:iam::${account}:role/admin`, { session: 'alice@example.com' })(
      'iam',
      null,
      null,
    );
  const { OpenIDConnectProviderArn: Federated } = await iam(MEMBER).send(
    new CreateOpenIDConnectProviderCommand({ Url: `https://${issuer}`, ClientIDList: ['sts.amazonaws.com'] }),
  );
  const sound = {
    Effect: 'Allow',
    Principal: { Federated },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${issuer}:sub`]: 'system:serviceaccount:payments:api',
        [`${issuer}:aud`]: 'sts.amazonaws.com',
      },
    },
  };
  const everyone = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };
  const own = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${MEMBER}:root` },
    Action: 'sts:AssumeRole',
  };
  const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const policies = { sound: policy(sound), open: policy(sound, everyone), closed: policy(own) };
  await iam(MEMBER).send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: policy(sound) }));
  simulation.clock.advance(600);
  return {
    simulation,
    issuer,
    iam,
    trust: (how) =>
      iam(MEMBER).send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: ROLE,
          PolicyDocument: policies[how],
        }),
      ),
    organization: async ({ clusterless } = { clusterless: [] }) => ({
      accounts: [ACCOUNT, MEMBER, EMPTY],
      complete: true,
      leftOut: [],
      clusterless: clusterless.filter((account) => account === SUSPENDED),
      unusable: clusterless.includes(SUSPENDED) ? [] : [SUSPENDED],
      organization: { id: 'o-a1b2c3d4e5', managementAccount: EMPTY },
      coverage: clusterless.includes(SUSPENDED)
        ? []
        : [{ account: SUSPENDED, read: 'sts:AssumeRole', reason: 'the account is suspended' }],
    }),
  };
}
