import { irsaStatement, podIdentityStatement } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-wrong-assume-action.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting, without } from '../../support/rule-estates.ts';

ruleCases(rule, [
  {
    when: 'sts:AssumeRole for a web identity',
    estate: trusting([irsaStatement({ Action: 'sts:AssumeRole' })]),
    is: 'fail',
  },
  {
    when: 'sts:AssumeRoleWithWebIdentity for Pod Identity',
    estate: trusting([podIdentityStatement({ Action: 'sts:AssumeRoleWithWebIdentity' })]),
    is: 'fail',
  },
  { when: 'the form that AWS documents', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'a pattern that covers the action',
    estate: trusting([irsaStatement({ Action: 'sts:AssumeRoleWith*' })]),
    is: 'pass',
  },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);
