import { accessPolicy, entry } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-foreign-access-principal.ts';
import { row, withEntries, withRoles } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const VENDOR = 'arn:aws:iam::999988887777:role/vendor';
const foreign = (policy = 'AmazonEKSViewPolicy') =>
  entry({ principalArn: VENDOR, policies: [accessPolicy(policy)] });
const other = { id: '999988887777', partition: 'aws', regions: [] };
const partner = (accounts: string[]) => ({ access: { accounts, breakGlass: [] } });

ruleCases(rule, [
  {
    when: 'a role of another organization',
    estate: withEntries([foreign()]),
    is: 'fail',
    severity: 'medium',
    says: /999988887777/,
  },
  {
    when: 'an administrator',
    estate: withEntries([foreign('AmazonEKSClusterAdminPolicy')]),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'a row of aws-auth',
    estate: withRoles(row(VENDOR, 'system:masters')),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'not every account of the organization is known',
    estate: withEntries([foreign()], { complete: false }),
    is: 'unknown',
  },
  {
    when: 'a role of continuous delivery in another account of the organization',
    estate: withEntries([foreign()], { otherAccounts: [other] }),
    is: 'pass',
  },
  {
    when: 'an account of a partner',
    estate: withEntries([foreign()]),
    config: partner(['999988887777']),
    is: 'pass',
  },
  { when: 'a role of the account', estate: withEntries([entry()]), is: 'pass' },
  {
    when: 'the cluster does not look at aws-auth',
    estate: withRoles(row(VENDOR, 'system:masters'), { cluster: { authenticationMode: 'API' } }),
    is: 'not applicable',
  },
]);
