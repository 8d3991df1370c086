import { TEAM_ARN } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-root-mapping.ts';
import { row, unreadList, withAwsAuth, withRoles } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const ROOT = 'arn:aws:iam::111122223333:root';

ruleCases(rule, [
  {
    when: 'root in mapRoles',
    estate: withRoles(row(ROOT, 'viewers')),
    is: 'fail',
    severity: 'medium',
    says: /root user alone/,
  },
  {
    when: 'root in mapUsers',
    estate: withAwsAuth({ mapUsers: `- userarn: ${ROOT}\n  username: all\n  groups: [system:masters]\n` }),
    is: 'fail',
  },
  {
    when: 'root of another account',
    estate: withRoles(row('arn:aws:iam::444455556666:root', 'viewers')),
    is: 'fail',
  },
  { when: 'a role', estate: withRoles(row(TEAM_ARN, 'viewers')), is: 'pass' },
  {
    when: 'a role that is called root',
    estate: withRoles(row('arn:aws:iam::111122223333:role/root', 'viewers')),
    is: 'pass',
  },
  {
    when: 'root, kept for emergencies',
    estate: withRoles(row(ROOT, 'system:masters')),
    config: { access: { breakGlass: [ROOT], accounts: [] } },
    is: 'pass',
  },
  { when: 'aws-auth was not read', estate: unreadList(withRoles(''), 'kubernetes'), is: 'unknown' },
  {
    when: 'the cluster does not look there',
    estate: withRoles(row(ROOT, 'viewers'), { cluster: { authenticationMode: 'API' } }),
    is: 'not applicable',
  },
]);
