import { irsaStatement, ROLE_ARN } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-missing-permission.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { DATA, EC2, inline, trusting, UNREAD, without } from '../../support/rule-estates.ts';

const config = {
  expectations: [{ role: ROLE_ARN, actions: ['s3:GetObject'], resources: ['arn:aws:s3:::orders/1'] }],
};
const denied = {
  ...inline('s3:*', '*'),
  name: 'deny',
  document: inline('s3:*', '*').document.replace('Allow', 'Deny'),
};

ruleCases(rule, [
  {
    when: 'another bucket is granted',
    estate: trusting([irsaStatement()], {
      role: { inlinePolicies: [inline('s3:GetObject', 'arn:aws:s3:::other/*')] },
    }),
    is: 'fail',
    config,
    severity: 'medium',
  },
  {
    when: 'a Deny takes it back',
    estate: trusting([irsaStatement()], { role: { inlinePolicies: [inline('s3:*', '*'), denied] } }),
    is: 'fail',
    config,
  },
  { when: 'it is granted', estate: trusting([irsaStatement()], { role: DATA }), is: 'pass', config },
  {
    when: 'a policy was not read',
    estate: trusting([irsaStatement()], { role: UNREAD }),
    is: 'unknown',
    config,
  },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown', config },
  { when: 'nothing is expected', estate: trusting([EC2]), is: 'not applicable' },
]);
