import {
  accessPolicy,
  entry,
  groupBinding,
  TEAM_ARN,
  teamRole,
} from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-access-drift.ts';
import { nodeRow, row, unreadList, withAwsAuth } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const VIEW = { name: 'view', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] };
const both = (mapRoles: string, changes = {}, parts = {}) =>
  withAwsAuth(
    { mapRoles },
    {
      cluster: { authenticationMode: 'API_AND_CONFIG_MAP' as const, accessEntries: [entry(changes)] },
      kubernetes: { roles: [VIEW], bindings: [groupBinding('view', 'viewers')] },
      ...parts,
    },
  );
const policies = (name: string) => ({ policies: [accessPolicy(name)] });
const masters = row(TEAM_ARN, 'system:masters');

ruleCases(rule, [
  {
    when: 'administrator in aws-auth, onlooker by the entry',
    estate: both(masters),
    is: 'fail',
    severity: 'medium',
    says: /alone counts/,
  },
  {
    when: 'onlooker in aws-auth, administrator by the entry',
    estate: both(row(TEAM_ARN, 'viewers'), policies('AmazonEKSClusterAdminPolicy')),
    is: 'fail',
    severity: 'low',
  },
  {
    when: 'an entry that gives nothing',
    estate: both(row(TEAM_ARN, 'viewers'), { policies: [] }),
    is: 'fail',
  },
  {
    when: 'the same rights, as after a migration',
    estate: both(masters, policies('AmazonEKSClusterAdminPolicy')),
    is: 'pass',
  },
  {
    when: 'a bound group here, the policy of the same grade there',
    estate: both(row(TEAM_ARN, 'viewers')),
    is: 'pass',
  },
  {
    when: 'the same groups',
    estate: both(row(TEAM_ARN, 'b, a'), { policies: [], groups: ['a', 'b'] }),
    is: 'pass',
  },
  {
    when: 'nodes in both, as EKS leaves it',
    estate: both(nodeRow(TEAM_ARN), { type: 'EC2_LINUX', policies: [], groups: ['system:nodes'] }),
    is: 'pass',
  },
  {
    when: 'an entry for a role that was made again: that is told',
    estate: both(masters, {}, { roles: [teamRole({ created: '2026-03-01T00:00:00Z' })] }),
    is: 'pass',
  },
  {
    when: 'groups whose bindings were not read',
    estate: both(
      row(TEAM_ARN, 'viewers'),
      {},
      { kubernetes: { roles: undefined, bindings: undefined } as never },
    ),
    is: 'unknown',
  },
  { when: 'the entries were not read', estate: unreadList(both(masters), 'accessEntries'), is: 'unknown' },
  {
    when: 'a row of somebody without an entry',
    estate: both(row('arn:aws:iam::111122223333:role/other', 'viewers')),
    is: 'not applicable',
  },
]);
