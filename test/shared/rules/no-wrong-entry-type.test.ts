import { accessPolicy, entry, TEAM_ARN, teamRole } from '../../../shared/rules/examples/access.ts';
import { trustPolicy } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-wrong-entry-type.ts';
import { unreadList, withEntries } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2 } from '../../support/rule-estates.ts';

const workers = {
  cluster: { nodegroups: [{ name: 'workers', roleArn: TEAM_ARN, amiType: 'AL2023_x86_64_STANDARD' }] },
};
const fargate = { cluster: { fargateProfiles: [{ name: 'batch', roleArn: TEAM_ARN }] } };
const nodes = (type: string, changes = {}) =>
  entry({
    type,
    policies: [],
    groups: ['system:nodes'],
    username: 'system:node:{{EC2PrivateDNSName}}',
    ...changes,
  });
const { type: _, ...listed } = entry();
const { attachedPolicies: __, ...unreadRole } = teamRole({ trustPolicy: trustPolicy(EC2) });
const { cluster: CLUSTER_ROLE } = { cluster: 'arn:aws:iam::111122223333:role/cluster' };

const trusting = (...statements: object[]) => ({
  roles: [teamRole({ trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: statements }) })],
});
const service = (name: string) => ({
  Effect: 'Allow',
  Principal: { Service: name },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
});
const runner = {
  Effect: 'Allow',
  Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' },
  Action: 'sts:AssumeRoleWithWebIdentity',
};

ruleCases(rule, [
  {
    when: 'a role of a pipeline with the entry of instances',
    estate: withEntries([nodes('EC2_LINUX')], trusting(runner)),
    is: 'fail',
    severity: 'high',
    says: /no instance can have that role: STANDARD is for people and programs/,
  },
  {
    when: 'a role of hybrid nodes with the entry of instances',
    estate: withEntries([nodes('EC2_LINUX')], trusting(service('rolesanywhere.amazonaws.com'))),
    is: 'fail',
    says: /HYBRID_LINUX is for nodes outside of EC2/,
  },
  {
    when: 'hybrid nodes with their entry',
    estate: withEntries([nodes('HYBRID_LINUX')], trusting(service('ssm.amazonaws.com'))),
    is: 'pass',
  },
  ...['ec2.amazonaws.com', 'ec2.amazonaws.com.cn', 'sagemaker.amazonaws.com'].map((name) => ({
    when: `a role of instances, by ${name}`,
    estate: withEntries([nodes('EC2_LINUX')], trusting(service(name))),
    is: 'pass' as const,
  })),
  {
    when: 'a role of instances beside a provider',
    estate: withEntries([nodes('EC2_LINUX')], trusting(runner, service('ec2.amazonaws.com'))),
    is: 'pass',
  },
  {
    when: 'a role for every service but one',
    estate: withEntries(
      [nodes('EC2_LINUX')],
      trusting({ Effect: 'Allow', NotPrincipal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    ),
    is: 'pass',
  },
  {
    when: 'a trust policy that cannot be read',
    estate: withEntries([nodes('EC2_LINUX')], { roles: [teamRole({ trustPolicy: '{' })] }),
    is: 'pass',
  },
  {
    when: 'the policy of nodes of Auto Mode on a STANDARD entry',
    estate: withEntries([entry({ policies: [accessPolicy('AmazonEKSAutoNodePolicy')] })]),
    is: 'fail',
    says: /AmazonEKSAutoNodePolicy is for nodes of Auto Mode, which join by an entry of type EC2 alone/,
  },
  {
    when: 'a role of nodes with a STANDARD entry',
    estate: withEntries([entry()], workers),
    is: 'fail',
    severity: 'high',
    says: /EC2_LINUX does/,
  },
  {
    when: 'a role of Fargate with the entry of EC2 nodes',
    estate: withEntries([nodes('EC2_LINUX')], fargate),
    is: 'fail',
    says: /FARGATE_LINUX does/,
  },
  {
    when: 'a role of EC2 nodes with the entry of Fargate',
    estate: withEntries([nodes('FARGATE_LINUX')], workers),
    is: 'fail',
  },
  {
    when: 'a policy on an entry for nodes',
    estate: withEntries([nodes('EC2_LINUX', { policies: [accessPolicy('AmazonEKSViewPolicy')] })], workers),
    is: 'fail',
  },
  {
    when: "groups of one's own on an entry for nodes",
    estate: withEntries([nodes('EC2_LINUX', { groups: ['system:nodes', 'viewers'] })], workers),
    is: 'fail',
  },
  {
    when: 'a reserved group',
    estate: withEntries([entry({ groups: ['system:masters'] })]),
    is: 'fail',
    says: /system:masters/,
  },
  { when: 'a reserved username', estate: withEntries([entry({ username: 'system:admin' })]), is: 'fail' },
  {
    when: 'an entry for one session',
    estate: withEntries([entry({ principalArn: 'arn:aws:sts::111122223333:assumed-role/team/ann' })]),
    is: 'fail',
  },
  {
    when: 'the role of nodes that manage themselves, with an entry that gives nothing else',
    estate: withEntries([entry({ policies: [] })], {
      roles: [teamRole({ attachedPolicies: ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'] })],
    }),
    is: 'fail',
  },
  { when: 'people with a STANDARD entry', estate: withEntries([entry()]), is: 'pass' },
  { when: 'nodes with their entry', estate: withEntries([nodes('EC2_LINUX')], workers), is: 'pass' },
  {
    when: "Karpenter's nodes, which belong to no node group",
    estate: withEntries([nodes('EC2_LINUX')]),
    is: 'pass',
  },
  {
    when: 'nodes of Auto Mode, with their policy',
    estate: withEntries([nodes('EC2', { policies: [accessPolicy('AmazonEKSAutoNodePolicy')] })]),
    is: 'pass',
  },
  {
    when: 'Fargate',
    estate: withEntries(
      [nodes('FARGATE_LINUX', { groups: ['system:bootstrappers', 'system:nodes', 'system:node-proxier'] })],
      fargate,
    ),
    is: 'pass',
  },
  {
    when: 'Windows nodes with the entry of Linux: told by a rule of its own',
    estate: withEntries([nodes('EC2_LINUX')], {
      cluster: { nodegroups: [{ name: 'w', roleArn: TEAM_ARN, amiType: 'WINDOWS_FULL_2022_x86_64' }] },
    }),
    is: 'pass',
  },
  {
    when: 'an instance of nodes that may also look, on purpose',
    estate: withEntries([entry()], {
      roles: [teamRole({ attachedPolicies: ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'] })],
    }),
    is: 'pass',
  },
  { when: 'only the list of entries was read', estate: withEntries([listed]), is: 'unknown' },
  {
    when: 'a role of instances whose policies were not read, nor the node groups',
    estate: unreadList(withEntries([entry()], { roles: [unreadRole] }), 'nodegroups'),
    is: 'unknown',
  },
  {
    when: "EKS's own entry for the role of the cluster, in groups of its own",
    estate: withEntries(
      [entry({ principalArn: CLUSTER_ROLE, groups: ['eks:managed', 'system:node-proxier'] })],
      { cluster: { roleArn: CLUSTER_ROLE } },
    ),
    is: 'not applicable',
  },
]);
