import { TEAM_ARN } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-duplicate-aws-auth-mapping.ts';
import { nodeRow, row, unreadList, withRoles } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';

ruleCases(rule, [
  {
    when: 'two rows with other groups',
    estate: withRoles(row(TEAM_ARN, 'a') + row(TEAM_ARN, 'b')),
    is: 'fail',
    severity: 'medium',
    says: /in b counts, .* in a is dropped/,
  },
  {
    when: 'three rows: one finding',
    estate: withRoles(row(TEAM_ARN, 'a') + row(TEAM_ARN, 'b') + row(TEAM_ARN, 'c')),
    is: 'fail',
    count: 1,
  },
  {
    when: 'the second in another case',
    estate: withRoles(
      row(TEAM_ARN, 'a') +
        row(TEAM_ARN.toUpperCase().replace('ARN:AWS:IAM', 'arn:aws:iam').replace('ROLE', 'role'), 'b'),
    ),
    is: 'fail',
  },
  {
    when: 'the same row twice, as a merge leaves it',
    estate: withRoles(row(TEAM_ARN, 'a, b') + row(TEAM_ARN, 'b, a')),
    is: 'pass',
  },
  {
    when: 'two principals',
    estate: withRoles(nodeRow(TEAM_ARN) + row('arn:aws:iam::111122223333:role/b', 'b')),
    is: 'pass',
  },
  { when: 'aws-auth was not read', estate: unreadList(withRoles(''), 'kubernetes'), is: 'unknown' },
  {
    when: 'there is no aws-auth',
    estate: withRoles('', { cluster: { kubernetes: { awsAuth: null } } }),
    is: 'not applicable',
  },
]);
