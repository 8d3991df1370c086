import { describe, expect, it } from 'vitest';
import { whoCan } from '../../../shared/audit/who-can.ts';
import type { Kubernetes } from '../../../shared/estate/kubernetes-schema.ts';
import type { Cluster } from '../../../shared/estate/snapshot.ts';
import { account, cluster, estate, role } from '../identity/estate-fixture.ts';
import { ACCOUNT, allow, equals, like, type Statement, SUBJECT } from './trust-cases.ts';

const APP = `arn:aws:iam::${ACCOUNT}:role/app`;
const [, , NAMESPACE = '', NAME = ''] = SUBJECT.split(':');

/** `dev` makes pods in the namespace, `ops` may do everything everywhere, `ci/bot` asks for tokens there. */
const kubernetes: Kubernetes = {
  serviceAccounts: [
    { namespace: NAMESPACE, name: NAME },
    { namespace: NAMESPACE, name: 'other' },
    { namespace: 'kube-system', name: 'coredns' },
  ],
  pods: [],
  roles: [
    {
      namespace: NAMESPACE,
      name: 'deploy',
      rules: [{ verbs: ['create'], apiGroups: [''], resources: ['pods'] }],
    },
    { name: 'all', rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] },
    {
      namespace: NAMESPACE,
      name: 'tokens',
      rules: [
        { verbs: ['create'], apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: [NAME] },
      ],
    },
    {
      name: 'system:controller:job-controller',
      rules: [{ verbs: ['create'], apiGroups: [''], resources: ['pods'] }],
    },
  ],
  bindings: [
    {
      namespace: NAMESPACE,
      name: 'dev',
      role: { kind: 'Role', name: 'deploy' },
      subjects: [{ kind: 'Group', name: 'dev' }],
    },
    { name: 'ops', role: { kind: 'ClusterRole', name: 'all' }, subjects: [{ kind: 'Group', name: 'ops' }] },
    {
      namespace: NAMESPACE,
      name: 'bot',
      role: { kind: 'Role', name: 'tokens' },
      subjects: [{ kind: 'ServiceAccount', name: 'bot', namespace: 'ci' }],
    },
    {
      name: 'system:controller:job-controller',
      role: { kind: 'ClusterRole', name: 'system:controller:job-controller' },
      subjects: [{ kind: 'ServiceAccount', name: 'job-controller', namespace: 'kube-system' }],
    },
  ],
};

const DEV = `arn:aws:iam::${ACCOUNT}:role/Dev`;
const DEV_ROLE = role([], { arn: DEV, created: '2026-01-01T00:00:00Z' });

function asked(trust: readonly Statement[], changes: Partial<Cluster> = {}, others = [DEV_ROLE]) {
  return whoCan(estate([account([cluster({ kubernetes, ...changes })], [role(trust), ...others])]), APP);
}
const holders = (answer: ReturnType<typeof asked>) =>
  answer.ways.map(({ who, inCluster }) => [
    who,
    inCluster?.holders.map(({ name, means }) => `${name} ${means}`),
  ]);

describe('who can act as the ServiceAccounts of a way', () => {
  it('is asked of the RBAC of its cluster, and its own controllers are only counted', () => {
    const answer = asked([allow(equals(SUBJECT))]);
    expect(holders(answer)).toEqual([[SUBJECT, ['dev run-pods', 'ops run-pods', 'bot request-tokens']]]);
    expect(answer.ways[0]?.inCluster).toMatchObject({
      serviceAccounts: [`${NAMESPACE}/${NAME}`],
      more: 0,
      own: 1,
    });
    expect(answer.unknowns).toEqual([]);
  });

  it('is asked for each ServiceAccount that a pattern meets', () => {
    const answer = asked([allow(like(`system:serviceaccount:${NAMESPACE}:*`))]);
    expect(answer.ways[0]?.inCluster?.serviceAccounts).toEqual([
      `${NAMESPACE}/${NAME}`,
      `${NAMESPACE}/other`,
    ]);
  });

  it('is asked for a ServiceAccount that does not exist yet: whoever runs pods there can make it', () => {
    const answer = asked([allow(equals(`system:serviceaccount:${NAMESPACE}:later`))]);
    expect(holders(answer)).toEqual([
      [`system:serviceaccount:${NAMESPACE}:later`, ['dev run-pods', 'ops run-pods']],
    ]);
  });

  it('does not count tokens where Pod Identity wants one that is bound to a pod', () => {
    const answer = asked(
      [
        {
          Effect: 'Allow',
          Principal: { Service: 'pods.eks.amazonaws.com' },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
        },
      ],
      { podIdentityAssociations: [{ id: 'a-1', namespace: NAMESPACE, serviceAccount: NAME, roleArn: APP }] },
    );
    const way = answer.ways.find(({ cluster: arn }) => arn !== undefined);
    expect(way?.inCluster?.holders.map(({ name }) => name)).toEqual(['dev', 'ops']);
  });

  it('is not known without Kubernetes, and that is said', () => {
    const answer = whoCan(estate([account([cluster()], [role([allow(equals(SUBJECT))])])]), APP);
    expect(answer.ways[0]?.inCluster).toBeUndefined();
    expect(answer.unknowns.map(({ read }) => read)).toEqual(['kubernetes:connect']);
  });

  it('is not known without bindings', () => {
    const { bindings: _, ...rest } = kubernetes;
    const answer = asked([allow(equals(SUBJECT))], { kubernetes: rest });
    expect(answer.ways[0]?.inCluster).toBeUndefined();
    expect(answer.unknowns.map(({ read }) => read)).toEqual(['kubernetes:clusterrolebindings']);
  });

  it('is not asked of a way on which nobody comes', () => {
    const answer = asked([allow(equals(SUBJECT), { Action: 'sts:AssumeRole' })]);
    expect(answer.ways.every(({ inCluster }) => inCluster === undefined)).toBe(true);
  });

  const policy = (name: string, ...namespaces: string[]) => ({
    policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}`,
    scope: namespaces.length > 0 ? { type: 'namespace' as const, namespaces } : { type: 'cluster' as const },
  });
  const entry = (more: object) => ({
    principalArn: DEV,
    type: 'STANDARD',
    groups: [],
    policies: [],
    created: '2026-02-01T00:00:00Z',
    ...more,
  });
  const entrants = (changes: Partial<Cluster>, others?: (typeof DEV_ROLE)[]) =>
    asked([allow(equals(SUBJECT))], { authenticationMode: 'API', ...changes }, others).ways[0]?.inCluster;

  it.each<[string, Partial<Cluster>, unknown[]]>([
    [
      'a group of an entry that runs pods',
      { accessEntries: [entry({ groups: ['dev'] })] },
      [[DEV, 'run-pods (shop/dev)', true]],
    ],
    ['a group that runs nothing', { accessEntries: [entry({ groups: ['readers'] })] }, []],
    [
      'a policy that runs pods everywhere',
      { accessEntries: [entry({ policies: [policy('AmazonEKSEditPolicy')] })] },
      [[DEV, 'AmazonEKSEditPolicy', true]],
    ],
    [
      'a policy for a pattern that meets the namespace',
      { accessEntries: [entry({ policies: [policy('AmazonEKSEditPolicy', 'sh*')] })] },
      [[DEV, 'AmazonEKSEditPolicy', true]],
    ],
    [
      'a policy for another namespace',
      { accessEntries: [entry({ policies: [policy('AmazonEKSEditPolicy', 'ci')] })] },
      [],
    ],
    [
      'a policy that only views',
      { accessEntries: [entry({ policies: [policy('AmazonEKSViewPolicy')] })] },
      [],
    ],
    [
      'a policy that is not known',
      { accessEntries: [entry({ policies: [policy('AmazonEKSNewPolicy')] })] },
      [[DEV, 'AmazonEKSNewPolicy', false]],
    ],
    [
      'policies that were not read',
      { accessEntries: [{ principalArn: DEV, type: 'STANDARD' }] },
      [[DEV, 'access policies that were not read', false]],
    ],
    [
      'a row of aws-auth as system:masters',
      {
        authenticationMode: 'CONFIG_MAP',
        creatorAdmin: false,
        kubernetes: {
          ...kubernetes,
          awsAuth: { data: { mapRoles: `- rolearn: ${DEV}\n  username: dev\n  groups: [system:masters]\n` } },
        },
      },
      [[DEV, 'system:masters', true]],
    ],
    [
      'a row of aws-auth where nobody looks',
      {
        kubernetes: {
          ...kubernetes,
          awsAuth: { data: { mapRoles: `- rolearn: ${DEV}\n  username: dev\n  groups: [dev]\n` } },
        },
      },
      [],
    ],
    [
      'the creator, whom nothing names',
      { authenticationMode: 'CONFIG_MAP', kubernetes: { ...kubernetes, awsAuth: null } },
      [[undefined, 'system:masters', true]],
    ],
  ])('leads on to IAM: %s', (_, changes, expected) => {
    const { principals, unread } = entrants(changes) ?? { principals: [], unread: ['nothing'] };
    expect(principals.map(({ principal, by, certain }) => [principal, by, certain])).toEqual(expected);
    expect(unread).toEqual([]);
  });

  it.each([
    ['does not exist', []],
    ['was made again since', [{ ...DEV_ROLE, created: '2026-03-01T00:00:00Z' }]],
  ])('does not lead on to a principal that %s, by its entry', (_, others) => {
    const accessEntries = [entry({ policies: [policy('AmazonEKSClusterAdminPolicy')] })];
    expect(entrants({ accessEntries })?.principals).toHaveLength(1);
    expect(entrants({ accessEntries }, others)?.principals).toEqual([]);
  });

  it('says of a row of aws-auth for nobody that it waits for one of the name', () => {
    const mapRoles = `- rolearn: ${DEV}\n  username: dev\n  groups: [dev]\n`;
    const found = entrants(
      {
        authenticationMode: 'CONFIG_MAP',
        creatorAdmin: false,
        kubernetes: { ...kubernetes, awsAuth: { data: { mapRoles } } },
      },
      [],
    );
    expect(found?.principals).toMatchObject([
      { principal: DEV, by: 'run-pods (shop/dev), once there is a principal of this name', certain: false },
    ]);
  });

  it('says which reads would show further principals', () => {
    expect(entrants({ authenticationMode: 'API_AND_CONFIG_MAP' })?.unread).toEqual([
      'kubernetes:configmaps/aws-auth',
    ]);
  });
});
