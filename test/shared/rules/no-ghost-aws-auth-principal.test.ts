import { TEAM_ARN } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-ghost-aws-auth-principal.ts';
import { named, row, unreadList, withAwsAuth, withRoles } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

const ANN = 'arn:aws:iam::111122223333:user/eng/ann';
const user = (arn: string) => ({ mapUsers: `- userarn: ${arn}\n  username: ann\n  groups: [viewers]\n` });

ruleCases(rule, [
  { when: 'the role was deleted', estate: withRoles(row(TEAM_ARN, 'viewers'), { roles: [] }), is: 'fail' },
  {
    when: 'the administrator was deleted',
    estate: withRoles(row(TEAM_ARN, 'system:masters'), { roles: [] }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'a role with its path was deleted',
    estate: withRoles(row('arn:aws:iam::111122223333:role/eng/team', 'viewers'), { roles: [] }),
    is: 'fail',
  },
  { when: 'the user was deleted', estate: withAwsAuth(user(ANN), { users: [] }), is: 'fail' },
  {
    when: 'the user has another path, with which it is looked up',
    estate: withAwsAuth(user(ANN), { users: [{ arn: 'arn:aws:iam::111122223333:user/ann' }] }),
    is: 'fail',
    says: /the user of this name is/,
  },
  { when: 'the role exists', estate: withRoles(row(TEAM_ARN, 'viewers')), is: 'pass' },
  {
    when: 'the role exists with a path',
    estate: withRoles(row(TEAM_ARN, 'viewers'), { roles: [named('eng/team')] }),
    is: 'pass',
  },
  {
    when: 'the role exists in another case',
    estate: withRoles(row(TEAM_ARN.replace('team', 'TEAM'), 'viewers')),
    is: 'pass',
  },
  { when: 'the user exists', estate: withAwsAuth(user(ANN), { users: [{ arn: ANN }] }), is: 'pass' },
  {
    when: 'the roles were not read',
    estate: without('roles', withRoles(row(TEAM_ARN, 'viewers'))),
    is: 'unknown',
  },
  {
    when: 'a role of an account that was not read',
    estate: withRoles(row('arn:aws:iam::444455556666:role/ci', 'viewers'), { complete: false }),
    is: 'unknown',
  },
  { when: 'aws-auth was not read', estate: unreadList(withRoles(''), 'kubernetes'), is: 'unknown' },
  {
    when: 'service-linked roles, which AWS documents without their path',
    estate: withRoles(row('arn:aws:iam::111122223333:role/AWSServiceRoleForBatch', '', 'aws-batch'), {
      roles: [],
    }),
    is: 'not applicable',
  },
]);
