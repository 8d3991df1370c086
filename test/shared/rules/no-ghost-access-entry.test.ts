import { entry, TEAM_ARN } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-ghost-access-entry.ts';
import { named, unreadList, withEntries } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

const of = (principalArn: string, changes = {}) => entry({ principalArn, ...changes });
const USER = 'arn:aws:iam::111122223333:user/eng/ann';

ruleCases(rule, [
  {
    when: 'the role was deleted',
    estate: withEntries([entry()], { roles: [] }),
    is: 'fail',
    severity: 'low',
    says: /role\/team/,
  },
  { when: 'the user was deleted', estate: withEntries([of(USER)], { users: [] }), is: 'fail' },
  {
    when: 'a role of nodes was deleted',
    estate: withEntries([entry({ type: 'EC2_LINUX' })], { roles: [] }),
    is: 'fail',
  },
  { when: 'the role exists', estate: withEntries([entry()]), is: 'pass' },
  { when: 'the user exists', estate: withEntries([of(USER)], { users: [{ arn: USER }] }), is: 'pass' },
  { when: 'the root user', estate: withEntries([of('arn:aws:iam::111122223333:root')]), is: 'pass' },
  {
    when: 'the name is written in another case than IAM has it',
    estate: withEntries([of(TEAM_ARN.replace('team', 'Team'))]),
    is: 'pass',
  },
  {
    when: 'a role of single sign-on, with its path',
    estate: withEntries(
      [
        of(
          'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_0123456789abcdef',
        ),
      ],
      {
        roles: [named('aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_0123456789abcdef')],
      },
    ),
    is: 'pass',
  },
  {
    when: 'a role of the same name has a path: that is told as the path',
    estate: withEntries([entry()], { roles: [named('eng/team')] }),
    is: 'pass',
  },
  { when: 'the roles were not read', estate: without('roles', withEntries([entry()])), is: 'unknown' },
  {
    when: 'a role of an account that was not read',
    estate: withEntries([of('arn:aws:iam::999900001111:role/ci')], { complete: false }),
    is: 'unknown',
    says: /999900001111/,
  },
  { when: 'the entries were not read', estate: unreadList(withEntries([]), 'accessEntries'), is: 'unknown' },
  {
    when: 'the service-linked role of EKS, of which the list of roles may know nothing',
    estate: withEntries(
      [of('arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS')],
      { roles: [] },
    ),
    is: 'not applicable',
  },
  {
    when: 'the cluster does not look at entries',
    estate: withEntries([entry()], { roles: [], cluster: { authenticationMode: 'CONFIG_MAP' } }),
    is: 'not applicable',
  },
]);
