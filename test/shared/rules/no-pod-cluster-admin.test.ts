import { accessPolicy, entry, TEAM_ARN } from '../../../shared/rules/examples/access.ts';
import {
  association,
  irsaStatement,
  type Json,
  ROLE_ARN,
  role,
  staleStatement,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-pod-cluster-admin.ts';
import { row, withEntries, withRoles } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { GITHUB } from '../../support/rule-estates.ts';

const admin = (principalArn = ROLE_ARN) =>
  entry({ principalArn, policies: [accessPolicy('AmazonEKSClusterAdminPolicy')] });
const pods = (changes = {}) => ({ roles: [role({ created: '2026-01-05T08:00:00Z', ...changes })] });
const trusting = (...statements: Json[]) => pods({ trustPolicy: trustPolicy(...statements) });

ruleCases(rule, [
  {
    when: 'the role of a ServiceAccount',
    estate: withEntries([admin()], pods()),
    is: 'fail',
    severity: 'critical',
    says: /that cluster/,
  },
  {
    when: 'the role of an association',
    estate: withEntries([admin(TEAM_ARN)], {
      cluster: { podIdentityAssociations: [association({ roleArn: TEAM_ARN })] },
    }),
    is: 'fail',
    severity: 'critical',
  },
  { when: 'a row of aws-auth', estate: withRoles(row(ROLE_ARN, 'system:masters'), pods()), is: 'fail' },
  {
    when: 'a row of a role that has a path',
    estate: withRoles(
      row(ROLE_ARN, 'system:masters'),
      pods({ arn: 'arn:aws:iam::111122223333:role/pods/checkout' }),
    ),
    is: 'fail',
  },
  { when: 'it may only look', estate: withEntries([entry({ principalArn: ROLE_ARN })], pods()), is: 'pass' },
  { when: 'an administrator that no pod can become', estate: withEntries([admin(TEAM_ARN)]), is: 'pass' },
  { when: 'a role of continuous delivery', estate: withEntries([admin()], trusting(GITHUB)), is: 'pass' },
  {
    when: 'a role of a cluster that is gone with its provider',
    estate: withEntries([admin()], trusting(staleStatement())),
    is: 'pass',
  },
  {
    when: 'a controller that the configuration names',
    estate: withEntries([admin()], trusting(irsaStatement())),
    config: { access: { admins: [ROLE_ARN], breakGlass: [], accounts: [] } },
    is: 'pass',
  },
  {
    when: 'a group whose bindings were not read',
    estate: withEntries([entry({ principalArn: ROLE_ARN, policies: [], groups: ['ops'] })], {
      ...pods(),
      cluster: { kubernetes: { awsAuth: null } },
    }),
    is: 'unknown',
  },
  {
    when: "EKS's own capability",
    estate: withEntries([admin()], {
      ...pods(),
      cluster: { capabilities: [{ name: 'argo', type: 'ARGOCD', roleArn: ROLE_ARN }] },
    }),
    is: 'not applicable',
  },
]);
