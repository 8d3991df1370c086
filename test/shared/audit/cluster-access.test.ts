import { describe, expect, it } from 'vitest';
import { type Config, defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import { type Snapshot, snapshotSchema } from '../../../shared/estate/snapshot.ts';
import {
  accessPolicy,
  entry,
  groupBinding,
  kubernetes,
  TEAM_ARN,
  teamRole,
} from '../../../shared/rules/examples/access.ts';
import { trustPolicy } from '../../../shared/rules/examples/estate.ts';
import { rules } from '../../../shared/rules/index.ts';
import { judge } from '../../../shared/rules/judge.ts';
import { named, nodeRow, row, withAwsAuth, withEntries, withRoles } from '../../support/access-estates.ts';
import { EC2, GITHUB } from '../../support/rule-estates.ts';

const ACCESS = rules.filter(({ number }) => number.startsWith('PT-4'));
const VIEW = { name: 'view', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] };
const admin = accessPolicy('AmazonEKSClusterAdminPolicy');
const arn = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
const BOTH = { authenticationMode: 'API_AND_CONFIG_MAP' as const };
const nodes = (changes = {}) =>
  entry({
    type: 'EC2_LINUX',
    policies: [],
    groups: ['system:nodes'],
    username: 'system:node:{{EC2PrivateDNSName}}',
    ...changes,
  });
const workers = [{ name: 'workers', roleArn: TEAM_ARN, amiType: 'AL2023_x86_64_STANDARD' }];
const SSO = 'aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_0123456789abcdef';
const SLR = arn('aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS');

interface Case {
  readonly when: string;
  readonly estate: Snapshot;
  readonly config?: Partial<Config>;
}

function ask({ estate, config }: Case) {
  expect(snapshotSchema.safeParse(estate).error).toBeUndefined();
  return judge(buildEstate(estate), { ...defaultConfig, ...config }, undefined, ACCESS);
}

const sound: readonly Case[] = [
  {
    when: "EKS's own entries: the service-linked role, the role of the cluster, a capability",
    estate: withEntries(
      [
        entry({
          principalArn: SLR,
          groups: ['eks:managed'],
          policies: [accessPolicy('AmazonEKSClusterInsightsPolicy')],
        }),
        entry({
          principalArn: arn('cluster'),
          groups: [],
          policies: [accessPolicy('AmazonEKSComputePolicy')],
        }),
        entry({ principalArn: arn('argo'), policies: [accessPolicy('AmazonEKSArgoCDClusterPolicy')] }),
      ],
      {
        cluster: {
          roleArn: arn('cluster'),
          capabilities: [{ name: 'argo', type: 'ARGOCD', roleArn: arn('argo') }],
        },
        roles: [],
      },
    ),
  },
  {
    when: 'nodes of a node group with the entry that EKS made',
    estate: withEntries([nodes()], { cluster: { nodegroups: workers } }),
  },
  {
    when: "Karpenter's nodes, which belong to no node group",
    estate: withEntries([nodes()], {
      roles: [
        teamRole({
          trustPolicy: trustPolicy(EC2),
          attachedPolicies: ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'],
        }),
      ],
    }),
  },
  {
    when: 'Auto Mode: nodes of type EC2 with their policy',
    estate: withEntries(
      [nodes({ type: 'EC2', groups: [], policies: [accessPolicy('AmazonEKSAutoNodePolicy')] })],
      {
        cluster: {
          autoMode: true,
          kubernetes: kubernetes({
            nodes: [{ id: 'a', compute: 'auto', os: 'linux', count: 3, names: ['i-1'], role: TEAM_ARN }],
          }),
        },
      },
    ),
  },
  {
    when: 'hybrid nodes',
    estate: withEntries([nodes({ type: 'HYBRID_LINUX', username: 'system:node:{{SessionName}}' })], {
      cluster: {
        kubernetes: kubernetes({
          nodes: [{ id: 'h', compute: 'hybrid', os: 'linux', count: 1, names: ['mi-1'], role: TEAM_ARN }],
        }),
      },
    }),
  },
  {
    when: 'Linux and Windows nodes share a role with the entry for Windows',
    estate: withEntries(
      [nodes({ type: 'EC2_WINDOWS', groups: ['system:nodes', 'eks:kube-proxy-windows'] })],
      {
        cluster: {
          nodegroups: [
            ...workers,
            { name: 'windows', roleArn: TEAM_ARN, amiType: 'WINDOWS_CORE_2022_x86_64' },
          ],
        },
      },
    ),
  },
  {
    when: 'single sign-on: the whole ARN in the entry',
    estate: withEntries([entry({ principalArn: arn(SSO), policies: [admin] })], { roles: [named(SSO)] }),
  },
  {
    when: 'single sign-on: no path in aws-auth',
    estate: withRoles(row(arn('AWSReservedSSO_Ops_0123456789abcdef'), 'ops'), {
      roles: [named(SSO)],
      cluster: {
        ...BOTH,
        kubernetes: kubernetes({
          awsAuth: { data: { mapRoles: row(arn('AWSReservedSSO_Ops_0123456789abcdef'), 'ops') } },
          roles: [VIEW],
          bindings: [groupBinding('view', 'ops')],
        }),
      },
    }),
  },
  {
    when: 'continuous delivery from another account of the organization',
    estate: withEntries(
      [
        entry({
          principalArn: 'arn:aws:iam::444455556666:role/ci',
          username: 'ci',
          policies: [accessPolicy('AmazonEKSEditPolicy', 'dev-*', 'test')],
        }),
      ],
      {
        otherAccounts: [
          {
            id: '444455556666',
            partition: 'aws',
            regions: [],
            roles: [teamRole({ arn: 'arn:aws:iam::444455556666:role/ci', trustPolicy: trustPolicy(GITHUB) })],
          },
        ],
      },
    ),
  },
  {
    when: 'a migration under way: rows and entries with the same rights, the rows of nodes as EKS left them',
    estate: withRoles('', {
      roles: [named('team'), named('ops')],
      cluster: {
        ...BOTH,
        nodegroups: workers,
        accessEntries: [nodes(), entry({ principalArn: arn('ops'), username: 'ops', policies: [admin] })],
        kubernetes: kubernetes({
          awsAuth: { data: { mapRoles: nodeRow(TEAM_ARN) + row(arn('ops'), 'system:masters') } },
        }),
      },
    }),
  },
  {
    when: 'what a migration left behind: aws-auth that nobody looks at, each row with an entry or of nobody',
    estate: withRoles('', {
      cluster: {
        authenticationMode: 'API',
        nodegroups: workers,
        accessEntries: [nodes()],
        kubernetes: kubernetes({
          awsAuth: { data: { mapRoles: nodeRow(TEAM_ARN) + row(arn('long-gone'), 'system:masters') } },
        }),
      },
    }),
  },
  {
    when: 'EMR on EKS: a service-linked role without its path and without groups, bound by its username',
    estate: withAwsAuth(
      { mapRoles: row(arn('AWSServiceRoleForAmazonEMRContainers'), '', 'emr-containers') },
      {
        roles: [],
        cluster: {
          ...BOTH,
          kubernetes: kubernetes({
            awsAuth: {
              data: { mapRoles: row(arn('AWSServiceRoleForAmazonEMRContainers'), '', 'emr-containers') },
            },
          }),
        },
      },
    ),
  },
  {
    when: 'an entry without policy or group whose username a binding of one namespace names',
    estate: withEntries([entry({ policies: [], username: 'deployer' })], {
      cluster: {
        kubernetes: kubernetes({
          roles: [
            {
              namespace: 'shop',
              name: 'deploy',
              rules: [{ verbs: ['update'], apiGroups: ['apps'], resources: ['deployments'] }],
            },
          ],
          bindings: [
            {
              namespace: 'shop',
              name: 'deploy',
              role: { kind: 'Role', name: 'deploy' },
              subjects: [{ kind: 'User', name: 'deployer' }],
            },
          ],
        }),
      },
    }),
  },
  {
    when: 'the same policy twice, for namespaces and for the cluster',
    estate: withEntries([
      entry({
        policies: [accessPolicy('AmazonEKSViewPolicy', 'dev-*'), accessPolicy('AmazonEKSViewPolicy')],
      }),
    ]),
  },
  {
    when: 'a break-glass role with system:masters, and administrators as configured',
    estate: withRoles('', {
      roles: [named('glass'), teamRole()],
      cluster: {
        ...BOTH,
        accessEntries: [entry({ policies: [admin] })],
        kubernetes: kubernetes({ awsAuth: { data: { mapRoles: row(arn('glass'), 'system:masters') } } }),
      },
    }),
    config: { access: { admins: [TEAM_ARN], breakGlass: [arn('emergency/glass')], accounts: [] } },
  },
  {
    when: 'aws-auth with odd but good YAML: keys in other cases, a merged anchor, quoted ARNs, comments',
    estate: withAwsAuth(
      { mapRoles: '' },
      {
        cluster: {
          ...BOTH,
          kubernetes: kubernetes({
            awsAuth: {
              data: {
                mapRoles: `# nodes\n- groups: &nodes\n    - system:bootstrappers\n    - system:nodes\n  roleARN: "${TEAM_ARN}"\n  Username: 'system:node:{{EC2PrivateDNSName}}'\n- rolearn: ${arn('blue')}\n  username: system:node:{{EC2PrivateDNSName}}\n  groups: *nodes\n`,
                mapUsers: '[]\n',
                mapAccounts: "''",
              },
            },
          }),
        },
        roles: [teamRole(), named('blue')],
      },
    ),
  },
  {
    when: 'a cluster without any Kubernetes user but its nodes',
    estate: withEntries([nodes({ principalArn: arn('n') })], {
      roles: [named('n')],
      cluster: { nodegroups: [{ name: 'n', roleArn: arn('n') }] },
    }),
  },
  {
    when: 'GovCloud',
    estate: inPartition(withEntries([entry()]), 'aws-us-gov'),
  },
];

function inPartition(snapshot: Snapshot, partition: string): Snapshot {
  const text = JSON.stringify(snapshot)
    .replaceAll('arn:aws:', `arn:${partition}:`)
    .replaceAll('"partition":"aws"', `"partition":"${partition}"`);
  return snapshotSchema.parse(JSON.parse(text));
}

describe('correct, if unusual', () => {
  it.each(sound.map((one) => [one.when, one] as const))('%s', (_when, one) => {
    const { failures, undecided } = ask(one);
    expect(failures.map(({ rule, detail }) => `${rule.name}: ${detail}`)).toEqual([]);
    expect(undecided.map(({ rule, read, reason }) => `${rule.name}: ${read} ${reason}`)).toEqual([]);
  });
});

const faults: readonly (Case & { readonly finds: readonly string[] })[] = [
  {
    when: 'the role of nodes was deleted and made again',
    estate: withEntries([nodes()], {
      cluster: { nodegroups: workers },
      roles: [teamRole({ created: '2026-03-01T00:00:00Z' })],
    }),
    finds: ['no-tombstoned-access-entry'],
  },
  {
    when: 'the role of a node group has a STANDARD entry that gives nothing',
    estate: withEntries([entry({ policies: [] })], { cluster: { nodegroups: workers } }),
    finds: ['no-wrong-entry-type'],
  },
  {
    when: "the role of Karpenter's nodes has a STANDARD entry with a group that nothing binds",
    estate: withEntries([entry({ policies: [], groups: ['admin'] })], {
      roles: [
        teamRole({
          trustPolicy: trustPolicy(EC2),
          attachedPolicies: ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'],
        }),
      ],
      cluster: { kubernetes: kubernetes() },
    }),
    finds: ['no-wrong-entry-type'],
  },
  {
    when: 'the mapRoles section cannot be read, nodes and administrators with it',
    estate: withRoles(`${nodeRow(TEAM_ARN)} - rolearn: x\n`, {
      cluster: {
        ...BOTH,
        nodegroups: workers,
        kubernetes: kubernetes({ awsAuth: { data: { mapRoles: `${nodeRow(TEAM_ARN)} - rolearn: x\n` } } }),
      },
    }),
    finds: ['no-invalid-aws-auth'],
  },
  {
    when: 'the row of nodes carries the path of their role',
    estate: withRoles(nodeRow(arn('eng/team')), {
      roles: [named('eng/team')],
      cluster: {
        ...BOTH,
        nodegroups: [{ name: 'workers', roleArn: arn('eng/team') }],
        kubernetes: kubernetes({ awsAuth: { data: { mapRoles: nodeRow(arn('eng/team')) } } }),
      },
    }),
    finds: ['no-role-path-in-aws-auth'],
  },
  {
    when: 'root is mapped into system:masters',
    estate: withRoles('', {
      cluster: {
        ...BOTH,
        kubernetes: kubernetes({
          awsAuth: { data: { mapRoles: row('arn:aws:iam::111122223333:root', 'system:masters') } },
        }),
      },
    }),
    finds: ['no-root-mapping'],
  },
  {
    when: 'a role that is gone was administrator',
    estate: withRoles('', {
      roles: [],
      cluster: {
        ...BOTH,
        kubernetes: kubernetes({ awsAuth: { data: { mapRoles: row(TEAM_ARN, 'system:masters') } } }),
      },
    }),
    finds: ['no-ghost-aws-auth-principal'],
  },
  {
    when: 'a role that is gone has an entry without rights',
    estate: withEntries([entry({ policies: [] })], { roles: [] }),
    finds: ['no-ghost-access-entry'],
  },
  {
    when: 'Windows nodes have the entry of Linux nodes',
    estate: withEntries([nodes()], {
      cluster: { nodegroups: [{ name: 'w', roleArn: TEAM_ARN, amiType: 'WINDOWS_FULL_2022_x86_64' }] },
    }),
    finds: ['no-missing-windows-group'],
  },
  {
    when: 'the creator of a cluster that asks aws-auth alone is listed there as administrator',
    estate: withRoles(row(TEAM_ARN, 'system:masters'), {
      cluster: { creator: { arn: TEAM_ARN, at: '2026-01-10T08:00:00Z' } },
    }),
    finds: ['no-creator-in-aws-auth', 'no-hidden-creator-admin', 'use-access-entries'],
  },
];

describe('one fault, one finding', () => {
  it.each(faults.map((one) => [one.when, one] as const))('%s', (_when, one) => {
    expect(
      ask(one)
        .failures.map(({ rule }) => rule.name)
        .sort(),
    ).toEqual(one.finds);
  });
});
