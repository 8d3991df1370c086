import { entry, TEAM_ARN } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-ignored-mapping.ts';
import { named, nodeRow, row, unreadList, withAwsAuth, withRoles } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const api = (mapRoles: string, more = {}, parts = {}) =>
  withRoles(mapRoles, { cluster: { authenticationMode: 'API', ...more }, ...parts });

ruleCases(rule, [
  {
    when: 'a row under API that no entry stands for',
    estate: api(row(TEAM_ARN, 'viewers')),
    is: 'fail',
    severity: 'medium',
    says: /role\/team/,
  },
  {
    when: 'several rows: one finding',
    estate: api(
      row(TEAM_ARN, 'a') + row('arn:aws:iam::111122223333:role/b', 'b'),
      {},
      { roles: [named('team'), named('b')] },
    ),
    is: 'fail',
    count: 1,
  },
  {
    when: 'an account under API',
    estate: withAwsAuth({ mapAccounts: '["111122223333"]' }, { cluster: { authenticationMode: 'API' } }),
    is: 'fail',
  },
  {
    when: 'an entry under CONFIG_MAP',
    estate: withRoles('[]', { cluster: { accessEntries: [entry()] } }),
    is: 'fail',
    says: /access entries/,
  },
  {
    when: 'what is left of a migration: each has an entry',
    estate: api(row(TEAM_ARN, 'viewers'), { accessEntries: [entry()] }),
    is: 'pass',
  },
  {
    when: 'the entry names the path that the row must leave out',
    estate: api(
      row(TEAM_ARN, 'viewers'),
      { accessEntries: [entry({ principalArn: 'arn:aws:iam::111122223333:role/eng/team' })] },
      { roles: [named('eng/team')] },
    ),
    is: 'pass',
  },
  {
    when: 'the row of a role that was deleted',
    estate: api(row(TEAM_ARN, 'viewers'), {}, { roles: [] }),
    is: 'pass',
  },
  {
    when: 'the row that EKS wrote for nodes, which a rule of their own tells',
    estate: api(nodeRow(TEAM_ARN), { nodegroups: [{ name: 'workers', roleArn: TEAM_ARN }] }),
    is: 'pass',
  },
  { when: 'no aws-auth under API', estate: api('[]', { kubernetes: { awsAuth: null } }), is: 'pass' },
  { when: 'aws-auth was not read', estate: unreadList(api(''), 'kubernetes'), is: 'unknown' },
  {
    when: 'the entries were not read',
    estate: unreadList(api(row(TEAM_ARN, 'viewers')), 'accessEntries'),
    is: 'unknown',
  },
  {
    when: 'the mode was not read',
    estate: unreadList(api(row(TEAM_ARN, 'viewers')), 'authenticationMode'),
    is: 'unknown',
  },
  {
    when: 'both are asked',
    estate: api(row(TEAM_ARN, 'viewers'), { authenticationMode: 'API_AND_CONFIG_MAP' }),
    is: 'not applicable',
  },
]);
