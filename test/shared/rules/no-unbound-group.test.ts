import {
  entry,
  groupBinding,
  kubernetes,
  TEAM_ARN,
  teamRole,
} from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-unbound-group.ts';
import { nodeRow, row, withAwsAuth, withEntries, withRoles } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const VIEW = { name: 'view', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] };
const grouped = (...groups: string[]) => entry({ policies: [], groups });
const bound = (...bindings: ReturnType<typeof groupBinding>[]) => ({
  cluster: { kubernetes: kubernetes({ roles: [VIEW], bindings }) },
});

ruleCases(rule, [
  {
    when: 'no binding names the group',
    estate: withEntries([grouped('viewers')]),
    is: 'fail',
    severity: 'medium',
    says: /viewers/,
  },
  {
    when: 'a binding names it in another case',
    estate: withEntries([grouped('viewers')], bound(groupBinding('view', 'Viewers'))),
    is: 'fail',
    says: /bindings name Viewers/,
  },
  {
    when: 'the binding is to a role that does not exist',
    estate: withEntries([grouped('viewers')], bound(groupBinding('veiw', 'viewers'))),
    is: 'fail',
    says: /no binding gives any right; ClusterRoleBinding \S+ names ClusterRole veiw, which does not exist\.$/,
  },
  { when: 'a row of aws-auth', estate: withRoles(row(TEAM_ARN, 'viewers')), is: 'fail' },
  {
    when: 'the group of administrators with a letter missing',
    estate: withAwsAuth(
      { mapRoles: row(TEAM_ARN, 'system:master') },
      {
        kubernetes: { roles: [VIEW], bindings: [groupBinding('cluster-admin', 'system:masters')] },
      },
    ),
    is: 'fail',
    says: /bindings name system:masters/,
  },
  {
    when: 'a group of every pod, whose rights come with the cluster',
    estate: withRoles(row(TEAM_ARN, 'system:serviceaccounts:shop')),
    is: 'not applicable',
  },
  {
    when: 'the bindings were not read',
    estate: withEntries([grouped('viewers')], { cluster: { kubernetes: { awsAuth: null } } }),
    is: 'unknown',
  },
  {
    when: 'a binding names the group',
    estate: withEntries([grouped('viewers')], bound(groupBinding('view', 'viewers'))),
    is: 'pass',
  },
  {
    when: 'a binding that a chart made names one of its groups, in one namespace',
    estate: withEntries(
      [grouped('none', 'viewers')],
      bound({ ...groupBinding('view', 'viewers'), namespace: 'shop', name: 'release-view' }),
    ),
    is: 'pass',
  },
  {
    when: 'a binding names the username',
    estate: withAwsAuth(
      { mapRoles: row(TEAM_ARN, 'viewers', 'deployer') },
      {
        kubernetes: {
          roles: [VIEW],
          bindings: [
            {
              name: 'deploy',
              role: { kind: 'ClusterRole', name: 'view' },
              subjects: [{ kind: 'User', name: 'deployer' }],
            },
          ],
        },
      },
    ),
    is: 'pass',
  },
  { when: 'a policy besides', estate: withEntries([entry({ groups: ['viewers'] })]), is: 'pass' },
  {
    when: 'the role does not exist: that is told',
    estate: withEntries([grouped('viewers')], { roles: [] }),
    is: 'pass',
  },
  {
    when: 'the role was made again: that is told',
    estate: withEntries([grouped('viewers')], { roles: [teamRole({ created: '2026-03-01T00:00:00Z' })] }),
    is: 'pass',
  },
  { when: 'nodes, whose groups are built in', estate: withRoles(nodeRow(TEAM_ARN)), is: 'not applicable' },
  {
    when: 'system:masters, which needs no binding',
    estate: withRoles(row(TEAM_ARN, 'system:masters')),
    is: 'not applicable',
  },
]);
