import type { Account, Cluster, Role, Snapshot } from '../shared/estate/snapshot.ts';

/** How large a generated estate is. */
export interface EstateSize {
  readonly roles: number;
  readonly clusters: number;
  /** ServiceAccounts that trust policies and associations name together. */
  readonly subjects: number;
}

const ACCOUNTS = 10;
const REGION = 'eu-west-1';
/** One role in so many has a mistake of each kind. */
const FAULTS = 50;

/** An organization of ten accounts: half of the subjects by IRSA, half by associations, mostly sound. */
export function generateEstate(size: EstateSize): Snapshot {
  const perAccount = { roles: size.roles / ACCOUNTS, clusters: size.clusters / ACCOUNTS };
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) =>
    accountOf(
      index,
      perAccount.roles,
      perAccount.clusters,
      Math.round(size.subjects / size.roles / 2),
      Math.round(size.subjects / size.clusters / 2),
    ),
  );
  return {
    schemaVersion: 1,
    takenAt: '2026-11-22T00:00:00Z',
    organization: { complete: true },
    accounts,
    coverage: [],
  };
}

const idOf = (index: number) => String(100_000_000_000 + index);
const issuerOf = (account: number, cluster: number) =>
  `oidc.eks.${REGION}.amazonaws.com/id/${(account * 100_003 + cluster).toString(16).toUpperCase().padStart(32, 'A7')}`;

function accountOf(
  account: number,
  roles: number,
  clusters: number,
  subjectsPerRole: number,
  associationsPerCluster: number,
): Account {
  const id = idOf(account);
  return {
    id,
    partition: 'aws',
    quotas: { trustPolicyLength: 8192, oidcProviders: 700 },
    roles: Array.from({ length: roles }, (_, index) =>
      roleOf(account, index, index % Math.max(1, clusters), subjectsPerRole),
    ),
    policies: [
      {
        arn: `arn:aws:iam::${id}:policy/read-bucket`,
        document: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: ['s3:GetObject', 's3:ListBucket'],
              Resource: ['arn:aws:s3:::data', 'arn:aws:s3:::data/*'],
            },
          ],
        }),
      },
    ],
    users: [],
    oidcProviders: Array.from({ length: clusters }, (_, index) => ({
      arn: `arn:aws:iam::${id}:oidc-provider/${issuerOf(account, index)}`,
      url: issuerOf(account, index),
      clientIds: ['sts.amazonaws.com'],
    })),
    trails: [
      {
        arn: `arn:aws:cloudtrail:${REGION}:${id}:trail/all`,
        homeRegion: REGION,
        multiRegion: true,
        logging: true,
        managementEvents: 'all',
      },
    ],
    regions: [
      {
        name: REGION,
        clusters: Array.from({ length: clusters }, (_, index) =>
          clusterOf(account, index, roles, associationsPerCluster),
        ),
      },
    ],
  };
}

function roleOf(account: number, index: number, cluster: number, subjects: number): Role {
  const id = idOf(account);
  const issuer = issuerOf(account, cluster);
  const names = Array.from(
    { length: subjects },
    (_, n) => `system:serviceaccount:team-${index % 40}:worker-${index}-${n}`,
  );
  const fault = index % FAULTS;
  const subject = fault === 1 ? ['system:serviceaccount:team-*:*'] : names;
  const condition = {
    [fault === 1 || fault === 2 ? 'StringLike' : 'StringEquals']: {
      ...(fault === 3 ? {} : { [`${issuer}:sub`]: subject }),
      [`${issuer}:aud`]: fault === 4 ? 'sts.eu-west-1.amazonaws.com' : 'sts.amazonaws.com',
    },
  };
  return {
    arn: `arn:aws:iam::${id}:role/workload-${index}`,
    id: `AROA${String(account * 1_000_000 + index).padStart(17, '0')}`,
    created: '2025-01-01T00:00:00Z',
    trustPolicy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: `arn:aws:iam::${id}:oidc-provider/${issuer}` },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: condition,
        },
        {
          Effect: 'Allow',
          Principal: { Service: 'pods.eks.amazonaws.com' },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Condition: {
            StringEquals: {
              'aws:SourceAccount': id,
              'aws:RequestTag/kubernetes-namespace': `team-${index % 40}`,
            },
          },
        },
      ],
    }),
    maxSessionDuration: 3600,
    attachedPolicies: [`arn:aws:iam::${id}:policy/read-bucket`],
    inlinePolicies: [
      {
        name: 'queue',
        document: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
              Resource: `arn:aws:sqs:${REGION}:${id}:queue-${index}`,
            },
          ],
        }),
      },
    ],
    tags: { team: `team-${index % 40}` },
    lastUsed: { at: '2026-11-21T00:00:00Z', region: REGION },
  };
}

function clusterOf(account: number, index: number, roles: number, associations: number): Cluster {
  const id = idOf(account);
  const name = `cluster-${index}`;
  return {
    name,
    arn: `arn:aws:eks:${REGION}:${id}:cluster/${name}`,
    status: 'ACTIVE',
    version: '1.34',
    issuer: `https://${issuerOf(account, index)}`,
    authenticationMode: 'API',
    logging: ['audit', 'authenticator'],
    tags: { environment: index % 2 === 0 ? 'production' : 'development' },
    addons: [{ name: 'eks-pod-identity-agent', version: 'v1.3.8-eksbuild.1', status: 'ACTIVE' }],
    podIdentityAssociations: Array.from({ length: associations }, (_, n) => {
      const role = (index * associations + n) % roles;
      return {
        id: `a-${index}-${n}`,
        namespace: `team-${role % 40}`,
        serviceAccount: `service-${n}`,
        roleArn: `arn:aws:iam::${id}:role/workload-${role}`,
        disableSessionTags: false,
      };
    }),
    accessEntries: [],
    identityProviderConfigs: [],
    nodegroups: [],
    fargateProfiles: [],
    capabilities: [],
  };
}
