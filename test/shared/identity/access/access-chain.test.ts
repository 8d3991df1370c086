import { describe, expect, it } from 'vitest';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import type { Cluster, Role } from '../../../../shared/estate/snapshot.ts';
import { accessChain } from '../../../../shared/identity/access/access-chain.ts';
import { parsePrincipal } from '../../../../shared/identity/access/principal.ts';
import { verdictOf } from '../../../../shared/identity/chain.ts';
import {
  accessPolicy,
  awsAuth,
  entry,
  groupBinding,
  kubernetes,
  readCluster,
  TEAM_ARN,
  teamRole,
} from '../../../../shared/rules/examples/access.ts';
import { cluster, estateOf, trustPolicy } from '../../../../shared/rules/examples/estate.ts';

const SESSION = 'arn:aws:sts::111122223333:assumed-role/team/ann@example.com';
const PATHED = 'arn:aws:iam::111122223333:role/eng/platform/team';

const EKS_ADMIN = {
  name: 'eks',
  document: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"eks:*","Resource":"*"}}',
};

interface Case {
  readonly when: string;
  readonly cluster: Cluster;
  readonly roles?: Role[];
  readonly principal?: string;
  readonly is: 'works' | 'broken' | 'unknown';
  /** The step that fails, or is unknown. */
  readonly at?: string;
  readonly rule?: string;
  readonly says?: RegExp;
  readonly repair?: RegExp;
}

const row = (arn: string, groups = 'viewers') =>
  `- rolearn: ${arn}\n  username: team:{{SessionName}}\n  groups: [${groups}]\n`;
const byMap = (mapRoles: string, changes: Partial<Cluster> = {}) =>
  readCluster({
    authenticationMode: 'CONFIG_MAP',
    creator: { arn: 'arn:aws:iam::111122223333:role/builder', at: '2026-01-10T08:00:00Z' },
    kubernetes: kubernetes({
      awsAuth: awsAuth({ mapRoles }),
      bindings: [groupBinding('view', 'viewers')],
      roles: [{ name: 'view', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] }],
    }),
    ...changes,
  });
const withEntry = (changes = {}, more: Partial<Cluster> = {}) =>
  readCluster({ accessEntries: [entry(changes)], ...more });

const NODES = 'system:bootstrappers, system:nodes';
const FOREIGN_RUNNER = teamRole({
  trustPolicy: trustPolicy({
    Effect: 'Allow',
    Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' },
    Action: 'sts:AssumeRoleWithWebIdentity',
  }),
});
const OF_NODES = { username: 'system:node:{{EC2PrivateDNSName}}', groups: ['system:nodes'], policies: [] };
const ADMINS = (suffix: string) =>
  `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admins_${suffix.repeat(16)}`;
const toUser = (name: string) => ({
  name: 'team-views',
  role: { kind: 'ClusterRole' as const, name: 'view' },
  subjects: [{ kind: 'User' as const, name }],
});
const VIEW = { name: 'view', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] };

const cases: readonly Case[] = [
  {
    when: 'an entry of instances for a role that no instance can have',
    cluster: withEntry({ ...OF_NODES, type: 'EC2_LINUX' }),
    roles: [FOREIGN_RUNNER],
    is: 'broken',
    at: 'access-entry-type',
    rule: 'no-wrong-entry-type',
    says: /no instance can have this role/,
  },
  {
    when: 'an entry for nodes of Auto Mode without their policy',
    cluster: withEntry({ ...OF_NODES, type: 'EC2' }),
    is: 'broken',
    at: 'authorization',
    rule: 'no-powerless-access-entry',
    repair: /associate-access-policy .*AmazonEKSAutoNodePolicy/,
  },
  {
    when: 'an entry for nodes of Auto Mode with their policy',
    cluster: withEntry({ ...OF_NODES, type: 'EC2', policies: [accessPolicy('AmazonEKSAutoNodePolicy')] }),
    is: 'works',
  },
  {
    when: 'the policy of nodes of Auto Mode on a STANDARD entry',
    cluster: withEntry({ policies: [accessPolicy('AmazonEKSAutoNodePolicy')] }),
    is: 'broken',
    at: 'access-entry-type',
    rule: 'no-wrong-entry-type',
  },
  {
    when: 'the group is bound to a role that does not exist',
    cluster: withEntry(
      { groups: ['viewers'], policies: [] },
      { kubernetes: kubernetes({ bindings: [groupBinding('veiw', 'viewers')], roles: [VIEW] }) },
    ),
    is: 'broken',
    at: 'authorization',
    rule: 'no-unbound-group',
    says: /names ClusterRole veiw, which does not exist: a binding to a role that does not exist gives nothing/,
  },
  {
    when: 'a binding names the ARN of the role as the user',
    cluster: withEntry(
      { policies: [] },
      { kubernetes: kubernetes({ bindings: [toUser(TEAM_ARN)], roles: [VIEW] }) },
    ),
    is: 'broken',
    at: 'authorization',
    rule: 'no-powerless-access-entry',
    says: /ClusterRoleBinding team-views names the user arn:aws:iam::111122223333:role\/team, and its username is arn:aws:sts::/,
  },
  {
    when: 'the entry is for the role of the same permission set under another suffix',
    cluster: withEntry({ principalArn: ADMINS('a') }),
    roles: [teamRole({ arn: ADMINS('b') })],
    principal: ADMINS('b'),
    is: 'broken',
    at: 'access-entry',
    says: /there is one for \S+_a{16}, a role of the same permission set under another suffix/,
  },
  {
    when: 'the row is for the role of the same permission set under another suffix',
    cluster: byMap(row(`arn:aws:iam::111122223333:role/${ADMINS('a').split('/').at(-1)}`)),
    roles: [teamRole({ arn: ADMINS('b') })],
    principal: ADMINS('b'),
    is: 'broken',
    at: 'aws-auth',
    says: /mapRoles line 1 names \S+_a{16}, a role of the same permission set under another suffix/,
    repair: /Write \S+_b{16} in mapRoles line 1 of aws-auth, instead of \S+_a{16}/,
  },
  {
    when: 'the row is for another permission set',
    cluster: byMap(row('arn:aws:iam::111122223333:role/AWSReservedSSO_Readers_aaaaaaaaaaaaaaaa')),
    roles: [teamRole({ arn: ADMINS('b') })],
    principal: ADMINS('b'),
    is: 'broken',
    at: 'aws-auth',
    says: /_b{16}\): 401 Unauthorized\.$/m,
  },
  {
    when: 'groups of a row as a text, and no binding for its username',
    cluster: byMap(`- rolearn: ${TEAM_ARN}\n  username: team\n  groups: viewers\n`),
    is: 'broken',
    at: 'authorization',
    rule: 'no-invalid-aws-auth',
    repair: /as a list of texts under the key groups \(aws-auth, mapRoles line 1\)/,
  },
  {
    when: 'a row for nodes that is named as EKS names it',
    cluster: byMap(row(TEAM_ARN, NODES).replace('team:{{SessionName}}', 'system:node:{{EC2PrivateDNSName}}')),
    principal: 'arn:aws:sts::111122223333:assumed-role/team/i-0123456789abcdef0',
    is: 'works',
  },
  {
    when: 'a row for nodes with a name of its own',
    cluster: byMap(row(TEAM_ARN, NODES)),
    is: 'broken',
    at: 'authorization',
    rule: 'no-missing-node-mapping',
    says: /as "team:\{\{SessionName\}\}": nodes are called system:node:/,
  },
  {
    when: 'the group of administrators with a letter missing',
    cluster: byMap(row(TEAM_ARN, 'system:master')),
    is: 'broken',
    at: 'authorization',
    rule: 'no-unbound-group',
    says: /No binding of the cluster names system:master/,
  },
  {
    when: 'a row whose groups are a text instead of a list',
    cluster: byMap(`- rolearn: ${TEAM_ARN}\n  username: team\n  groups: viewers\n`),
    is: 'broken',
    at: 'authorization',
    rule: 'no-invalid-aws-auth',
    says: /groups that do not count: .*the text "viewers" where a list belongs/,
  },
  {
    when: 'a row without groups, which is written as it should be',
    cluster: byMap(`- rolearn: ${TEAM_ARN}\n  username: team\n`),
    is: 'broken',
    at: 'authorization',
  },
  {
    when: 'an entry with a policy',
    cluster: withEntry(),
    is: 'works',
    says: /looks at everything but Secrets/,
  },
  {
    when: 'a session of the role',
    cluster: withEntry(),
    principal: SESSION,
    is: 'works',
    says: /ann-example\.com/,
  },
  {
    when: 'a role with a path, named whole by its entry',
    cluster: withEntry({ principalArn: PATHED }),
    roles: [teamRole({ arn: PATHED })],
    principal: SESSION,
    is: 'works',
  },
  {
    when: 'an entry that leaves out the path of the role',
    cluster: withEntry(),
    roles: [teamRole({ arn: PATHED })],
    principal: PATHED,
    is: 'broken',
    at: 'access-entry',
    rule: 'no-role-path-in-aws-auth',
  },
  {
    when: 'no entry under API',
    cluster: readCluster(),
    is: 'broken',
    at: 'access-entry',
    says: /401/,
    repair:
      /aws eks create-access-entry --region eu-west-1 --cluster-name shop --principal-arn arn:aws:iam::111122223333:role\/team && aws eks associate-access-policy/,
  },
  {
    when: 'no entry under API, and aws-auth maps it in vain',
    cluster: readCluster({ kubernetes: kubernetes({ awsAuth: awsAuth({ mapRoles: row(TEAM_ARN) }) }) }),
    is: 'broken',
    at: 'access-entry',
    rule: 'no-ignored-mapping',
  },
  {
    when: 'entries that were not read',
    cluster: (({ accessEntries: _, ...rest }) => rest)(readCluster()),
    is: 'unknown',
    at: 'access-entry',
  },
  {
    when: 'a role that was made again after the entry',
    cluster: withEntry(),
    roles: [teamRole({ created: '2026-03-01T00:00:00Z' })],
    is: 'broken',
    at: 'access-entry-identity',
    rule: 'no-tombstoned-access-entry',
    says: /Nothing to decide before somebody is signed in/,
    repair: /delete-access-entry .* && aws eks create-access-entry/,
  },
  {
    when: 'a role whose time of creation was not read',
    cluster: withEntry(),
    roles: [(({ created: _, ...rest }) => rest)(teamRole())],
    is: 'unknown',
    at: 'access-entry-identity',
  },
  {
    when: 'a role that does not exist',
    cluster: withEntry(),
    roles: [],
    is: 'broken',
    at: 'access-principal',
  },
  {
    when: 'a person with the entry of Linux nodes',
    cluster: withEntry({
      type: 'EC2_LINUX',
      username: 'system:node:{{EC2PrivateDNSName}}',
      groups: ['system:nodes'],
      policies: [],
    }),
    principal: SESSION,
    is: 'broken',
    at: 'access-entry-type',
  },
  {
    when: 'an instance with the entry of Linux nodes',
    cluster: withEntry({
      type: 'EC2_LINUX',
      username: 'system:node:{{EC2PrivateDNSName}}',
      groups: ['system:nodes'],
      policies: [],
    }),
    principal: 'arn:aws:sts::111122223333:assumed-role/team/i-0123456789abcdef0',
    is: 'works',
  },
  {
    when: 'nodes whose role has a STANDARD entry',
    cluster: withEntry({}, { nodegroups: [{ name: 'workers', roleArn: TEAM_ARN }] }),
    is: 'broken',
    at: 'access-entry-type',
    rule: 'no-wrong-entry-type',
  },
  {
    when: 'an entry with nothing, and bindings that do not name it',
    cluster: withEntry({ policies: [] }),
    is: 'broken',
    at: 'authorization',
    rule: 'no-powerless-access-entry',
    says: /403/,
  },
  {
    when: 'an entry with nothing, whose bindings were not read',
    cluster: cluster({ accessEntries: [entry({ policies: [] })] }),
    is: 'broken',
    at: 'authorization',
    rule: 'no-powerless-access-entry',
    says: /unless a binding names/,
  },
  {
    when: 'an entry with nothing but a username of its own, whose bindings were not read',
    cluster: cluster({ accessEntries: [entry({ policies: [], username: 'emr-containers' })] }),
    is: 'unknown',
    at: 'authorization',
  },
  {
    when: 'an entry with a group that nobody bound',
    cluster: withEntry({ policies: [], groups: ['viewers'] }),
    is: 'broken',
    at: 'authorization',
    rule: 'no-unbound-group',
  },
  {
    when: 'an entry whose policy is not known',
    cluster: withEntry({ policies: [accessPolicy('AmazonEKSFuturePolicy')] }),
    is: 'unknown',
    at: 'authorization',
  },
  {
    when: 'a row of aws-auth with a bound group',
    cluster: byMap(row(TEAM_ARN)),
    is: 'works',
    says: /team:\{\{SessionName\}\}/,
  },
  {
    when: 'a row in another case',
    cluster: byMap(row('ARN:aws:iam::111122223333:ROLE/Team'.replace('ARN', 'arn'))),
    is: 'works',
  },
  {
    when: 'a row with the path of the role',
    cluster: byMap(row(PATHED)),
    roles: [teamRole({ arn: PATHED })],
    principal: PATHED,
    is: 'broken',
    at: 'aws-auth',
    rule: 'no-role-path-in-aws-auth',
    repair: /Write arn:aws:iam::111122223333:role\/team in mapRoles line 1/,
  },
  {
    when: 'a row that names a session',
    cluster: byMap(row(SESSION)),
    is: 'broken',
    at: 'aws-auth',
    rule: 'no-invalid-aws-auth',
  },
  {
    when: 'a row in a section that cannot be read',
    cluster: byMap(`${row(TEAM_ARN)} - rolearn: x\n`),
    is: 'broken',
    at: 'aws-auth',
    rule: 'no-invalid-aws-auth',
  },
  {
    when: 'a row for root',
    cluster: byMap(row('arn:aws:iam::111122223333:root')),
    is: 'broken',
    at: 'aws-auth',
    rule: 'no-root-mapping',
  },
  {
    when: 'no row at all',
    cluster: byMap('[]'),
    is: 'broken',
    at: 'aws-auth',
    repair: /rolearn: arn:aws:iam::111122223333:role\/team/,
  },
  {
    when: 'no row for a role that could create clusters, when nobody knows who created this one',
    cluster: (({ creator: _, ...rest }) => rest)(byMap('[]')),
    roles: [teamRole({ inlinePolicies: [EKS_ADMIN] })],
    is: 'unknown',
    at: 'cluster-creator',
  },
  {
    when: 'no row for a role that could not have created it',
    cluster: (({ creator: _, ...rest }) => rest)(byMap('[]')),
    is: 'broken',
    at: 'aws-auth',
  },
  {
    when: 'no row for whoever created the cluster',
    cluster: byMap('[]', { creator: { arn: TEAM_ARN, at: '2026-01-10T08:00:00Z' } }),
    is: 'works',
    says: /administers the whole cluster/,
  },
  {
    when: 'whoever created the cluster, whom mapAccounts takes in as everybody of the account',
    cluster: byMap('[]', {
      creator: { arn: TEAM_ARN, at: '2026-01-10T08:00:00Z' },
      kubernetes: kubernetes({ awsAuth: awsAuth({ mapAccounts: '- "111122223333"' }) }),
    }),
    is: 'works',
    says: /administers the whole cluster/,
  },
  {
    when: 'everyone of the account, when who created the cluster is not known and it may be this one',
    cluster: (({ creator: _, ...rest }) => rest)(
      byMap('[]', { kubernetes: kubernetes({ awsAuth: awsAuth({ mapAccounts: '- "111122223333"' }) }) }),
    ),
    roles: [teamRole({ inlinePolicies: [EKS_ADMIN] })],
    is: 'unknown',
    at: 'cluster-creator',
  },
  {
    when: 'aws-auth that was not read',
    cluster: byMap('[]', { kubernetes: { bindings: [], roles: [] } }),
    is: 'unknown',
    at: 'aws-auth',
  },
  {
    when: 'both surfaces, and an entry that comes first and gives nothing',
    cluster: byMap(row(TEAM_ARN), {
      authenticationMode: 'API_AND_CONFIG_MAP',
      accessEntries: [entry({ policies: [] })],
    }),
    is: 'broken',
    at: 'authorization',
    rule: 'no-powerless-access-entry',
  },
  {
    when: 'both surfaces, and a row alone',
    cluster: byMap(row(TEAM_ARN), { authenticationMode: 'API_AND_CONFIG_MAP' }),
    is: 'works',
  },
  {
    when: 'everyone of the account, with no binding for any of them',
    cluster: byMap('[]', {
      kubernetes: kubernetes({ awsAuth: awsAuth({ mapAccounts: '- "111122223333"' }) }),
    }),
    is: 'broken',
    at: 'authorization',
    says: /403/,
  },
  {
    when: 'a cluster that is being deleted',
    cluster: withEntry({}, { status: 'DELETING' }),
    is: 'broken',
    at: 'cluster-active',
  },
  {
    when: 'a role of an account that was not read',
    cluster: withEntry({ principalArn: 'arn:aws:iam::999900001111:role/ci', username: 'ci' }),
    principal: 'arn:aws:iam::999900001111:role/ci',
    is: 'unknown',
  },
];

describe('the way into a cluster', () => {
  it.each(cases.map((one) => [one.is, one.when, one] as const))('%s: %s', (_is, _when, one) => {
    const snapshot = {
      ...estateOf({ clusters: [one.cluster], roles: one.roles ?? [teamRole()], complete: false }),
    };
    const estate = buildEstate(snapshot);
    const [view] = estate.clusters;
    const principal = parsePrincipal(one.principal ?? TEAM_ARN);
    if (view === undefined || principal === null) throw new Error('the case has no cluster or principal');
    const { steps, repair } = accessChain({ cluster: view, principal }, estate);
    const text = steps.map(({ check, status, detail }) => `${status} ${check}: ${detail}`).join('\n');
    expect({ verdict: verdictOf(steps), text }).toMatchObject({ verdict: one.is });
    const status = one.is === 'broken' ? 'fail' : 'unknown';
    if (one.at !== undefined)
      expect(
        steps.filter((step) => step.status === status).map(({ check }) => check),
        text,
      ).toContain(one.at);
    if (one.is === 'broken') expect(steps.find((step) => step.status === 'fail')?.rule).toBe(one.rule);
    if (one.says !== undefined) expect(text).toMatch(one.says);
    if (one.repair !== undefined) expect(repair?.text).toMatch(one.repair);
  });
});
