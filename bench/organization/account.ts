import type { Account, Cluster, Role } from '../../shared/estate/snapshot.ts';
import { type AccountPlan, REGIONS } from './distribution.ts';

/** The account that reads the others. */
export const HUB = '100000000001';
export const READ_ROLE = 'podtrust-read';

const BOOK = 'arn:aws:iam::aws:policy/AmazonEKSClusterPolicy';
const document = (statement: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

const READER = document({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${HUB}:root` },
  Action: 'sts:AssumeRole',
});

/** An account as a snapshot shows it, filled as planned. */
export function accountOf(plan: AccountPlan): Account {
  const { id, clusters } = plan;
  return {
    id,
    partition: 'aws',
    quotas: { trustPolicyLength: 4096, oidcProviders: 700 },
    roles: [
      { arn: `arn:aws:iam::${id}:role/${READ_ROLE}`, trustPolicy: READER },
      ...Array.from({ length: plan.roles }, (_, number) => roleOf(plan, number)),
    ],
    policies: [
      {
        arn: `arn:aws:iam::${id}:policy/read-bucket`,
        document: document({
          Effect: 'Allow',
          Action: ['s3:GetObject', 's3:ListBucket'],
          Resource: ['arn:aws:s3:::data', 'arn:aws:s3:::data/*'],
        }),
      },
      {
        arn: BOOK,
        document: document({ Effect: 'Allow', Action: ['ec2:Describe*'], Resource: '*' }),
      },
    ],
    users: [],
    oidcProviders: clusters.map((cluster) => ({
      arn: `arn:aws:iam::${id}:oidc-provider/${issuerOf(id, cluster.name, cluster.region)}`,
      url: issuerOf(id, cluster.name, cluster.region),
      clientIds: ['sts.amazonaws.com'],
    })),
    trails: [
      {
        arn: `arn:aws:cloudtrail:us-east-1:${HUB}:trail/organization`,
        homeRegion: 'us-east-1',
        multiRegion: true,
        organization: true,
        logging: true,
        managementEvents: 'all',
      },
    ],
    regions: REGIONS.map((name) => ({
      name,
      clusters: clusters.filter(({ region }) => region === name).map((cluster) => clusterOf(id, cluster)),
    })),
  };
}

const issuerOf = (id: string, name: string, region: string): string =>
  `oidc.eks.${region}.amazonaws.com/id/${`${id}${name.replace(/\D/g, '')}`.padStart(32, 'A')}`;

/** In accounts with clusters every second role is one of pods, half by IRSA; the others are of other services. */
function roleOf({ id, clusters }: AccountPlan, number: number): Role {
  const cluster = clusters[number % Math.max(1, clusters.length)];
  const trust =
    cluster === undefined || number % 2 === 1
      ? { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
      : number % 4 === 0
        ? {
            Effect: 'Allow',
            Principal: { Service: 'pods.eks.amazonaws.com' },
            Action: ['sts:AssumeRole', 'sts:TagSession'],
          }
        : irsa(id, issuerOf(id, cluster.name, cluster.region), number);
  return {
    arn: `arn:aws:iam::${id}:role/workload-${number}`,
    id: `AROA${id}${String(number).padStart(5, '0')}`,
    created: '2025-01-01T00:00:00Z',
    trustPolicy: document(trust),
    attachedPolicies: [number % 10 === 0 ? BOOK : `arn:aws:iam::${id}:policy/read-bucket`],
    inlinePolicies: [
      {
        name: 'queue',
        document: document({
          Effect: 'Allow',
          Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
          Resource: `arn:aws:sqs:eu-west-1:${id}:queue-${number}`,
        }),
      },
    ],
    tags: { team: `team-${number % 40}` },
    lastUsed: { at: '2026-11-21T00:00:00Z', region: 'eu-west-1' },
  };
}

const irsa = (id: string, issuer: string, number: number): object => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::${id}:oidc-provider/${issuer}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    StringEquals: {
      [`${issuer}:aud`]: 'sts.amazonaws.com',
      [`${issuer}:sub`]: `system:serviceaccount:team-${number % 40}:worker-${number}`,
    },
  },
});

function clusterOf(id: string, plan: AccountPlan['clusters'][number]): Cluster {
  const { name, region } = plan;
  const arn = `arn:aws:eks:${region}:${id}:cluster/${name}`;
  const times = { created: '2025-06-01T00:00:00Z', modified: '2025-06-01T00:00:00Z' };
  const many = <T>(count: number, make: (number: number) => T): T[] =>
    Array.from({ length: count }, (_, number) => make(number));
  return {
    name,
    arn,
    status: 'ACTIVE',
    version: '1.34',
    created: '2025-06-01T00:00:00Z',
    issuer: `https://${issuerOf(id, name, region)}`,
    roleArn: `arn:aws:iam::${id}:role/workload-0`,
    authenticationMode: 'API',
    addons: many(plan.addons, (number) => ({ name: `addon-${number}`, status: 'ACTIVE' })),
    podIdentityAssociations: many(plan.associations, (number) => ({
      id: `a-${String(number).padStart(17, '0')}`,
      arn: arn
        .replace(':cluster/', ':podidentityassociation/')
        .concat(`/a-${String(number).padStart(17, '0')}`),
      namespace: `team-${number % 40}`,
      serviceAccount: `worker-${number}`,
      roleArn: `arn:aws:iam::${id}:role/workload-${4 * number}`,
      // Every fourth goes on into the next account.
      ...(number % 4 === 0 && { targetRoleArn: `arn:aws:iam::${Number(id) + 1}:role/workload-1` }),
      ...times,
    })),
    accessEntries: many(plan.accessEntries, (number) => ({
      // One is of a colleague's account.
      principalArn: `arn:aws:iam::${number === 0 ? Number(id) - 1 : id}:role/workload-${number}`,
      type: 'STANDARD',
      groups: [],
      ...times,
      policies: [],
    })),
    identityProviderConfigs: [],
    nodegroups: many(plan.nodegroups, (number) => ({
      name: `nodes-${number}`,
      roleArn: `arn:aws:iam::${id}:role/workload-1`,
    })),
    fargateProfiles: [],
    capabilities: [],
  };
}
