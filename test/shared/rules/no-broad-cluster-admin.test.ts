import {
  accessPolicy,
  entry,
  groupBinding,
  kubernetes,
  TEAM_ARN,
  teamRole,
} from '../../../shared/rules/examples/access.ts';
import { trustPolicy } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-broad-cluster-admin.ts';
import { named, row, withEntries, withRoles } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const admin = (changes = {}) =>
  entry({ policies: [accessPolicy('AmazonEKSClusterAdminPolicy')], ...changes });
const meant = (...admins: string[]) => ({
  access: { admins, breakGlass: ['arn:aws:iam::111122223333:role/glass'], accounts: [] },
});
const ROOT = 'arn:aws:iam::111122223333:root';
const open = teamRole({
  trustPolicy: trustPolicy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }),
});
const nobody = meant();
const bound = kubernetes({
  roles: [{ name: 'cluster-admin', rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] }],
  bindings: [groupBinding('cluster-admin', 'ops')],
});

ruleCases(rule, [
  {
    when: 'root',
    estate: withEntries([admin({ principalArn: ROOT })]),
    is: 'fail',
    severity: 'high',
    says: /root user/,
  },
  {
    when: 'a role that strangers can assume',
    estate: withEntries([admin()], { roles: [open] }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'somebody whom the configuration does not name',
    estate: withEntries([admin()]),
    config: nobody,
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'an administrator of every namespace by a pattern',
    estate: withEntries([entry({ policies: [accessPolicy('AmazonEKSAdminPolicy', '*')] })]),
    config: nobody,
    is: 'fail',
  },
  {
    when: 'a group that is bound to cluster-admin',
    estate: withEntries([entry({ policies: [], groups: ['ops'] })], { cluster: { kubernetes: bound } }),
    config: nobody,
    is: 'fail',
    says: /ClusterRoleBinding/,
  },
  {
    when: 'the same in aws-auth',
    estate: withRoles(row(TEAM_ARN, 'ops'), {
      cluster: { kubernetes: { ...bound, awsAuth: { data: { mapRoles: row(TEAM_ARN, 'ops') } } } },
    }),
    config: nobody,
    is: 'fail',
  },
  { when: 'an administrator, and nothing is configured', estate: withEntries([admin()]), is: 'pass' },
  {
    when: 'an administrator whom the configuration names',
    estate: withEntries([admin()]),
    config: meant(TEAM_ARN),
    is: 'pass',
  },
  {
    when: 'a break-glass role',
    estate: withEntries([admin({ principalArn: 'arn:aws:iam::111122223333:role/glass' })], {
      roles: [named('glass')],
    }),
    config: nobody,
    is: 'pass',
  },
  {
    when: 'a role of single sign-on, named by a pattern with its path',
    estate: withEntries(
      [
        admin({
          principalArn:
            'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_ab',
        }),
      ],
      {
        roles: [named('aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_ab')],
      },
    ),
    config: meant('arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_*'),
    is: 'pass',
  },
  {
    when: 'an administrator of one namespace',
    estate: withEntries([entry({ policies: [accessPolicy('AmazonEKSClusterAdminPolicy', 'dev')] })]),
    config: nobody,
    is: 'pass',
  },
  {
    when: 'an entry that admits nobody',
    estate: withEntries([admin()], { roles: [] }),
    config: nobody,
    is: 'pass',
  },
  {
    when: 'a policy that is not known, where administrators are configured',
    estate: withEntries([entry({ policies: [accessPolicy('AmazonEKSFuturePolicy')] })]),
    config: nobody,
    is: 'unknown',
  },
  {
    when: 'a group whose bindings were not read, where administrators are configured',
    estate: withEntries([entry({ policies: [], groups: ['ops'] })], { cluster: { kubernetes: {} } }),
    config: nobody,
    is: 'unknown',
  },
  {
    when: 'a row with system:masters, which is told as that',
    estate: withRoles(row(TEAM_ARN, 'system:masters')),
    config: nobody,
    is: 'not applicable',
  },
]);
