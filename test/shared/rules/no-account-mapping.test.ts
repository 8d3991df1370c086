import { TEAM_ARN } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-account-mapping.ts';
import { row, unreadList, withAwsAuth, withRoles } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const accounts = (list: string, parts = {}) => withAwsAuth({ mapAccounts: list }, parts);
const toUser = {
  name: 'ann',
  role: { kind: 'ClusterRole' as const, name: 'cluster-admin' },
  subjects: [{ kind: 'User' as const, name: 'arn:aws:iam::111122223333:user/ann' }],
};

ruleCases(rule, [
  {
    when: 'the own account',
    estate: accounts('["111122223333"]'),
    is: 'fail',
    severity: 'medium',
    says: /everyone of account 111122223333/,
  },
  {
    when: 'an account outside the organization',
    estate: accounts('["999988887777"]'),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'an account of a partner',
    estate: accounts('["999988887777"]'),
    config: { access: { breakGlass: [], accounts: ['999988887777'] } },
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'a binding makes one of the account administrator',
    estate: accounts('["111122223333"]', {
      kubernetes: {
        bindings: [toUser],
        roles: [{ name: 'cluster-admin', rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] }],
      },
    }),
    is: 'fail',
    severity: 'critical',
  },
  { when: 'rows only', estate: withRoles(row(TEAM_ARN, 'viewers')), is: 'pass' },
  { when: 'what is no account, and admits nobody', estate: accounts('[production]'), is: 'pass' },
  { when: 'aws-auth was not read', estate: unreadList(withRoles(''), 'kubernetes'), is: 'unknown' },
  {
    when: 'the cluster does not look there',
    estate: accounts('["111122223333"]', { cluster: { authenticationMode: 'API' } }),
    is: 'not applicable',
  },
]);
