import { estateOf, irsaStatement, PROVIDER } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-negated-trust.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { DATA, trusting, without } from '../../support/rule-estates.ts';

const not = (element: object) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...element });
const someone = { AWS: 'arn:aws:iam::111122223333:role/someone' };

ruleCases(rule, [
  {
    when: 'Allow with NotPrincipal',
    estate: trusting([not({ NotPrincipal: someone })], { role: DATA }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'Allow with NotAction',
    estate: trusting([{ Effect: 'Allow', Principal: { Federated: PROVIDER }, NotAction: 'sts:TagSession' }], {
      role: DATA,
    }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'Deny with NotPrincipal, which is how a Deny is written',
    estate: trusting([irsaStatement(), { ...not({ NotPrincipal: someone }), Effect: 'Deny' }]),
    is: 'pass',
  },
  { when: 'a plain trust policy', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'a service-linked role',
    estate: trusting([irsaStatement()], {
      role: {
        arn: 'arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS',
      },
    }),
    is: 'not applicable',
  },
  { when: 'no role', estate: estateOf(), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);
