import { irsaStatement } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-admin-pod-role.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, ANY_POD, DATA, EC2, inline, trusting, UNREAD } from '../../support/rule-estates.ts';

ruleCases(rule, [
  {
    when: 'everything on everything',
    estate: trusting([irsaStatement()], { role: ADMIN }),
    is: 'fail',
    severity: 'high',
  },
  { when: 'by Pod Identity', estate: trusting([ANY_POD], { role: ADMIN }), is: 'fail' },
  {
    when: 'a path to more',
    estate: trusting([irsaStatement()], { role: { inlinePolicies: [inline('iam:AttachRolePolicy', '*')] } }),
    is: 'fail',
  },
  { when: 'data', estate: trusting([irsaStatement()], { role: DATA }), is: 'pass' },
  { when: 'nothing', estate: trusting([irsaStatement()]), is: 'pass' },
  { when: 'a policy was not read', estate: trusting([irsaStatement()], { role: UNREAD }), is: 'unknown' },
  {
    when: 'an administrator that no pod can become',
    estate: trusting([EC2], { role: ADMIN }),
    is: 'not applicable',
  },
]);
