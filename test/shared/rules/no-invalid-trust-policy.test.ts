import { estateOf, irsaStatement, role } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-invalid-trust-policy.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting, without } from '../../support/rule-estates.ts';

const written = (trustPolicy: string) => estateOf({ roles: [role({ trustPolicy })] });

ruleCases(rule, [
  {
    when: 'a statement without an effect',
    estate: written('{"Version":"2012-10-17","Statement":[{"Principal":"*","Action":"sts:AssumeRole"}]}'),
    is: 'fail',
    severity: 'medium',
  },
  { when: 'no JSON', estate: written('{'), is: 'fail', says: /Line 1/ },
  { when: 'nothing at all', estate: written(''), is: 'fail' },
  {
    when: 'a principal that names nobody',
    estate: trusting([irsaStatement({ Principal: { Federated: [] } })]),
    is: 'fail',
    says: /names nobody/,
  },
  {
    when: 'more characters than any account may have in a trust policy',
    estate: trusting([irsaStatement({ Sid: 'x'.repeat(8192) })]),
    is: 'fail',
    says: /at most 8192/,
  },
  {
    when: 'as much white space as anyone likes',
    estate: written(
      JSON.stringify({ Version: '2012-10-17', Statement: [irsaStatement()] }, null, 10).padEnd(9000),
    ),
    is: 'pass',
  },
  { when: 'the form that AWS documents', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'percent-encoded, as the API returns it',
    estate: written(
      encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: [irsaStatement()] })),
    ),
    is: 'pass',
  },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);
