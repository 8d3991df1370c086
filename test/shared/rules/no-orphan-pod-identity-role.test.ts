import {
  association,
  cluster,
  estateOf,
  irsaStatement,
  podIdentityStatement,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-orphan-pod-identity-role.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ANY_POD, EC2, trusting } from '../../support/rule-estates.ts';

const bound = { clusters: [cluster({ podIdentityAssociations: [association()] })] };
const { podIdentityAssociations: _, ...unread } = cluster();
const { roleArn: _role, ...undescribed } = association();

ruleCases(rule, [
  { when: 'no association names it', estate: trusting([ANY_POD]), is: 'fail', severity: 'low' },
  { when: 'an association names it', estate: trusting([ANY_POD], bound), is: 'pass' },
  {
    when: 'the associations were not read',
    estate: trusting([ANY_POD], { clusters: [unread] }),
    is: 'unknown',
  },
  {
    when: 'an association was listed and not described',
    estate: trusting([ANY_POD], { clusters: [cluster({ podIdentityAssociations: [undescribed] })] }),
    is: 'unknown',
  },
  {
    when: 'the clusters of a region were not read',
    estate: {
      ...trusting([ANY_POD]),
      accounts: trusting([ANY_POD]).accounts.map((account) => ({
        ...account,
        regions: [{ name: 'eu-west-1' }],
      })),
    },
    is: 'unknown',
  },
  {
    when: 'the role names its ServiceAccount: unfinished, not left over',
    estate: trusting([podIdentityStatement()]),
    is: 'not applicable',
  },
  { when: 'EC2 may assume it too', estate: trusting([ANY_POD, EC2]), is: 'not applicable' },
  { when: 'IRSA', estate: trusting([irsaStatement()]), is: 'not applicable' },
  { when: 'no role', estate: estateOf(), is: 'not applicable' },
]);
