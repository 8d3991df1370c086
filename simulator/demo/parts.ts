import type {
  AccessEntry,
  Account,
  Association,
  Cluster,
  Nodegroup,
  OidcProvider,
  Role,
  Trail,
} from '../../shared/estate/snapshot.ts';
import { managedPolicy } from '../iam/managed-policies.ts';
import { createIds, type Ids } from '../ids.ts';
import { aws, PERMISSIONS, type Permission } from './permissions.ts';
import { clusterArn, type DemoAccount, type DemoCluster, providerArn, roleArn } from './places.ts';
import { forService, irsa, type Spelling } from './trusts.ts';

/** Builders of what the demo's accounts hold. */

export interface RoleParts {
  readonly path?: string;
  readonly attached?: readonly string[];
  readonly inline?: Role['inlinePolicies'];
  readonly permission?: Permission;
  readonly created?: string;
  readonly usedAt?: string;
  readonly region?: string;
  readonly tags?: Record<string, string>;
}

/** A role as the snapshot has it; its id follows from its ARN. */
export function role(account: DemoAccount, name: string, trustPolicy: string, parts: RoleParts = {}): Role {
  const arn = roleArn(account, name, parts.path);
  return {
    arn,
    id: idsOf(arn).unique('AROA'),
    created: parts.created ?? '2025-09-02T11:24:00.000Z',
    trustPolicy,
    attachedPolicies: [...(parts.attached ?? [])],
    inlinePolicies: [...(parts.inline ?? PERMISSIONS[parts.permission ?? 'none'])],
    tags: { ...parts.tags },
    lastUsed: { at: parts.usedAt ?? '2026-11-21T22:41:00.000Z', region: parts.region ?? 'eu-central-1' },
  };
}

/** Ids that depend on a name only, so that editing the demo moves no other id. */
function idsOf(name: string): Ids {
  let seed = 0;
  for (const character of name) seed = (Math.imul(seed, 31) + character.charCodeAt(0)) >>> 0;
  return createIds(seed);
}

/** One pod's role: `[suffix, namespace, ServiceAccount, permission, spelling]`. */
export type Workload = readonly [string, string, string, Permission, Spelling];

export const irsaRoles = (cluster: DemoCluster, workloads: readonly Workload[]): Role[] =>
  workloads.map(([suffix, namespace, name, permission, spelling]) =>
    role(cluster.account, `${cluster.name}-${suffix}`, irsa(cluster, namespace, name, spelling), {
      permission,
      region: cluster.region,
      ...(suffix === 'ebs-csi' ? { attached: [aws('service-role/AmazonEBSCSIDriverPolicy')] } : {}),
      ...(spelling === 'eksctl' ? { tags: { 'alpha.eksctl.io/cluster-name': cluster.name } } : {}),
    }),
  );

/** The roles of a cluster itself and of its nodes. */
export function clusterRoles(cluster: DemoCluster, permission: Permission = 'none'): Role[] {
  const names = { created: '2024-11-07T10:00:00.000Z', region: cluster.region };
  return [
    role(cluster.account, `${cluster.name}-cluster`, forService('eks.amazonaws.com'), {
      ...names,
      attached: [aws('AmazonEKSClusterPolicy')],
    }),
    nodeRole(cluster, `${cluster.name}-node`, permission),
  ];
}

/** A role of nodes, with what AWS tells to attach; `permission` is what somebody gave it besides. */
export const nodeRole = (cluster: DemoCluster, name: string, permission: Permission = 'none'): Role =>
  role(cluster.account, name, forService('ec2.amazonaws.com'), {
    created: '2024-11-07T10:00:00.000Z',
    region: cluster.region,
    permission,
    attached: [
      aws('AmazonEKSWorkerNodePolicy'),
      aws('AmazonEKS_CNI_Policy'),
      aws('AmazonEC2ContainerRegistryReadOnly'),
    ],
  });

/** A role that only its AWS service may use or change. */
export function serviceLinkedRole(account: DemoAccount, service: string, name: string): Role {
  return role(account, `AWSServiceRoleFor${name}`, forService(service), {
    path: `/aws-service-role/${service}/`,
    created: '2024-10-30T08:00:00.000Z',
  });
}

export const provider = (
  account: DemoAccount,
  url: string,
  clientIds: readonly string[] = ['sts.amazonaws.com'],
  created = '2024-11-07T10:40:00.000Z',
): OidcProvider => ({ arn: providerArn(account, url), url, clientIds: [...clientIds], created, tags: {} });

export const trail = (account: DemoAccount, parts: Partial<Trail> = {}): Trail => ({
  arn: `arn:aws:cloudtrail:us-east-1:${account.id}:trail/audit`,
  homeRegion: 'us-east-1',
  multiRegion: true,
  organization: false,
  logging: true,
  managementEvents: 'all',
  ...parts,
});

/** An association; its id follows from cluster and ServiceAccount. */
export function association(
  cluster: DemoCluster,
  namespace: string,
  serviceAccount: string,
  roleName: string,
  parts: Partial<Association> = {},
): Association {
  const id = `a-${idsOf(`${cluster.name}/${namespace}/${serviceAccount}`).token(17)}`;
  return {
    id,
    arn: `${clusterArn(cluster).replace(':cluster/', ':podidentityassociation/')}/${id}`,
    namespace,
    serviceAccount,
    roleArn: roleArn(cluster.account, roleName),
    disableSessionTags: false,
    created: '2026-05-11T09:30:00.000Z',
    modified: '2026-05-11T09:30:00.000Z',
    tags: {},
    ...parts,
  };
}

/** An access entry of the day on which the cluster was made. */
export function entry(
  from: DemoCluster,
  principalArn: string,
  parts: Partial<AccessEntry> = {},
): AccessEntry {
  const created = parts.created ?? from.created;
  return {
    principalArn,
    type: 'STANDARD',
    groups: [],
    policies: [],
    tags: {},
    created,
    modified: created,
    ...parts,
  };
}

/** What EKS makes for the pod execution role of a Fargate profile. */
export const fargateEntry = (from: DemoCluster, roleName: string): AccessEntry =>
  entry(from, roleArn(from.account, roleName), {
    type: 'FARGATE_LINUX',
    username: 'system:node:{{SessionName}}',
    groups: ['system:nodes'],
  });

/** The entries of the usual cluster, with some more. */
export const entries = (from: DemoCluster, ...more: readonly AccessEntry[]): AccessEntry[] => [
  ...(cluster(from).accessEntries ?? []),
  ...more,
];

/** An access policy of AWS, for the whole cluster or for namespaces. */
export const accessPolicy = (
  name: string,
  ...namespaces: readonly string[]
): NonNullable<AccessEntry['policies']>[number] => ({
  policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}`,
  scope: namespaces.length === 0 ? { type: 'cluster' } : { type: 'namespace', namespaces: [...namespaces] },
});

const CLUSTER_ADMIN = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';

/** A running cluster with what every cluster of the company has; `parts` say what is different. */
export function cluster(from: DemoCluster, parts: Partial<Cluster> = {}): Cluster {
  const admin = roleArn(from.account, SSO_ADMIN, SSO_PATH);
  const node = roleArn(from.account, `${from.name}-node`);
  return {
    name: from.name,
    arn: clusterArn(from),
    status: 'ACTIVE',
    version: '1.34',
    created: from.created,
    issuer: `https://${from.issuer}`,
    roleArn: roleArn(from.account, `${from.name}-cluster`),
    authenticationMode: 'API',
    autoMode: false,
    publicEndpoint: false,
    logging: ['api', 'audit', 'authenticator'],
    tags: { environment: from.environment, team: 'platform' },
    addons: [
      { name: 'coredns', version: 'v1.12.4-eksbuild.1', status: 'ACTIVE' },
      { name: 'eks-pod-identity-agent', version: 'v1.3.9-eksbuild.3', status: 'ACTIVE' },
      { name: 'kube-proxy', version: 'v1.34.0-eksbuild.2', status: 'ACTIVE' },
      { name: 'vpc-cni', version: 'v1.20.4-eksbuild.1', status: 'ACTIVE' },
    ],
    podIdentityAssociations: [],
    accessEntries: [
      {
        principalArn: admin,
        type: 'STANDARD',
        username: `arn:aws:sts::${from.account.id}:assumed-role/${SSO_ADMIN}/{{SessionName}}`,
        groups: [],
        created: from.created,
        modified: from.created,
        policies: [{ policyArn: CLUSTER_ADMIN, scope: { type: 'cluster' } }],
        tags: {},
      },
      {
        principalArn: node,
        type: 'EC2_LINUX',
        username: 'system:node:{{EC2PrivateDNSName}}',
        groups: ['system:nodes'],
        created: from.created,
        modified: from.created,
        policies: [],
        tags: {},
      },
    ],
    identityProviderConfigs: [],
    nodegroups: [{ name: 'general', roleArn: node, amiType: 'AL2023_x86_64_STANDARD' }],
    fargateProfiles: [],
    capabilities: [],
    ...parts,
  };
}

/** Single sign-on came before the clusters. */
export const SSO_SINCE = '2024-10-30T08:00:00.000Z';
export const SSO_PATH = '/aws-reserved/sso.amazonaws.com/eu-central-1/';
export const SSO_ADMIN = 'AWSReservedSSO_ClusterAdmin_8f2d6c1b0a493e57';

/** Node groups of the usual cluster, with some more. */
export const nodegroups = (from: DemoCluster, more: readonly Nodegroup[] = []): Nodegroup[] => [
  ...(cluster(from).nodegroups ?? []),
  ...more,
];

/** Add-ons of the usual cluster, with one more, or without some. */
export const addons = (
  from: DemoCluster,
  more: NonNullable<Cluster['addons']> = [],
  without: readonly string[] = [],
): NonNullable<Cluster['addons']> =>
  [...(cluster(from).addons ?? []).filter(({ name }) => !without.includes(name)), ...more].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );

/** Documents of the AWS managed policies that some role of an account has. */
export function policiesOf(roles: readonly Role[]): NonNullable<Account['policies']> {
  const arns = new Set(roles.flatMap(({ attachedPolicies }) => attachedPolicies ?? []));
  return [...arns].sort().flatMap((arn) => {
    const policy = managedPolicy('aws', arn);
    const text = policy?.versions.get(policy.defaultVersion)?.document;
    return text === undefined ? [] : [{ arn, document: text }];
  });
}
